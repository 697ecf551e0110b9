// SPDX-License-Identifier: MIT OR Apache-2.0
//! The scene on the canvas, by stage's layout; the same drawing as the still's.

use stage::{
    Flight, Flow, Grid, Landed, Layout, Leased, Link, Place, Point, Rect, Scene, Station, Target, Token,
    Tone, Working,
};
use trace::Role;

use crate::flights;
use crate::pen::Pen;

/// From a text's middle to its base line.
const BASE: f32 = 5.0;

/// Draws a moment in the layout's units; a frame goes around what is pointed at.
pub fn draw(pen: &Pen<'_>, scene: &Scene<'_>, layout: &Layout, chosen: Option<Target>) {
    for link in &scene.links {
        draw_link(pen, link, layout, chosen == Some(Target::Link(link.a, link.b)));
    }
    for (at, label) in &layout.headings {
        // In the tall form links come down through the headings.
        pen.erase(&Rect { x: at.x - 2.0, y: at.y - Layout::FONT, w: wide(label), h: Layout::FONT + 4.0 });
        pen.say(*at, Tone::Quiet, label);
    }
    for station in &scene.stations {
        if let Some(place) = layout.place(station.node) {
            if scene.cluster && station.role == Role::Queue {
                // Ways lead behind a broker, not through its words.
                pen.erase(&place.rect);
            }
            draw_station(pen, station, place);
            if chosen == Some(Target::Node(station.node)) {
                pen.frame(&place.rect, Tone::Accent, 2.0);
            }
        }
    }
    scene.flows.iter().for_each(|flow| draw_flow(pen, flow, layout));
    flights::draw(pen, scene, layout, chosen);
    draw_effects(pen, &scene.effects, scene.effects_total, &layout.effects);
}

/// About as wide as a text is.
fn wide(text: &str) -> f32 {
    text.len() as f32 * Layout::FONT * 0.5 + 4.0
}

fn draw_link(pen: &Pen<'_>, link: &Link, layout: &Layout, chosen: bool) {
    let Some((a, b)) = layout.ends(link.a, link.b) else { return };
    if chosen {
        pen.line(a, b, Tone::Accent, 3.0);
    } else if link.is_cut() {
        pen.dashed(a, b, Tone::Fault, 1.5);
    } else {
        pen.line(a, b, Tone::Quiet, 0.6);
    }
    if link.is_cut() {
        pen.bolt(Point { x: (a.x + b.x) / 2.0, y: (a.y + b.y) / 2.0 }, Tone::Fault, 11.0);
    }
}

fn draw_station(pen: &Pen<'_>, station: &Station<'_>, place: &Place) {
    if station.condition == stage::Condition::Crashed {
        pen.alpha(0.25);
        pen.hatch(&place.rect, Tone::Fault);
        pen.alpha(1.0);
    }
    if !station.condition_words.is_empty() {
        draw_fault(pen, place.condition, &station.condition_words);
    } else if !station.money.is_empty() {
        pen.say(place.condition, Tone::Ink, &station.money);
    }
    if station.role == Role::Queue {
        draw_queue_sides(pen, &place.rect, station.tone());
    }
    pen.say(place.name, station.tone(), station.short);
    for (at, tone, text) in station.replica.iter().flat_map(|replica| place.replica(replica)) {
        match text.strip_prefix("⚡ ") {
            Some(words) => draw_fault(pen, at, words),
            None => pen.say(at, tone, &text),
        }
    }
    for (n, working) in station.working.iter().enumerate() {
        draw_working(pen, working, place, n);
    }
    if station.role == Role::Consumer
        && station.is_idle()
        && let Some(at) = place.working.at(0)
    {
        pen.say(Point { x: at.x - Layout::RADIUS, y: at.y + BASE }, Tone::Quiet, "idle");
    }
    let (shown, more) = place.waiting.fit(station.waiting_total);
    for (n, token) in station.waiting.iter().take(shown).enumerate() {
        draw_token(pen, token, &token.number(), &place.waiting, n);
    }
    draw_more(pen, more, &place.waiting, shown);
    let (shown, more) = place.leased.fit(station.leased_total);
    for (n, leased) in station.leased.iter().take(shown).enumerate() {
        draw_leased(pen, leased, &place.leased, n);
    }
    draw_more(pen, more, &place.leased, shown);
}

/// What is wrong, behind its sign.
fn draw_fault(pen: &Pen<'_>, at: Point, words: &str) {
    pen.bolt(Point { x: at.x + 5.0, y: at.y - BASE }, Tone::Fault, 8.0);
    pen.say(Point { x: at.x + 14.0, ..at }, Tone::Fault, words);
}

