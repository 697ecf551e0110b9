// SPDX-License-Identifier: MIT OR Apache-2.0
//! The space–time diagram on the canvas: a lane for each node, time to the right, what is to come drawn faintly.

use stage::{
    DownLine, LeadLine, PacketLine, Point, Rect, Scene, Shape, SpaceTime, Target, Token, Tone, WorkLine,
};

use crate::pen::Pen;

/// Lanes' names stand in this margin, in pixels.
const LEFT: f32 = 44.0;
const RIGHT: f32 = 6.0;
/// Above the lanes: the axis.
const TOP: f32 = 28.0;
const BOTTOM: f32 = 10.0;
const RADIUS: f32 = 6.0;
/// From a lane to the base line of the names above it.
const NAME: f32 = 9.0;
/// A name is made of digits and signs, each about so wide.
const DIGIT: f32 = 6.6;
/// How faint the future is.
const FAINT: f32 = 0.3;

/// The height it wants for so many lanes, in pixels.
pub fn height(lanes: usize) -> f32 {
    TOP + BOTTOM + 34.0 * lanes as f32
}

/// The diagram's place: pixels from parts of its window, and lanes.
pub struct Plot {
    width: f32,
    height: f32,
    lanes: usize,
}

impl Plot {
    /// For a canvas of this size.
    pub fn new(width: f32, height: f32, lanes: usize) -> Plot {
        Plot { width, height, lanes }
    }

    fn x(&self, part: f32) -> f32 {
        LEFT + part * (self.width - LEFT - RIGHT)
    }

    fn pitch(&self) -> f32 {
        (self.height - TOP - BOTTOM) / self.lanes.max(1) as f32
    }

    fn y(&self, lane: usize) -> f32 {
        TOP + (lane as f32 + 0.5) * self.pitch()
    }

    /// The thing at a point: a lane's node.
    pub fn target_at(&self, scene: &Scene<'_>, x: f32, y: f32) -> Option<Target> {
        let lane = ((y - TOP) / self.pitch()).floor();
        let inside = (0.0..self.width).contains(&x) && lane >= 0.0;
        scene.stations.get(lane as usize).filter(|_| inside).map(|station| Target::Node(station.node))
    }

    /// Draws it.
    pub fn draw(&self, pen: &Pen<'_>, diagram: &SpaceTime<'_>, chosen: Option<Target>) {
        let bottom = self.height - BOTTOM;
        for (at, moment) in &diagram.ticks {
            let x = self.x(*at);
            pen.line(Point { x, y: TOP - 6.0 }, Point { x, y: bottom }, Tone::Quiet, 0.25);
            if x < self.width - 24.0 {
                pen.say_around(Point { x, y: TOP - 12.0 }, Tone::Quiet, &moment.short());
            }
        }
        for (n, row) in diagram.lanes.iter().enumerate() {
            let y = self.y(n);
            let chosen = chosen == Some(Target::Node(row.node));
            pen.line(Point { x: LEFT, y }, Point { x: self.width - RIGHT, y }, Tone::Quiet, 0.6);
            pen.say(Point { x: 0.0, y: y + 5.0 }, if chosen { Tone::Accent } else { Tone::Ink }, &row.short);
        }
        diagram.leads.iter().for_each(|lead| self.draw_lead(pen, lead));
        diagram.downs.iter().for_each(|down| self.draw_down(pen, down));
        diagram.works.iter().for_each(|work| self.draw_work(pen, work, diagram.now));
        diagram.packets.iter().for_each(|packet| self.draw_packet(pen, packet, diagram.now, chosen));
        for dot in diagram.effects.iter().filter(|dot| (0.0..=1.0).contains(&dot.at)) {
            let at = Point { x: self.x(dot.at), y: self.y(dot.lane) };
            pen.alpha(if dot.at > diagram.now { FAINT } else { 1.0 });
            pen.shape_of(dot.token.shape, dot.token.tone, at, RADIUS, 0.0);
        }
        self.draw_names(pen, diagram);
        pen.alpha(1.0);
        let x = self.x(diagram.now);
        pen.line(Point { x, y: TOP - 8.0 }, Point { x, y: bottom }, Tone::Accent, 1.5);
    }

    /// Who leads has a stronger lane, and its term stands at the beginning.
    fn draw_lead(&self, pen: &Pen<'_>, lead: &LeadLine) {
        let (from, to, y) = (self.x(lead.from.max(0.0)), self.x(lead.to.min(1.0)), self.y(lead.lane));
        pen.line(Point { x: from, y }, Point { x: to, y }, Tone::Accent, 2.0);
        pen.say(Point { x: from + 2.0, y: y - NAME }, Tone::Accent, &lead.label());
    }

