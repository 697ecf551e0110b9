// SPDX-License-Identifier: MIT OR Apache-2.0
//! A still: the scene as SVG, for print and where no script runs. Drawn by the same layout as the page's canvas.

mod charts;
mod ink;

use std::rc::Rc;

pub use charts::{flow_svg, space_time_svg};
use ink::Still;
use trace::{Role, Time};

use crate::layout::{Form, Layout};
use crate::meaning::{Shape, Token, Tone};
use crate::place::{Grid, Place, Point, Rect};
use crate::player::Player;
use crate::scene::{Counters, Flight, Leased, Scene, Station, Working};
use crate::speed::Speed;
use crate::timeline::Timeline;

/// The scene at a moment as an SVG element that needs nothing else: colours are CSS variables with a fallback, shapes
/// are paths, meaning is in words too. `id` begins the ids inside it and must be its own on the page.
pub fn svg(timeline: &Rc<Timeline>, at: Time, form: Form, id: &str) -> String {
    let mut player = Player::new(Rc::clone(timeline));
    player.seek(at);
    player.set_speed(Speed::showing(timeline.end(), Time::secs(20)));
    let layout = Layout::new(timeline, form);
    let scene = player.scene();
    let mut still = Still::default();
    still.open(&scene, &layout, id);
    still.links(&scene, &layout);
    scene.stations.iter().for_each(|station| still.station(station, &layout));
    for (place, flight) in scene.flights.iter().enumerate() {
        still.flight(flight, scene.pile(place), &layout);
    }
    still.effects(&scene, &layout);
    still.foot(&scene, &layout, id);
    still.end()
}

impl Scene<'_> {
    /// The moment in a few sentences, for people who hear the drawing.
    pub fn words(&self) -> String {
        let counters: Vec<String> = self
            .counters
            .rows()
            .iter()
            .take(Counters::ALWAYS)
            .map(|counter| [counter.label, " ", &counter.text()].concat())
            .collect();
        let sentence = self.sentence.map_or(String::new(), |line| line.text.clone() + ". ");
        let moment = ["At ", &self.now.short(), " of ", &self.end.short(), ": "].concat();
        [&*moment, &sentence, &counters.join(", "), "."].concat()
    }
}

/// Below the plane: the timeline, the counters and the sentence, in lines of this height.
const LINE: f32 = 24.0;
/// The width of a character, on average; for breaking lines only.
const CHARACTER: f32 = 7.8;
const MARGIN: f32 = 16.0;

impl Still {
    fn open(&mut self, scene: &Scene<'_>, layout: &Layout, id: &str) {
        let (width, height) = (
            number(layout.width),
            number(layout.height + 36.0 + foot_lines(scene, layout).len() as f32 * LINE),
        );
        self.add(&[
            "<svg class=\"still\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 ",
            &width,
        ]);
        self.add(&[" ", &height, "\" aria-labelledby=\"", id, "-title ", id, "-desc\""]);
        self.plain_look();
        self.add(&["\n<title id=\"", id]);
        let seed = crate::sentence::number(scene.seed);
        self.add(&["-title\">", &escape(scene.scenario), ", seed ", &seed, "</title>\n<desc id=\"", id]);
        self.add(&["-desc\">", &escape(&scene.words()), "</desc>\n"]);
        self.hatching(id);
        for (at, label) in &layout.headings {
            self.say(*at, Tone::Quiet, label);
        }
    }

    /// What holds where a shape says nothing else.
    fn plain_look(&mut self) {
        self.add(&[" fill=\"", &Tone::Ink.css(), "\" font-family=\"var(--sans,system-ui,sans-serif)\""]);
        self.add(&[
            " font-size=\"15\" style=\"max-width:100%;height:auto;font-variant-numeric:tabular-nums\">",
        ]);
    }

    /// Hatching, so that a fault is not told by colour alone.
    fn hatching(&mut self, id: &str) {
        self.add(&["<defs><pattern id=\"", id, "-hatch\" width=\"5\" height=\"5\""]);
        self.add(&[
            " patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><path d=\"M0 0V5\" stroke=\"",
        ]);
        self.add(&[&Tone::Fault.css(), "\" stroke-width=\"2.5\"/></pattern></defs>\n"]);
    }

    /// A stretch in which something is wrong, and what.
    fn hatched(&mut self, rect: &Rect, id: &str, label: &str) {
        self.add(&["<rect x=\"", &number(rect.x), "\" y=\"", &number(rect.y), "\" width=\""]);
        self.add(&[&number(rect.w.max(2.0)), "\" height=\"", &number(rect.h), "\" fill=\"url(#", id]);
        self.add(&["-hatch)\"><title>", &escape(label), "</title></rect>\n"]);
    }

