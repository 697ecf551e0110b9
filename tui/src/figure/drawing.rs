// SPDX-License-Identifier: MIT OR Apache-2.0
//! The drawing: nodes, links, and messages on their way.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use stage::{Flight, Scene, Station, Target, Tone};
use trace::Role;

use super::geometry::{Geometry, Place};
use crate::control::Control;
use crate::pen::{Pen, width};

/// Draws a scene; `pointing` is shown in reverse video.
pub fn draw(pen: &mut Pen<'_>, scene: &Scene<'_>, geometry: &Geometry, pointing: Option<Target>) {
    for link in &scene.links {
        draw_link(pen, scene, geometry, link, pointing == Some(Target::Link(link.a, link.b)));
    }
    for flow in &scene.flows {
        draw_flow(pen, geometry, flow);
    }
    let mut taken = Taken::new(pen.area);
    // What carries a message is drawn first and keeps its place; small dots go where there is room.
    for carries in [true, false] {
        for flight in scene.flights.iter().filter(|flight| flight.carries == carries) {
            let pointed = pointing == Some(Target::Flight(flight.packet));
            draw_flight(pen, geometry, flight, pointed, &mut taken);
        }
    }
    for (station, place) in scene.stations.iter().zip(&geometry.places) {
        let pointed = pointing == Some(Target::Node(station.node));
        let wide =
            if station.role == Role::Producer { place.port } else { place.area.right() } - place.area.x;
        pen.hot(Rect { width: wide, ..place.area }, Control::Point(Target::Node(station.node)));
        match station.role {
            _ if place.area.height == 0 => {}
            Role::Producer => draw_producer(pen, station, *place, pointed),
            Role::Consumer => super::nodes::consumer(pen, station, *place, pointed),
            _ => super::nodes::broker(pen, scene, station, *place, pointed),
        }
    }
    super::nodes::effects(pen, scene, geometry.effects);
}

fn draw_link(pen: &mut Pen<'_>, scene: &Scene<'_>, geometry: &Geometry, link: &stage::Link, pointed: bool) {
    if let Some((x, from, to)) = geometry.beside_walls(link.a, link.b) {
        // Who is cut off from whom stands in the broker's own words; the line shows when it is pointed at.
        for y in (from.min(to)..=from.max(to)).filter(|_| pointed) {
            pen.put(x, y, '┆', pen.palette.quiet().add_modifier(Modifier::REVERSED));
        }
        return;
    }
    let Some(((from, row), (to, to_row))) = geometry.ends(link.a, link.b) else { return };
    let target = Control::Point(Target::Link(link.a, link.b));
    let mut style = if link.is_cut() { pen.palette.tone(Tone::Fault) } else { pen.palette.quiet() };
    if pointed {
        style = style.add_modifier(Modifier::REVERSED);
    }
    if row != to_row {
        let steps = to.saturating_sub(from).max(1);
        for x in from..=to {
            let y = between(row, to_row, f32::from(x - from) / f32::from(steps));
            pen.put(x, y, '·', style);
            pen.hot(Rect { x, y, width: 1, height: 1 }, target);
        }
        return;
    }
    // A line alone is hard to hit.
    let above = row.saturating_sub(1);
    pen.hot(
        Rect { x: from, y: above, width: (to + 1).saturating_sub(from), height: row + 1 - above },
        target,
    );
    pen.line(from, to, row, if link.cut_ab { '╌' } else { '─' }, style);
    pen.put(to, row, '▸', style);
    let middle = u16::midpoint(from, to);
    if link.cut_ab {
        pen.put(middle, row, '╳', style);
    }
    if link.cut_ba && geometry.has_way_back(link.a, link.b) {
        pen.put(middle, row + 1, '╳', style);
    } else if link.cut_ba && !link.cut_ab {
        pen.put(from, row, '╳', style);
    }
    let _ = scene;
}

fn between(a: u16, b: u16, part: f32) -> u16 {
    (f32::from(a) + (f32::from(b) - f32::from(a)) * part).round() as u16
}

/// Dots that drift along a link whose packets are too fast to follow.
fn draw_flow(pen: &mut Pen<'_>, geometry: &Geometry, flow: &stage::Flow) {
    if let Some((x, from, to)) = geometry.beside_walls(flow.from, flow.to) {
        if flow.density > 0.0 {
            pen.put(x, between(from, to, flow.phase), '·', pen.palette.quiet());
        }
        return;
    }
    let Some(((from, row), (to, to_row))) = geometry.ends(flow.from, flow.to) else { return };
    let (glyph, style) = if flow.carries { ('•', pen.palette.ink()) } else { ('·', pen.palette.quiet()) };
    let down = u16::from(!flow.carries && geometry.has_way_back(flow.from, flow.to));
    if flow.density <= 0.0 {
        return;
    }
    let most = from.abs_diff(to).into();
    for n in 0..most {
        let part = (flow.phase + n as f32) / flow.density;
        if part > 1.0 {
            break;
        }
        pen.put(between(from, to, part), between(row, to_row, part) + down, glyph, style);
    }
}

