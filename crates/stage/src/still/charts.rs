// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stills of the charts: the cumulative flow and the space–time diagram of a whole run, for print and where no script runs.

use super::{Still, escape, number};
use crate::cumulative::{CumulativeFlow, Stage};
use crate::meaning::{Token, Tone};
use crate::place::{Point, Rect};
use crate::player::Player;
use crate::space_time::{PacketLine, SpaceTime};

const LEFT: f32 = 48.0;
const RIGHT: f32 = 12.0;
const TOP: f32 = 36.0;
const BOTTOM: f32 = 28.0;
const FLOW_HEIGHT: f32 = 280.0;
const PITCH: f32 = 64.0;
/// So many pixels to a step of time.
const STEP: f32 = 4.0;
/// A gap that is smaller is not seen.
const UNSEEN: f32 = 0.5;
/// How dark the areas of the flow are, by stage.
const DARK: [&str; 4] = ["0.06", "0.55", "0.22", "0.3"];

/// The cumulative-flow chart of a player's run, whole and at its playhead, as an SVG element so wide. `id` begins the ids
/// inside it.
pub fn flow_svg(player: &Player, width: f32, id: &str) -> String {
    let chart = player.cumulative_flow(((width - LEFT - RIGHT) / STEP) as usize);
    let frame = Frame { width, height: FLOW_HEIGHT };
    let mut still = Still::default();
    still.begin(&frame, id, "came in and done, against time", &chart.words());
    still.flow(&chart, &frame);
    still.end()
}

/// The space–time diagram of a player's run from its beginning to its end, as an SVG element so wide.
pub fn space_time_svg(player: &Player, width: f32, id: &str) -> String {
    let mut player = player.clone();
    player.seek(player.end());
    let words = player.scene().words();
    // A little more than the run, in a window that ends a quarter after the playhead.
    let span = trace::Time(player.end().0.max(1) / 3 * 4);
    let diagram = player.space_time(span);
    let frame = Frame { width, height: TOP + BOTTOM + PITCH * diagram.lanes.len() as f32 };
    let mut still = Still::default();
    still.begin(&frame, id, "every packet, against time", &words);
    still.diagram(&diagram, &frame, id);
    still.end()
}

/// Where labels stand already: on which line, and from where to where.
#[derive(Default)]
struct Room(Vec<(f32, f32, f32)>);

impl Room {
    /// Takes a place for a label, if it is free.
    fn take(&mut self, at: Point, wide: f32) -> bool {
        let free = self.0.iter().all(|(y, from, to)| *y != at.y || at.x >= *to || at.x + wide <= *from);
        if free {
            self.0.push((at.y, at.x, at.x + wide));
        }
        free
    }
}

struct Frame {
    width: f32,
    height: f32,
}

impl Frame {
    fn x(&self, part: f32) -> f32 {
        LEFT + part * (self.width - LEFT - RIGHT)
    }

    fn at(&self, x: f32, y: f32) -> Point {
        Point { x: self.x(x), y: TOP + (1.0 - y) * (self.height - TOP - BOTTOM) }
    }

    fn lane(&self, lane: usize) -> f32 {
        TOP + (lane as f32 + 0.5) * PITCH
    }
}

impl Still {
    fn begin(&mut self, frame: &Frame, id: &str, title: &str, words: &str) {
        let (width, height) = (number(frame.width), number(frame.height));
        self.add(&["<svg class=\"still\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 "]);
        self.add(&[&width, " ", &height, "\" aria-labelledby=\"", id, "-title ", id, "-desc\""]);
        self.plain_look();
        self.add(&["\n<title id=\"", id]);
        self.add(&["-title\">", title, "</title>\n<desc id=\"", id, "-desc\">", &escape(words), "</desc>\n"]);
        self.hatching(id);
    }