    fn links(&mut self, scene: &Scene<'_>, layout: &Layout) {
        for link in &scene.links {
            let Some((a, b)) = layout.ends(link.a, link.b) else { continue };
            let (tone, dash) = if link.is_cut() { (Tone::Fault, "3 6") } else { (Tone::Quiet, "") };
            let width = if link.is_cut() { "1.5" } else { "0.6" };
            self.line(a, b, tone, width, dash);
            if link.is_cut() {
                self.say(Point { x: (a.x + b.x) / 2.0 - 6.0, y: (a.y + b.y) / 2.0 + 5.0 }, Tone::Fault, "⚡");
            }
        }
    }

    fn station(&mut self, station: &Station<'_>, layout: &Layout) {
        let Some(place) = layout.place(station.node) else { return };
        if !station.condition_words.is_empty() {
            self.say(place.condition, Tone::Fault, &["⚡ ", &*station.condition_words].concat());
        } else if !station.money.is_empty() {
            self.say(place.condition, Tone::Ink, &station.money);
        }
        if station.role == Role::Queue {
            self.queue_sides(&place.rect, station.tone());
        }
        self.say(place.name, station.tone(), station.short);
        for (at, tone, text) in station.replica.iter().flat_map(|replica| place.replica(replica)) {
            self.say(at, tone, &text);
        }
        for (n, working) in station.working.iter().enumerate() {
            self.working(working, place, n);
        }
        if station.role == Role::Consumer
            && station.is_idle()
            && let Some(at) = place.working.at(0)
        {
            self.say(Point { x: at.x - Layout::RADIUS, y: at.y + 5.0 }, Tone::Quiet, "idle");
        }
        let (shown, more) = place.waiting.fit(station.waiting_total);
        station
            .waiting
            .iter()
            .take(shown)
            .enumerate()
            .for_each(|(n, token)| self.token(token, &place.waiting, n));
        self.more(more, &place.waiting, shown);
        let (shown, more) = place.leased.fit(station.leased_total);
        station
            .leased
            .iter()
            .take(shown)
            .enumerate()
            .for_each(|(n, leased)| self.leased(leased, &place.leased, n));
        self.more(more, &place.leased, shown);
    }

    /// A queue is open at its ends: two strokes, as in the terminal.
    fn queue_sides(&mut self, rect: &Rect, tone: Tone) {
        let (left, right, top, bottom) = (rect.x, rect.x + rect.w, rect.y, rect.y + rect.h);
        for x in [left, right] {
            self.line(Point { x, y: top }, Point { x, y: bottom }, tone, "1.5", "");
        }
    }

    fn working(&mut self, working: &Working, place: &Place, n: usize) {
        let (Some(at), Some(bar)) = (place.working.at(n), place.bar(n)) else { return };
        self.shape(&working.token, at, working.progress);
        self.say(
            Point { x: at.x + Layout::LABEL, y: at.y + 5.0 },
            working.token.tone,
            &working.token.label(),
        );
        self.rect(&bar, Tone::Quiet, false);
        self.rect(&Rect { w: bar.w * working.progress, ..bar }, Tone::Accent, true);
        if let Some(at) = place.elapsed(n) {
            self.say(at, Tone::Quiet, &working.elapsed.short());
        }
    }

    /// A token in a row of others: there its number has to do, the shape says the rest.
    fn token(&mut self, token: &Token, grid: &Grid, place: usize) {
        self.token_with(token, &token.number(), grid, place);
    }

    fn token_with(&mut self, token: &Token, label: &str, grid: &Grid, place: usize) {
        let Some(at) = grid.at(place) else { return };
        self.shape(token, at, 0.0);
        self.say(Point { x: at.x + Layout::LABEL, y: at.y + 5.0 }, token.tone, label);
    }

    fn leased(&mut self, leased: &Leased, grid: &Grid, place: usize) {
        let Some(at) = grid.at(place) else { return };
        let r = Layout::RADIUS + 3.0;
        let frame = Rect { x: at.x - r, y: at.y + r, w: 2.0 * r, h: 2.0 * r };
        self.rect(&Rect { y: at.y - r, ..frame }, Tone::Quiet, false);
        // The frame empties as the lease runs out.
        let left = 2.0 * r * leased.fraction;
        self.add(&["<g opacity=\"0.2\">"]);
        self.rect(&Rect { y: frame.y - left, h: left, ..frame }, Tone::Quiet, true);
        self.add(&["</g>"]);
        self.token(&leased.token, grid, place);
    }