/// Cells in which something was drawn already.
struct Taken {
    area: Rect,
    cells: Vec<bool>,
}

impl Taken {
    fn new(area: Rect) -> Taken {
        Taken { area, cells: vec![false; usize::from(area.width) * usize::from(area.height)] }
    }

    /// Takes a run of cells, if all of them are free.
    fn take(&mut self, x: u16, y: u16, wide: u16) -> bool {
        let inside =
            x >= self.area.x && x + wide <= self.area.right() && y >= self.area.y && y < self.area.bottom();
        if !inside {
            return false;
        }
        let first =
            usize::from(y - self.area.y) * usize::from(self.area.width) + usize::from(x - self.area.x);
        let run = &mut self.cells[first..first + usize::from(wide)];
        let free = run.iter().all(|cell| !cell);
        if free {
            run.fill(true);
        }
        free
    }
}

fn draw_flight(
    pen: &mut Pen<'_>,
    geometry: &Geometry,
    flight: &Flight<'_>,
    pointed: bool,
    taken: &mut Taken,
) {
    if let Some((x, from, to)) = geometry.beside_walls(flight.from, flight.to) {
        let y = between(from, to, flight.progress);
        let style = if pointed { pen.palette.selected() } else { pen.palette.tone(flight.tone()) };
        if taken.take(x, y, 1) {
            pen.put(x, y, if flight.lost.is_some() { '✕' } else { '·' }, style);
        }
        flight_spot(pen, x, y, 1, flight);
        return;
    }
    let Some(((from, row), (to, to_row))) = geometry.ends(flight.from, flight.to) else { return };
    let down = u16::from(!flight.carries && geometry.has_way_back(flight.from, flight.to));
    let y = between(row, to_row, flight.progress) + down;
    let extra = if pointed { pen.palette.selected() } else { Style::new() };
    let fading = if flight.lost.is_some_and(|ago| ago > 0.6) { Modifier::DIM } else { Modifier::empty() };
    let style = pen.palette.tone(flight.tone()).patch(extra).add_modifier(fading);
    let label = flight.token.filter(|_| flight.carries || pointed).map(|token| token.label());
    let wide = 1 + label.map_or(0, |label| width(&label));
    // The first column goes linearly from one end to the other, so that all of it stays on the link.
    let (left, right) = (from.min(to), (from.max(to) + 1).saturating_sub(wide).max(from.min(to)));
    let (start, end) = if from <= to { (left, right) } else { (right, left) };
    let x = between(start, end, flight.progress);
    match label {
        Some(label) if taken.take(x, y, wide) => {
            pen.put(x, y, flight.glyph(), style);
            let number = if flight.lost.is_some() || pointed { style } else { number_style(pen, flight) };
            pen.text(x + 1, y, &label, number);
            flight_spot(pen, x, y, wide, flight);
        }
        _ => {
            if taken.take(x, y, 1) {
                pen.put(x, y, flight.glyph(), style);
            }
            flight_spot(pen, x, y, 1, flight);
        }
    }
}

fn flight_spot(pen: &mut Pen<'_>, x: u16, y: u16, width: u16, flight: &Flight<'_>) {
    pen.hot(Rect { x, y, width, height: 1 }, Control::Point(Target::Flight(flight.packet)));
}

fn number_style(pen: &Pen<'_>, flight: &Flight<'_>) -> Style {
    match flight.token {
        Some(token) if !token.marks().as_str().is_empty() => pen.palette.token(&token),
        _ => pen.palette.ink(),
    }
}

fn draw_producer(pen: &mut Pen<'_>, station: &Station<'_>, place: Place, pointed: bool) {
    let Rect { y, height, .. } = place.area;
    let right = place.area.right();
    let x = super::nodes::name(pen, station, place, pointed);
    if station.waiting_total > 0 {
        let waits = [&station.waiting_total.to_string(), " wait"].concat();
        if height > 1 {
            pen.text_within(place.area.x, y + 1, &waits, right - place.area.x, pen.palette.quiet());
        } else if x + 1 + width(&waits) <= right {
            pen.text_right(right, y, &waits, pen.palette.quiet());
        }
    }
    if !station.condition_words.is_empty() && height > 2 {
        let style = pen.palette.tone(Tone::Fault);
        pen.text_within(place.area.x, y + 2, &station.condition_words, right - place.area.x, style);
    }
}
