// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two runs on one screen: beside each other where it is wide, one above the other where it is tall, else one of them and a key
//! for the other.

use ratatui::layout::Rect;
use stage::{Scene, Target};

use super::view::{self, LEAST_DRAWING, Layout, View};
use super::{Figure, panel};
use crate::chrome;
use crate::control::Control;
use crate::pen::{Pen, width};
use crate::run::Run;
use crate::runs::Runs;
use crate::spots::Spots;

/// From this width on the two stand beside each other.
const WIDE: u16 = 156;
/// From this height on one stands above the other.
const TALL: u16 = 34;
/// Columns between the two.
const GAP: u16 = 2;

/// Where the first run stands and where the second; only one of them where there is no room for two.
#[derive(Clone, Copy)]
struct Places {
    first: Option<Rect>,
    second: Option<Rect>,
}

impl Places {
    fn new(area: Rect, flipped: bool) -> Places {
        let both = |first, second| Places { first: Some(first), second: Some(second) };
        if area.width >= WIDE {
            let first = Rect { width: (area.width - GAP) / 2, ..area };
            let x = first.right() + GAP;
            return both(first, Rect { x, width: area.right() - x, ..area });
        }
        if area.height >= TALL {
            // A rule stands between them.
            let first = Rect { height: (area.height - 1) / 2, ..area };
            let y = first.bottom() + 1;
            return both(first, Rect { y, height: area.bottom() - y, ..area });
        }
        match flipped {
            false => Places { first: Some(area), second: None },
            true => Places { first: None, second: Some(area) },
        }
    }

    fn both(self) -> bool {
        self.first.is_some() && self.second.is_some()
    }
}

/// Whether there is room for two runs on a screen.
pub(super) fn both(screen: Rect) -> bool {
    Places::new(chrome::inner(screen), false).both()
}

/// Draws both runs of a figure, or the one that is seen, between the rules of the screen.
pub(super) fn draw(figure: &mut Figure, pen: &mut Pen<'_>) {
    let Some((second, names)) = figure.runs.second() else { return };
    let lead = &figure.runs.lead;
    let places = Places::new(chrome::inner(pen.area), figure.runs.is_flipped());
    let mut seen = View::default();
    for (n, place, run) in [(0, places.first, lead), (1, places.second, second)] {
        let Some(place) = place else { continue };
        let scene = run.player.scene();
        if n > 0 && places.first.is_some_and(|first| first.x == place.x) {
            pen.rule(place.y - 1);
        }
        let title = Title { name: &names[n], number: n + 1, both: places.both() };
        let body = title.draw(pen, place);
        let strip = view::strip_height(&scene, body);
        let mut above = Rect { height: body.height.saturating_sub(strip), ..body };
        if n == 0 || !places.both() {
            above = draw_panel(figure, pen, above);
        }
        let view = view::chosen(figure, above.height);
        if n == 0 || !places.both() {
            seen = view;
        }
        let pointing = figure.pointing.filter(|_| n == 0);
        let below = Rect { y: body.bottom() - strip, height: strip, ..body };
        let parts = Parts { run, scene: &scene, view, pointing };
        if n == 0 {
            parts.draw(&mut pen.within(place), above, below);
        } else {
            follower(pen, place, |pen| parts.draw(pen, above, below));
        }
    }
    if let Some(target) = figure.pointing.filter(|_| figure.panel.is_none() && places.first.is_some()) {
        view::say_pointing(pen, &lead.player, target);
    }
    figure.layout = Layout { view: seen, beside: false, both: places.both() };
}

/// The open panel, above the counters. Returns what is left for the drawing.
fn draw_panel(figure: &Figure, pen: &mut Pen<'_>, area: Rect) -> Rect {
    let Some(open) = &figure.panel else { return area };
    let most = area.height.saturating_sub(LEAST_DRAWING).max(4);
    let height = open.height(figure, area.width).min(most);
    panel::draw(pen, figure, open, Rect { y: area.bottom() - height, height, ..area });
    Rect { height: area.height - height, ..area }
}

/// What is drawn of a run that has its place.
struct Parts<'a> {
    run: &'a Run,
    scene: &'a Scene<'a>,
    view: View,
    pointing: Option<Target>,
}

impl Parts<'_> {
    fn draw(&self, pen: &mut Pen<'_>, above: Rect, below: Rect) {
        view::draw_body(pen, &self.run.player, self.scene, above, self.view, self.pointing);
        view::draw_strip(pen, self.scene, below);
    }
}

/// Draws a run that only follows: nothing in it can be pointed at, but its timeline is the other one's, too.
fn follower(pen: &mut Pen<'_>, area: Rect, draw: impl FnOnce(&mut Pen<'_>)) {
    let mut apart = Spots::default();
    draw(&mut Pen { spots: &mut apart, buffer: pen.buffer, palette: pen.palette, area });
    for (place, control) in apart.iter().filter(|(_, control)| matches!(control, Control::Seek(..))) {
        pen.hot(place, control);
    }
}

/// What stands above a run: its name, and which of the two it is.
struct Title<'a> {
    name: &'a str,
    number: usize,
    /// Whether both are seen.
    both: bool,
}

impl Title<'_> {
    /// Returns the part below it.
    fn draw(&self, pen: &mut Pen<'_>, area: Rect) -> Rect {
        let pen = &mut pen.within(area);
        let place = match (self.both, self.number) {
            (true, 1) => "1 of 2, leads".to_owned(),
            (true, _) => "2 of 2, follows".to_owned(),
            (false, number) => format!("{number} of 2, o: the other"),
        };
        let edge = area.right().saturating_sub(2);
        let from = edge.saturating_sub(width(&place));
        pen.text_within(area.x + 2, area.y, self.name, from.saturating_sub(area.x + 4), pen.palette.strong());
        pen.text_right(edge, area.y, &place, pen.palette.quiet());
        if !self.both {
            pen.hot(Rect { x: from, y: area.y, width: edge - from, height: 1 }, Control::Other);
        }
        Rect { y: area.y + 1, height: area.height - 1, ..area }
    }
}

/// Whether both runs are seen in a text that is so wide; it gives figures no more rows for two.
pub fn both_embedded(width: u16) -> bool {
    width >= WIDE
}

/// Two runs inside a text: beside each other, or the one that is seen.
pub fn embedded(pen: &mut Pen<'_>, runs: &Runs, area: Rect) {
    let Some((second, names)) = runs.second() else { return view::embedded(pen, &runs.lead, area) };
    let places = Places::new(Rect { height: area.height.min(TALL - 1), ..area }, runs.is_flipped());
    for (n, place, run) in [(0, places.first, &runs.lead), (1, places.second, second)] {
        let Some(place) = place else { continue };
        let title = Title { name: &names[n], number: n + 1, both: places.both() };
        let body = title.draw(pen, place);
        let scene = run.player.scene();
        let strip = view::strip_height(&scene, Rect { height: 0, ..body });
        let above = Rect { height: body.height.saturating_sub(strip), ..body };
        let parts = Parts { run, scene: &scene, view: View::of(run.sight()), pointing: None };
        parts.draw(&mut pen.within(place), above, Rect { y: above.bottom(), height: strip, ..body });
    }
}
