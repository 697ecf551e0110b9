// SPDX-License-Identifier: MIT OR Apache-2.0
//! How the parts of a figure share the screen.

use queues::Sight;
use ratatui::layout::Rect;
use stage::{Player, Scene, Target};
use trace::Time;

pub(super) use super::View;
use super::geometry::Geometry;
use super::{Figure, cumulative, drawing, pair, panel, side, space_time, strip};
use crate::chrome;
use crate::pen::Pen;
use crate::run::Run;
use crate::text::wrap;

/// From this width on there is something beside the drawing.
const WIDE: u16 = 118;
/// Columns of what stands beside a figure inside a text.
pub const BESIDE: u16 = 60;
/// From this height on drawing and space–time diagram stand below each other.
const TALL: u16 = 22;
/// Rows that another view below the drawing has at least.
const LEAST_SECOND: u16 = 8;
/// Rows below an open panel that are worth a slope graph and a log.
const LEAST_SIDE: u16 = 6;
/// Rows that a drawing needs at least, its labels included.
pub(super) const LEAST_DRAWING: u16 = 7;

/// Which view was drawn, and what beside it.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub view: View,
    /// Whether slope graph, theory and log stand beside the drawing.
    pub beside: bool,
    /// Whether two runs were drawn.
    pub both: bool,
}

impl Layout {
    /// The view after the one that was drawn.
    pub fn next_view(&self) -> View {
        match self.view {
            View::Drawing => View::SpaceTime,
            View::SpaceTime => View::Flow,
            View::Flow if !self.beside => View::Order,
            View::Flow | View::Order => View::Drawing,
        }
    }
}

pub(super) fn draw(figure: &mut Figure, pen: &mut Pen<'_>) {
    let area = pen.area;
    let two = figure.runs.second().is_some();
    figure.layout.both = two && pair::both(area);
    let player = &figure.runs.lead.player;
    let scene = player.scene();
    chrome::head(pen, &figure.title, &status(&scene));
    chrome::foot(pen, figure.keys(), scene.playing);
    if two {
        return pair::draw(figure, pen);
    }
    let inner = chrome::inner(area);
    let wide = inner.width >= WIDE;
    let left_width = if wide { (inner.width * 3 / 5).max(78) } else { inner.width };
    let mut left = Rect { width: left_width, ..inner };
    if wide {
        let x = left.right() + 2;
        let right = Rect { x, y: inner.y, width: inner.right().saturating_sub(x + 2), height: inner.height };
        let height =
            figure.panel.as_ref().map_or(0, |open| open.height(figure, right.width).min(right.height));
        if let Some(open) = &figure.panel {
            panel::draw(pen, figure, open, Rect { height, ..right });
        }
        let below = if height > 0 { height + 1 } else { 0 };
        if right.height > below + LEAST_SIDE {
            let right = Rect { y: right.y + below, height: right.height - below, ..right };
            side::draw(pen, player, &scene, right);
        }
    }
    let strip = strip_height(&scene, left);
    let below = Rect { y: left.bottom() - strip, height: strip, ..left };
    left.height -= strip;
    if !figure.intro.is_empty() {
        left = draw_intro(pen, &figure.intro, left);
    }
    if let Some(open) = figure.panel.as_ref().filter(|_| !wide) {
        let most = left.height.saturating_sub(LEAST_DRAWING).max(4);
        let height = open.height(figure, left.width).min(most);
        let at = Rect { y: left.bottom() - height, height, ..left };
        panel::draw(pen, figure, open, at);
        left.height -= height;
    }
    let view = match chosen(figure, left.height) {
        View::Order if wide => View::Drawing,
        view => view,
    };
    draw_body(pen, player, &scene, left, view, figure.pointing);
    draw_strip(pen, &scene, below);
    if let Some(target) = figure.pointing.filter(|_| figure.panel.is_none()) {
        say_pointing(pen, player, target);
    }
    figure.layout = Layout { view, beside: wide, both: false };
}

/// The view that the reader has chosen, or what shows in so many rows what the scenario is about.
pub(super) fn chosen(figure: &Figure, rows: u16) -> View {
    figure.view.unwrap_or_else(|| match View::of(figure.runs.lead.sight()) {
        View::Drawing if rows >= TALL => View::SpaceTime,
        view => view,
    })
}

/// What the reader points at, in the rule above the keys.
pub(super) fn say_pointing(pen: &mut Pen<'_>, player: &Player, target: Target) {
    let name = target.words(player.timeline());
    chrome::notice(pen, &[&*name, ": enter for what can be done to it"].concat());
}

impl View {
    /// The one that shows what a scenario is about.
    pub(super) fn of(sight: Sight) -> View {
        match sight {
            Sight::Order => View::Drawing,
            Sight::Flow => View::Flow,
            Sight::Causes => View::SpaceTime,
        }
    }
}

