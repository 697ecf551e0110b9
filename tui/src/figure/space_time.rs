// SPDX-License-Identifier: MIT OR Apache-2.0
//! The space–time diagram: a lane for each node, time to the right, packets as slanted lines of dots.

use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas, Line};
use stage::{LeadLine, PacketLine, SpaceTime, Tone, WorkLine};
use trace::{Time, decimal};

use crate::pen::{Pen, token_width, width};

/// Columns of the lanes' names.
const NAMES: u16 = 5;

/// Rows from one lane to the next at most.
const MOST_PITCH: u16 = 8;

/// How many of so many rows a diagram of so many lanes uses, its axis included.
pub fn rows(lanes: u16, room: u16) -> u16 {
    let gaps = lanes.saturating_sub(1);
    (gaps * pitch(gaps, room) + 2).min(room)
}

fn pitch(gaps: u16, room: u16) -> u16 {
    (room.saturating_sub(2) / gaps.max(1)).clamp(1, MOST_PITCH)
}

/// A part of the screen with lanes on it.
struct Plane {
    area: Rect,
    /// Rows from one lane to the next: whole, so that all are equally far apart.
    pitch: u16,
}

impl Plane {
    /// A lane's row.
    fn row(&self, lane: usize) -> u16 {
        self.area.y + lane as u16 * self.pitch
    }

    /// A place in time, 0 to 1, as a column; `None` outside.
    fn column(&self, x: f32) -> Option<u16> {
        (0.0..=1.0).contains(&x).then(|| self.area.x + (x * f32::from(self.area.width - 1)).round() as u16)
    }

    fn clamped(&self, x: f32) -> u16 {
        self.column(x.clamp(0.0, 1.0)).unwrap_or(self.area.x)
    }
}

/// Draws a window of time; the row below the last lane is its axis.
pub fn draw(pen: &mut Pen<'_>, mut diagram: SpaceTime<'_>, area: Rect) {
    if area.height < 4 || area.width < 30 {
        return;
    }
    let hidden = keep_lanes(&mut diagram, usize::from(area.height - 1));
    let diagram = &diagram;
    let gaps = (diagram.lanes.len() as u16).saturating_sub(1);
    let pitch = pitch(gaps, area.height);
    let lanes = Rect { x: area.x + NAMES, width: area.width - NAMES, height: gaps * pitch + 1, ..area };
    let plane = Plane { area: lanes, pitch };
    packets(pen, diagram, &plane);
    if hidden > 0 {
        pen.text(area.x, lanes.bottom(), &format!("+{hidden}"), pen.palette.quiet());
    }
    for (n, lane) in diagram.lanes.iter().enumerate() {
        let y = plane.row(n);
        pen.text(area.x, y, &lane.short, pen.palette.strong());
        for x in lanes.left()..lanes.right() {
            if pen.buffer[(x, y)].symbol() == " " {
                pen.put(x, y, '─', pen.palette.quiet().add_modifier(Modifier::DIM));
            }
        }
    }
    for lead in &diagram.leads {
        draw_lead(pen, &plane, lead);
    }
    for down in &diagram.downs {
        let (from, to) = (plane.clamped(down.from), plane.clamped(down.to));
        pen.line(from, to + 1, plane.row(down.lane), '▒', pen.palette.tone(Tone::Fault));
    }
    for work in &diagram.works {
        draw_work(pen, diagram, &plane, work);
    }
    for effect in &diagram.effects {
        if let Some(x) = plane.column(effect.at) {
            let style = pen.palette.token(&effect.token);
            pen.put(x, plane.row(effect.lane), effect.token.shape.glyph(), style);
        }
    }
    playhead(pen, diagram, &plane);
    axis(pen, diagram, &plane, lanes.bottom());
}

/// Who leads has a double lane, and its term stands at the beginning.
fn draw_lead(pen: &mut Pen<'_>, plane: &Plane, lead: &LeadLine) {
    let y = plane.row(lead.lane);
    let (from, to) = (plane.clamped(lead.from), plane.clamped(lead.to));
    for x in from..=to {
        if pen.buffer[(x, y)].symbol() == "─" {
            pen.put(x, y, '═', pen.palette.accent());
        }
    }
    let label = lead.label();
    if from + width(&label) <= to {
        pen.text(from, y, &label, pen.palette.accent());
    }
}

/// Leaves out the lanes that have no row of their own, and what is on them. How many these are.
fn keep_lanes(diagram: &mut SpaceTime<'_>, rows: usize) -> usize {
    let hidden = diagram.lanes.len().saturating_sub(rows);
    if hidden > 0 {
        diagram.lanes = &diagram.lanes[..rows];
        diagram.packets.retain(|packet| packet.from_lane.max(packet.to_lane) < rows);
        diagram.works.retain(|work| work.lane < rows);
        diagram.leads.retain(|lead| lead.lane < rows);
        diagram.downs.retain(|down| down.lane < rows);
        diagram.effects.retain(|effect| effect.lane < rows);
    }
    hidden
}