/// A queue is open at its ends: two strokes, as in the terminal.
fn draw_queue_sides(pen: &Pen<'_>, rect: &Rect, tone: Tone) {
    for x in [rect.x, rect.x + rect.w] {
        pen.line(Point { x, y: rect.y }, Point { x, y: rect.y + rect.h }, tone, 1.5);
    }
}

fn draw_working(pen: &Pen<'_>, working: &Working, place: &Place, n: usize) {
    let (Some(at), Some(bar)) = (place.working.at(n), place.bar(n)) else { return };
    pen.shape(&working.token, at, working.progress);
    pen.say(Point { x: at.x + Layout::LABEL, y: at.y + BASE }, working.token.tone, &working.token.label());
    pen.block(&Rect { w: bar.w * working.progress, ..bar }, Tone::Accent);
    pen.frame(&bar, Tone::Quiet, 0.75);
    if let Some(at) = place.elapsed(n) {
        pen.say(at, Tone::Quiet, &working.elapsed.short());
    }
}

fn draw_token(pen: &Pen<'_>, token: &Token, label: &str, grid: &Grid, place: usize) {
    let Some(at) = grid.at(place) else { return };
    pen.shape(token, at, 0.0);
    pen.say(Point { x: at.x + Layout::LABEL, y: at.y + BASE }, token.tone, label);
}

/// The frame around it empties as the lease runs out.
fn draw_leased(pen: &Pen<'_>, leased: &Leased, grid: &Grid, place: usize) {
    let Some(at) = grid.at(place) else { return };
    let r = Layout::RADIUS + 3.0;
    let left = 2.0 * r * leased.fraction;
    pen.alpha(0.2);
    pen.block(&Rect { x: at.x - r, y: at.y + r - left, w: 2.0 * r, h: left }, Tone::Quiet);
    pen.alpha(1.0);
    pen.frame(&Rect { x: at.x - r, y: at.y - r, w: 2.0 * r, h: 2.0 * r }, Tone::Quiet, 0.75);
    draw_token(pen, &leased.token, &leased.token.number(), grid, place);
}

fn draw_more(pen: &Pen<'_>, more: usize, grid: &Grid, place: usize) {
    if let (1.., Some(at)) = (more, grid.at(place)) {
        let text = ["+", &more.to_string()].concat();
        pen.say(Point { x: at.x - Layout::RADIUS, y: at.y + BASE }, Tone::Quiet, &text);
    }
}

fn draw_flow(pen: &Pen<'_>, flow: &Flow, layout: &Layout) {
    if flow.density <= 0.0 {
        return;
    }
    let (tone, radius) = if flow.carries { (Tone::Ink, 3.5) } else { (Tone::Quiet, 2.0) };
    let apart = 1.0 / flow.density;
    let mut progress = flow.phase * apart;
    while progress <= 1.0 {
        if let Some(at) = layout.on_the_way(flow.from, flow.to, progress) {
            pen.dot(at, tone, radius);
        }
        progress += apart.max(0.02);
    }
}

fn draw_effects(pen: &Pen<'_>, effects: &[Landed], total: usize, grid: &Grid) {
    let (shown, more) = grid.fit(total);
    for (n, landed) in effects.iter().take(shown).enumerate() {
        draw_token(pen, &landed.token, &landed.token.label(), grid, n);
    }
    draw_more(pen, more, grid, shown);
}

/// How near a finger has to come to a packet or a link, in units.
const NEAR: f32 = 16.0;

/// The thing at a point: a packet before a node, a node before a link.
pub fn target_at(scene: &Scene<'_>, layout: &Layout, point: Point) -> Option<Target> {
    let packet = |flight: &&Flight<'_>| {
        let at = layout.on_the_way(flight.from, flight.to, flight.progress)?;
        let away = (at.x - point.x).hypot(at.y - point.y);
        (away < NEAR && flight.lost.is_none() && !flight.copy).then_some(away)
    };
    let nearest = scene.flights.iter().filter_map(|flight| Some((packet(&flight)?, flight.packet)));
    if let Some((_, packet)) = nearest.min_by(|a, b| a.0.total_cmp(&b.0)) {
        return Some(Target::Flight(packet));
    }
    if let Some(row) = layout.node_at(point) {
        return Some(Target::Node(scene.stations.get(row)?.node));
    }
    let link = |link: &&Link| layout.ends(link.a, link.b).is_some_and(|(a, b)| distance(point, a, b) < NEAR);
    scene.links.iter().find(link).map(|link| Target::Link(link.a, link.b))
}

/// From a point to a straight line between two others.
fn distance(p: Point, a: Point, b: Point) -> f32 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy).max(1.0);
    let along = along.clamp(0.0, 1.0);
    (p.x - a.x - dx * along).hypot(p.y - a.y - dy * along)
}