/// `seed 7 · ▶ 1/5×`
fn status(scene: &Scene<'_>) -> String {
    let sign = if scene.playing { "▶" } else { "‖" };
    let slowed = if scene.slowed { " slowed" } else { "" };
    format!("seed {} · {sign} {}{slowed}", scene.seed, scene.speed)
}

fn draw_intro(pen: &mut Pen<'_>, intro: &str, area: Rect) -> Rect {
    let lines = wrap(intro, usize::from(area.width.saturating_sub(4)).min(76));
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        pen.text(area.x + 2, y, line, pen.palette.strong());
    }
    let used = (lines.len() as u16 + 1).min(area.height);
    Rect { y: area.y + used, height: area.height - used, ..area }
}

/// Labels and the drawing, another view, or both.
pub(super) fn draw_body(
    pen: &mut Pen<'_>,
    player: &Player,
    scene: &Scene<'_>,
    area: Rect,
    view: View,
    pointing: Option<Target>,
) {
    let inset = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
    let both = area.height >= TALL;
    let lanes = scene.stations.len() as u16;
    let share = match (view, both) {
        (View::Drawing, _) => 0,
        (_, false) => area.height,
        // The drawing has what it can use, the other view the rest: lanes can be as far apart as there is room.
        (_, true) => {
            let spare = area.height.saturating_sub(Geometry::most_rows(scene) + 3);
            let room = spare.max(area.height / 2).max(LEAST_SECOND);
            if view == View::SpaceTime { space_time::rows(lanes, room) } else { room }
        }
    };
    let second = Rect { y: area.bottom() - share, height: share, ..inset };
    match view {
        View::Drawing => {}
        View::SpaceTime => draw_diagram(pen, player, second),
        View::Flow => cumulative::draw(pen, player, second),
        View::Order => side::draw(pen, player, scene, second),
    }
    let drawing = Rect { height: area.height - share, ..inset };
    if drawing.height > 2 {
        let (air, end) = (u16::from(drawing.height > 12), u16::from(drawing.height > 8));
        let places = Rect { y: drawing.y + 1 + air, height: drawing.height - 1 - air - end, ..drawing };
        let geometry = Geometry::new(scene, places);
        for (column, place) in scene.columns.iter().zip(&geometry.columns) {
            pen.text(place.x, drawing.y, column.label, pen.palette.quiet());
        }
        drawing::draw(&mut pen.within(drawing), scene, &geometry, pointing);
        if let Some((x, count)) = geometry.hidden {
            let words = format!("and {count} more");
            pen.text(x, drawing.bottom() - 1, &words, pen.palette.quiet());
        }
    }
}

fn draw_diagram(pen: &mut Pen<'_>, player: &Player, area: Rect) {
    // On a wide screen more time, not wider packets.
    let span = Time(player.usual_span().0.saturating_mul(u64::from(area.width.max(1))) / 120);
    space_time::draw(pen, player.space_time(span.min(player.end().max(Time(1)))), area);
}

/// Rows of what stands under the drawing: a rule, counters, the timeline, the sentence.
pub(super) fn strip_height(scene: &Scene<'_>, area: Rect) -> u16 {
    1 + strip::counter_rows(&scene.counters, area.width, area.height >= 30) + 2
}

pub(super) fn draw_strip(pen: &mut Pen<'_>, scene: &Scene<'_>, area: Rect) {
    pen.within(area).rule(area.y);
    let all = strip::counter_rows(&scene.counters, area.width, true) + 3 == area.height;
    let counters = Rect { y: area.y + 1, height: area.height - 3, ..area };
    strip::counters(pen, &scene.counters, counters, all);
    let timeline = Rect { y: area.bottom() - 2, height: 1, ..area };
    strip::timeline(pen, scene, timeline);
    strip::sentence(pen, scene, Rect { y: area.bottom() - 1, ..timeline });
}

/// A figure inside a text: drawing, counters, timeline and sentence; the slope graph beside them where there is room.
pub fn embedded(pen: &mut Pen<'_>, run: &Run, area: Rect) {
    let player = &run.player;
    let scene = player.scene();
    let ordered = run.sight() == Sight::Order && player.timeline().has_order();
    let wide = area.width > 2 * BESIDE && ordered;
    let (area, beside) = match wide {
        true => {
            let left = Rect { width: area.width - BESIDE, ..area };
            (left, Rect { x: left.right() + 2, width: BESIDE - 4, ..area })
        }
        false => (area, Rect::ZERO),
    };
    if wide {
        side::draw_slope(pen, player, beside);
    }
    let strip = strip_height(&scene, Rect { height: 0, ..area });
    let body = Rect { height: area.height.saturating_sub(strip), ..area };
    let mut pen = pen.within(area);
    draw_body(&mut pen, player, &scene, body, View::of(run.sight()), None);
    draw_strip(&mut pen, &scene, Rect { y: body.bottom(), height: strip, ..area });
}