    fn draw_down(&self, pen: &Pen<'_>, down: &DownLine) {
        let (from, to) = (self.x(down.from.max(0.0)), self.x(down.to.min(1.0)));
        let rect = Rect { x: from, y: self.y(down.lane) - 9.0, w: (to - from).max(2.0), h: 18.0 };
        pen.alpha(0.5);
        pen.hatch(&rect, Tone::Fault);
        pen.alpha(1.0);
    }

    fn draw_work(&self, pen: &Pen<'_>, work: &WorkLine, now: f32) {
        let (from, to) = (self.x(work.from.max(0.0)), self.x(work.to.min(1.0)));
        let y = self.y(work.lane);
        let rect = Rect { x: from, y: y - 4.0, w: (to - from).max(1.0), h: 8.0 };
        // What is done is full, what is to come faint.
        let done = (self.x(now.min(work.to)) - from).max(0.0);
        let tone = if work.cut_short { Tone::Fault } else { Tone::Accent };
        pen.alpha(0.18);
        pen.block(&rect, tone);
        pen.alpha(0.75);
        pen.block(&Rect { w: done, ..rect }, tone);
        pen.alpha(1.0);
    }

    /// Names each work where it begins, and each effect that broke order or came twice, as far as no name runs into
    /// another of its lane.
    fn draw_names(&self, pen: &Pen<'_>, diagram: &SpaceTime<'_>) {
        let mut taken: Vec<(usize, f32, f32)> = Vec::new();
        let mut name = |lane: usize, at: f32, from: f32, token: &Token| {
            let label = token.label();
            let to = from + DIGIT * label.chars().count() as f32;
            if taken.iter().any(|other| other.0 == lane && from < other.2 + 3.0 && other.1 < to + 3.0) {
                return;
            }
            taken.push((lane, from, to));
            pen.alpha(if at > diagram.now { 0.5 } else { 1.0 });
            pen.say(Point { x: from, y: self.y(lane) - NAME }, token.tone, &label);
        };
        for work in &diagram.works {
            name(work.lane, work.from, self.x(work.from.max(0.0)), &work.token);
        }
        for dot in diagram.effects.iter().filter(|dot| (0.0..=1.0).contains(&dot.at)) {
            // A message in order is named by its work already.
            if dot.token.shape != Shape::Disc {
                name(dot.lane, dot.at, self.x(dot.at) - 2.0 * DIGIT, &dot.token);
            }
        }
    }

    fn draw_packet(&self, pen: &Pen<'_>, packet: &PacketLine<'_>, now: f32, chosen: Option<Target>) {
        let (from, to) = (self.y(packet.from_lane), self.y(packet.to_lane));
        let a = Point { x: self.x(packet.from), y: from };
        let b = Point { x: self.x(packet.to), y: from + (to - from) * packet.reach };
        let Some((a, b)) = clip(a, b, self.x(0.0), self.x(1.0)) else { return };
        let chosen = chosen == Some(Target::Flight(packet.packet));
        let (tone, width) = match (chosen, packet.carries) {
            (true, _) => (Tone::Accent, 3.0),
            (_, true) => (packet.tone, 1.5),
            _ => (packet.tone, 0.6),
        };
        pen.alpha(if packet.from > now { FAINT } else { 1.0 });
        pen.line(a, b, tone, width);
        if packet.lost {
            pen.shape_of(Shape::Cross, Tone::Lost, b, RADIUS, 0.0);
        }
        pen.alpha(1.0);
    }
}

/// The part of a line between two x; nothing if it lies beside them.
fn clip(a: Point, b: Point, left: f32, right: f32) -> Option<(Point, Point)> {
    if b.x < left || a.x > right {
        return None;
    }
    let at = |x: f32| Point { x, y: a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x).max(0.001) };
    Some((if a.x < left { at(left) } else { a }, if b.x > right { at(right) } else { b }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_at_the_window() {
        let (a, b) = (Point { x: 0.0, y: 0.0 }, Point { x: 10.0, y: 20.0 });
        assert_eq!(clip(a, b, -1.0, 11.0), Some((a, b)));
        let cut = (Point { x: 2.0, y: 4.0 }, Point { x: 5.0, y: 10.0 });
        assert_eq!(clip(a, b, 2.0, 5.0), Some(cut));
        assert_eq!(clip(a, b, 11.0, 20.0), None);
    }
}