/// Works are bars on their lane, the message's number at their beginning; what is to come is thin.
fn draw_work(pen: &mut Pen<'_>, diagram: &SpaceTime<'_>, plane: &Plane, work: &WorkLine) {
    if work.to < 0.0 || work.from > 1.0 {
        return;
    }
    let y = plane.row(work.lane);
    let (from, to) = (plane.clamped(work.from), plane.clamped(work.to));
    let now = plane.clamped(diagram.now);
    let style = pen.palette.tone(work.token.tone);
    for x in from..=to {
        let past = x <= now;
        let glyph = if past { '━' } else { '╌' };
        pen.put(x, y, glyph, if past { style } else { pen.palette.quiet() });
    }
    if work.cut_short && work.to <= 1.0 {
        pen.put(to, y, '✕', pen.palette.tone(Tone::Fault));
    }
    let label = work.token.label();
    if from + width(&label) < to && token_width(&work.token) <= to - from && work.from >= 0.0 {
        let style = if from <= now { style } else { pen.palette.quiet() };
        pen.text(from + 1, y, &label, style);
    }
}

fn packets(pen: &mut Pen<'_>, diagram: &SpaceTime<'_>, plane: &Plane) {
    let area = plane.area;
    let (wide, high) = (f64::from(area.width), f64::from(area.height));
    let palette = pen.palette;
    // The middle of a lane's row, from the bottom.
    let height = |lane: usize| high - f64::from(plane.row(lane) - area.y) - 0.5;
    let line = |packet: &PacketLine<'_>| {
        let (from, to) = (height(packet.from_lane), height(packet.to_lane));
        let to = from + (to - from) * f64::from(packet.reach);
        let tone = if packet.from > diagram.now { Tone::Quiet } else { packet.tone };
        let (x1, x2) = (f64::from(packet.from) * wide, f64::from(packet.to) * wide);
        Line::new(x1, from, x2, to, palette.colour(tone))
    };
    Canvas::default()
        .marker(Marker::Braille)
        .x_bounds([0.0, wide])
        .y_bounds([0.0, high])
        .paint(|context| {
            // Later layers lie on top: small packets, then messages, then what means something.
            for level in 0..3 {
                context.layer();
                for packet in diagram.packets.iter().filter(|packet| weight(packet) == level) {
                    context.draw(&line(packet));
                }
            }
        })
        .render(area, pen.buffer);
    for packet in diagram.packets.iter().filter(|packet| packet.lost && packet.to <= diagram.now) {
        let from = f32::from(plane.row(packet.from_lane));
        let to = f32::from(plane.row(packet.to_lane));
        if let Some(x) = plane.column(packet.to) {
            let y = (from + (to - from) * packet.reach).round() as u16;
            pen.put(x, y, '✕', palette.tone(Tone::Lost));
        }
    }
}

fn weight(packet: &PacketLine<'_>) -> u8 {
    match (packet.carries, packet.tone) {
        (false, Tone::Quiet) => 0,
        (true, Tone::Ink) => 1,
        _ => 2,
    }
}

fn playhead(pen: &mut Pen<'_>, diagram: &SpaceTime<'_>, plane: &Plane) {
    let Some(x) = plane.column(diagram.now) else { return };
    for y in plane.area.top()..plane.area.bottom() {
        let symbol = pen.buffer[(x, y)].symbol();
        if symbol == " " || symbol == "─" || symbol == "═" {
            pen.put(x, y, if symbol == " " { '│' } else { '┼' }, pen.palette.strong());
        }
    }
}

fn axis(pen: &mut Pen<'_>, diagram: &SpaceTime<'_>, plane: &Plane, y: u16) {
    time_axis(pen, &diagram.ticks, plane.area, y);
}

/// Writes moments below a graph, as many as do not run into each other; places are parts of its width.
pub fn time_axis(pen: &mut Pen<'_>, ticks: &[(f32, Time)], graph: Rect, y: u16) {
    let mut free = graph.x;
    let step = match ticks {
        [(_, first), (_, second), ..] => second.since(*first),
        _ => Time::ZERO,
    };
    for (place, at) in ticks.iter().filter(|(place, _)| (0.0..=1.0).contains(place)) {
        let x = graph.x + (place * f32::from(graph.width - 1)).round() as u16;
        let text = tick(*at, step);
        let from = x.saturating_sub(width(&text) / 2).max(graph.x);
        if from >= free && from + width(&text) <= graph.right() {
            pen.text(from, y, &text, pen.palette.quiet());
            free = from + width(&text) + 2;
        }
    }
}

/// A moment on the axis, with as many digits as tell it from the next one.
fn tick(at: Time, step: Time) -> String {
    let unit = if at < Time::secs(1) { Time::millis(1) } else { Time::secs(1) };
    // Three digits tell hundredths of the moment apart.
    if step == Time::ZERO || step.0.saturating_mul(100) >= at.0 {
        return at.short();
    }
    let places = (0..9).find(|places| step.0 * 10u64.pow(*places) >= unit.0).unwrap_or(9);
    let name = if unit == Time::secs(1) { "s" } else { "ms" };
    decimal(at.0 as f64 / unit.0 as f64, places) + " " + name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_on_the_axis_are_told_apart() {
        assert_eq!(tick(Time::millis(200), Time::millis(200)), "200 ms");
        assert_eq!(tick(Time::millis(1_200), Time::millis(200)), "1.20 s");
        assert_eq!(tick(Time::millis(19_020), Time::millis(10)), "19.02 s");
        assert_eq!(tick(Time(19_002_500_000), Time(500_000)), "19.0025 s");
        assert_eq!(tick(Time::secs(110), Time::secs(10)), "110 s");
        assert_eq!(tick(Time::ZERO, Time::millis(10)), "0 s");
    }
}