    fn flow(&mut self, chart: &CumulativeFlow, frame: &Frame) {
        for (height, count) in &chart.rungs {
            let at = frame.at(0.0, *height);
            self.line(at, frame.at(1.0, *height), Tone::Quiet, "0.3", "");
            self.say(Point { x: 4.0, y: at.y + 5.0 }, Tone::Quiet, &count.to_string());
        }
        self.ticks(&chart.ticks, frame);
        let steps = (chart.samples.len() - 1).max(1) as f32;
        let points = |edge: &dyn Fn(usize) -> f32| -> Vec<Point> {
            (0..chart.samples.len()).map(|n| frame.at(n as f32 / steps, edge(n))).collect()
        };
        let upper = |stage: Stage| points(&|n| chart.edge(&chart.samples[n], stage));
        for stage in Stage::ALL {
            let lower = points(&|n| {
                chart.edge(&chart.samples[n], stage) - chart.height(chart.samples[n][stage as usize])
            });
            let area: Vec<Point> = upper(stage).into_iter().chain(lower.into_iter().rev()).collect();
            let opacity = [" fill-opacity=\"", DARK[stage as usize], "\""].concat();
            self.path(&area, "Z", Still::filled(stage.tone()) + &opacity);
        }
        for line in &chart.fluid {
            let corners: Vec<Point> = line.iter().map(|(x, y)| frame.at(*x, *y)).collect();
            self.path(&corners, "", Still::stroked(Tone::Accent, "1.25") + " stroke-dasharray=\"3 4\"");
        }
        for (stage, tone) in
            [(Stage::Shed, Tone::Lost), (Stage::Waiting, Tone::Ink), (Stage::Done, Tone::Ink)]
        {
            self.path(&upper(stage), "", Still::stroked(tone, "1.5"));
        }
        let mut x = LEFT;
        for stage in chart.stages() {
            self.add(&["<g opacity=\"", DARK[stage as usize], "\">"]);
            self.rect(&Rect { x, y: 8.0, w: 12.0, h: 12.0 }, stage.tone(), true);
            self.add(&["</g>"]);
            self.say(Point { x: x + 17.0, y: 19.0 }, Tone::Ink, stage.label());
            x += 40.0 + super::CHARACTER * stage.label().len() as f32;
        }
    }

    fn diagram(&mut self, diagram: &SpaceTime<'_>, frame: &Frame, id: &str) {
        let scale = 1.0 / diagram.now.max(0.01);
        let x = |part: f32| frame.x((part * scale).clamp(0.0, 1.0));
        let ticks: Vec<(f32, trace::Time)> =
            diagram.ticks.iter().map(|(part, at)| (part * scale, *at)).collect();
        self.ticks(&ticks, frame);
        for (n, row) in diagram.lanes.iter().enumerate() {
            let y = frame.lane(n);
            self.line(Point { x: frame.x(0.0), y }, Point { x: frame.x(1.0), y }, Tone::Quiet, "0.6", "");
            self.say(Point { x: 4.0, y: y + 5.0 }, Tone::Ink, &row.short);
        }
        for lead in &diagram.leads {
            let y = frame.lane(lead.lane);
            self.line(Point { x: x(lead.from), y }, Point { x: x(lead.to), y }, Tone::Accent, "2", "");
        }
        for down in &diagram.downs {
            let (left, y) = (x(down.from), frame.lane(down.lane) - 9.0);
            self.hatched(&Rect { x: left, y, w: x(down.to) - left, h: 18.0 }, id, &down.label);
        }
        self.works(diagram, frame, &x);
        self.packets(diagram, frame, &x);
        self.effects_of(diagram, frame, &x);
        let mut room = Room::default();
        for lead in &diagram.leads {
            let at = Point { x: x(lead.from), y: frame.lane(lead.lane) - 6.0 };
            self.label(at, Tone::Accent, &lead.label(), &mut room);
        }
        for work in &diagram.works {
            let at = Point { x: x(work.from), y: frame.lane(work.lane) - 10.0 };
            self.label(at, work.token.tone, &work.token.label(), &mut room);
        }
    }