    fn more(&mut self, more: usize, grid: &Grid, place: usize) {
        if let (1.., Some(at)) = (more, grid.at(place)) {
            let text = ["+", &*crate::sentence::number(more as u64)].concat();
            self.say(Point { x: at.x - Layout::RADIUS, y: at.y + 5.0 }, Tone::Quiet, &text);
        }
    }

    fn flight(&mut self, flight: &Flight<'_>, pile: usize, layout: &Layout) {
        let Some(at) = layout.on_the_way(flight.from, flight.to, flight.progress).filter(|_| pile > 0) else {
            return;
        };
        let token = match flight.token {
            Some(token) if flight.lost.is_some() => Token { shape: Shape::Cross, tone: Tone::Lost, ..token },
            Some(token) if flight.carries => token,
            _ => return self.dot(at, flight.tone()),
        };
        self.shape(&token, at, 0.0);
        match pile {
            1 => self.label_above(at, token.tone, &token.label()),
            _ => self.label_above(at, token.tone, &flight.pile_words(pile)),
        }
    }

    fn label_above(&mut self, at: Point, tone: Tone, text: &str) {
        self.say(Point { x: at.x - Layout::RADIUS, y: at.y - Layout::RADIUS - 4.0 }, tone, text);
    }

    fn effects(&mut self, scene: &Scene<'_>, layout: &Layout) {
        let (shown, more) = layout.effects.fit(scene.effects_total);
        for (n, landed) in scene.effects.iter().take(shown).enumerate() {
            self.token_with(&landed.token, &landed.token.label(), &layout.effects, n);
        }
        self.more(more, &layout.effects, shown);
    }

    fn foot(&mut self, scene: &Scene<'_>, layout: &Layout, id: &str) {
        let (left, right) = (MARGIN, layout.width - MARGIN);
        let y = layout.height + 14.0;
        let x = |fraction: f32| left + (right - left) * fraction;
        self.line(Point { x: left, y }, Point { x: right, y }, Tone::Quiet, "1", "");
        self.line(Point { x: left, y }, Point { x: x(scene.bar.fraction), y }, Tone::Ink, "3", "");
        for band in scene.bar.bands {
            let (from, to) = (x(band.from_fraction), x(band.to_fraction));
            self.hatched(&Rect { x: from, y: y - 6.0, w: to - from, h: 12.0 }, id, &band.label);
        }
        for mark in scene.bar.marks {
            let glyph = mark.glyph.to_string();
            self.say(Point { x: x(mark.fraction) - 6.0, y: y - 9.0 }, mark.tone, &glyph);
        }
        let token = Point { x: x(scene.bar.fraction), y };
        self.dot_of(token, Tone::Ink, 6.0);
        for (n, line) in foot_lines(scene, layout).into_iter().enumerate() {
            let y = y + 38.0 + n as f32 * LINE;
            let mut x = left;
            for (tone, text) in line {
                self.say(Point { x, y }, tone, &text);
                x += 20.0 + CHARACTER * text.chars().count() as f32;
            }
        }
    }
}

/// Counters and sentence, broken into lines that fit.
fn foot_lines(scene: &Scene<'_>, layout: &Layout) -> Vec<Vec<(Tone, String)>> {
    let room = ((layout.width - 2.0 * MARGIN) / CHARACTER) as usize;
    let mut lines = vec![Vec::new()];
    let mut used = 0;
    let mut add = |tone: Tone, text: String| {
        let length = text.chars().count() + 3;
        if used > 0 && used + length > room {
            lines.push(Vec::new());
            used = 0;
        }
        used += length;
        lines.last_mut().expect("there is a line").push((tone, text));
    };
    for counter in scene.counters.rows().iter().take(Counters::ALWAYS) {
        add(counter.tone, [counter.label, " ", &counter.text()].concat());
    }
    let mut sentence = scene.now.short() + " ";
    for word in scene.sentence.map_or("", |line| line.text.as_str()).split(' ') {
        if sentence.chars().count() + word.chars().count() + 1 > room {
            lines.push(vec![(Tone::Ink, std::mem::take(&mut sentence))]);
        }
        sentence.push(' ');
        sentence.push_str(word);
    }
    lines.push(vec![(Tone::Ink, sentence)]);
    lines
}

/// A coordinate with one decimal at most.
fn number(value: f32) -> String {
    let tenths = (value * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, rest) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    let whole = crate::sentence::number(whole);
    if rest == 0 {
        [sign, &whole].concat()
    } else {
        [sign, &whole, ".", &crate::sentence::number(rest)].concat()
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