    /// A label, where it would not stand on another one.
    fn label(&mut self, at: Point, tone: Tone, text: &str, room: &mut Room) {
        let wide = super::CHARACTER * (text.chars().count() + 1) as f32;
        if room.take(at, wide) {
            self.say(at, tone, text);
        }
    }

    /// Works between which no gap would be seen are one bar.
    fn works(&mut self, diagram: &SpaceTime<'_>, frame: &Frame, x: &dyn Fn(f32) -> f32) {
        let mut bars: Vec<(usize, f32, f32)> = Vec::new();
        for work in &diagram.works {
            let (from, to) = (x(work.from), x(work.to));
            match bars.iter_mut().rev().find(|bar| bar.0 == work.lane) {
                Some(bar) if from - bar.2 < UNSEEN => bar.2 = bar.2.max(to),
                _ => bars.push((work.lane, from, to)),
            }
        }
        for (lane, from, to) in bars {
            let rect = Rect { x: from, y: frame.lane(lane) - 4.0, w: to - from, h: 8.0 };
            self.rect(&rect, Tone::Accent, true);
        }
    }

    /// Those that look the same together; of several in one place one.
    fn packets(&mut self, diagram: &SpaceTime<'_>, frame: &Frame, x: &dyn Fn(f32) -> f32) {
        let line = |packet: &PacketLine<'_>| {
            let (from, to) = (frame.lane(packet.from_lane), frame.lane(packet.to_lane));
            let a = Point { x: x(packet.from), y: from };
            (a, Point { x: x(packet.to), y: from + (to - from) * packet.reach })
        };
        let mut left: Vec<&PacketLine<'_>> = diagram.packets.iter().collect();
        // What carries no message is drawn first, what is lost last.
        left.sort_by_key(|packet| (packet.carries, packet.lost));
        while let Some(first) = left.first() {
            let (tone, carries) = (first.tone, first.carries);
            let mut drawn: Vec<[i32; 4]> = Vec::new();
            left.retain(|packet| {
                if (packet.tone, packet.carries) != (tone, carries) {
                    return true;
                }
                let (a, b) = line(packet);
                let place = [a.x, a.y, b.x, b.y].map(|part| part.round() as i32);
                if !drawn.contains(&place) {
                    drawn.push(place);
                    self.line(a, b, tone, if carries { "1.5" } else { "0.7" }, "");
                }
                false
            });
        }
        let mut room = Room::default();
        for packet in diagram.packets.iter().filter(|packet| packet.lost) {
            let (_, b) = line(packet);
            self.label(Point { x: b.x - 5.0, y: b.y + 5.0 }, Tone::Lost, "✕", &mut room);
        }
    }

    /// Of effects that cover each other every one that differs.
    fn effects_of(&mut self, diagram: &SpaceTime<'_>, frame: &Frame, x: &dyn Fn(f32) -> f32) {
        let mut last: Vec<(usize, Token, f32)> = Vec::new();
        for effect in &diagram.effects {
            let at = Point { x: x(effect.at), y: frame.lane(effect.lane) };
            let same = |known: &&mut (usize, Token, f32)| {
                (known.0, known.1.shape, known.1.tone) == (effect.lane, effect.token.shape, effect.token.tone)
            };
            match last.iter_mut().find(same) {
                Some(known) if at.x - known.2 < 2.0 => continue,
                Some(known) => known.2 = at.x,
                None => last.push((effect.lane, effect.token, at.x)),
            }
            self.shape(&effect.token, at, 0.0);
        }
    }

    fn ticks(&mut self, ticks: &[(f32, trace::Time)], frame: &Frame) {
        for (part, moment) in ticks.iter().filter(|(part, _)| (0.0..0.97).contains(part)) {
            let x = frame.x(*part);
            let (top, bottom) = (TOP, frame.height - BOTTOM);
            self.line(Point { x, y: top }, Point { x, y: bottom }, Tone::Quiet, "0.25", "");
            self.say(Point { x: x - 4.0, y: frame.height - 8.0 }, Tone::Quiet, &moment.short());
        }
    }
}
