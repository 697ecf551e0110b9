// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cumulative-flow chart: what came, what was begun, what is done, against time.

use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas, Context, Line, Points};
use stage::{Counts, CumulativeFlow, Player, Stage, Tone};

use super::space_time::time_axis;
use crate::palette::Palette;
use crate::pen::{Pen, width};

/// Columns of the counts at the left.
const COUNTS: u16 = 6;
/// What fills the areas, by stage; what is done is left free, so that the others stand out.
const FILL: [char; 4] = [' ', '▓', '░', '╱'];
/// Dots of Braille to a column.
const DOTS: u16 = 2;
/// Every so manieth dot of a broken line is set.
const BROKEN: usize = 3;

/// Draws the whole run; the row at the top is its legend, the one at the bottom its axis.
pub fn draw(pen: &mut Pen<'_>, player: &Player, area: Rect) {
    if area.height < 6 || area.width < 40 {
        return;
    }
    let graph =
        Rect { x: area.x + COUNTS, y: area.y + 1, width: area.width - COUNTS, height: area.height - 2 };
    let chart = player.cumulative_flow(usize::from(graph.width * DOTS));
    legend(pen, &chart, area);
    lines(pen, &chart, graph);
    areas(pen, &chart, graph);
    gaps(pen, &chart, graph);
    axes(pen, &chart, graph);
}

fn legend(pen: &mut Pen<'_>, chart: &CumulativeFlow, area: Rect) {
    let mut x = area.x;
    for stage in chart.stages() {
        let count = chart.counts[stage as usize];
        let glyph = if stage == Stage::Done { '▁' } else { FILL[stage as usize] };
        pen.put(x, area.y, glyph, pen.palette.tone(stage.tone()));
        x = pen.text(x + 2, area.y, stage.label(), pen.palette.quiet());
        x = pen.text(x + 1, area.y, &count.to_string(), pen.palette.strong()) + 3;
    }
    if let Some(gap) = chart.gap {
        let words = [&*gap.span.short(), " behind"].concat();
        if x + width(&words) < area.right() {
            pen.text_right(area.right(), area.y, &words, pen.palette.strong());
        }
    }
}

/// The lines between the areas, theory's lines and the bound, in dots.
fn lines(pen: &mut Pen<'_>, chart: &CumulativeFlow, graph: Rect) {
    let palette = pen.palette;
    Canvas::default()
        .marker(Marker::Braille)
        .x_bounds([0.0, 1.0])
        .y_bounds([0.0, 1.0])
        .paint(|context| {
            theory(context, chart, palette);
            context.layer();
            edge(context, chart, Stage::Shed, palette, Tone::Lost);
            context.layer();
            edge(context, chart, Stage::Waiting, palette, Tone::Ink);
            edge(context, chart, Stage::Done, palette, Tone::Ink);
        })
        .render(graph, pen.buffer);
}

fn place(chart: &CumulativeFlow, n: usize) -> f64 {
    n as f64 / (chart.samples.len() - 1).max(1) as f64
}

/// The upper edge of an area; what is to come is quiet.
fn edge(context: &mut Context<'_>, chart: &CumulativeFlow, stage: Stage, palette: Palette, tone: Tone) {
    for (n, pair) in chart.samples.windows(2).enumerate() {
        let height = |counts: &Counts| f64::from(chart.edge(counts, stage));
        let past = place(chart, n) <= f64::from(chart.now);
        let colour = palette.colour(if past { tone } else { Tone::Quiet });
        let (from, to) = (place(chart, n), place(chart, n + 1));
        context.draw(&Line::new(from, height(&pair[0]), to, height(&pair[1]), colour));
    }
}

/// Theory's two lines and the bound above what is done: broken.
fn theory(context: &mut Context<'_>, chart: &CumulativeFlow, palette: Palette) {
    let steps = chart.samples.len().max(2) - 1;
    for line in &chart.fluid {
        let mut dots = Vec::new();
        for pair in line.windows(2) {
            let [(x0, y0), (x1, y1)] = [pair[0], pair[1]].map(|(x, y)| (f64::from(x), f64::from(y)));
            let many =
                ((x1 - x0).max(y1 - y0) * steps as f64 / BROKEN as f64).ceil().clamp(1.0, 1e4) as usize;
            let at = |n: usize| n as f64 / many as f64;
            dots.extend((0..many).map(|n| (x0 + (x1 - x0) * at(n), y0 + (y1 - y0) * at(n))));
        }
        context.draw(&Points { coords: &dots, color: palette.colour(Tone::Accent) });
    }
    let Some(bound) = chart.bound else { return };
    let above = |counts: &Counts| u32::try_from(bound).ok()?.checked_add(counts[Stage::Done as usize]);
    let dots: Vec<(f64, f64)> = (0..chart.samples.len())
        .step_by(BROKEN)
        .filter_map(|n| Some((place(chart, n), f64::from(chart.height(above(&chart.samples[n])?)))))
        .filter(|(_, height)| *height <= 1.0)
        .collect();
    context.draw(&Points { coords: &dots, color: palette.colour(Tone::Fault) });
}

/// Fills what lies between the lines, up to the playhead.
fn areas(pen: &mut Pen<'_>, chart: &CumulativeFlow, graph: Rect) {
    let now = (chart.now * f32::from(graph.width)) as u16;
    for column in 0..graph.width.min(now + 1) {
        let counts = &chart.samples[usize::from(column * DOTS + DOTS / 2)];
        for row in 0..graph.height {
            let height = 1.0 - (f32::from(row) + 0.5) / f32::from(graph.height);
            let inside = |stage: &Stage| height < chart.edge(counts, *stage);
            let Some(stage) = Stage::ALL.into_iter().find(inside) else { continue };
            let (x, y) = (graph.x + column, graph.y + row);
            if stage != Stage::Done && pen.buffer[(x, y)].symbol() == " " {
                let style = pen.palette.tone(stage.tone());
                pen.put(x, y, FILL[stage as usize], style);
            }
        }
    }
}

/// The playhead, and how far what is done lies behind what came.
fn gaps(pen: &mut Pen<'_>, chart: &CumulativeFlow, graph: Rect) {
    let column = |part: f32| graph.x + (part * f32::from(graph.width - 1)).round() as u16;
    let now = column(chart.now);
    for y in graph.top()..graph.bottom() {
        if pen.buffer[(now, y)].symbol() == " " {
            pen.put(now, y, '│', pen.palette.quiet().add_modifier(Modifier::DIM));
        }
    }
    let Some(gap) = chart.gap else { return };
    let y = graph.bottom() - 1 - ((gap.level * f32::from(graph.height)) as u16).min(graph.height - 1);
    let words = [" ", &*gap.span.short(), " "].concat();
    let from = column(gap.from);
    if now < from + width(&words) + 4 {
        return;
    }
    pen.line(from + 1, now, y, '─', pen.palette.tone(Tone::Accent));
    let middle = from + (now - from - width(&words)) / 2;
    pen.text(middle, y, &words, pen.palette.tone(Tone::Accent));
}

fn axes(pen: &mut Pen<'_>, chart: &CumulativeFlow, graph: Rect) {
    let mut above = graph.bottom();
    for (height, count) in &chart.rungs {
        let y = graph.bottom() - 1 - ((height * f32::from(graph.height)) as u16).min(graph.height - 1);
        if y < above {
            pen.text_right(graph.x - 1, y, &count.to_string(), pen.palette.quiet());
            above = y;
        }
    }
    time_axis(pen, &chart.ticks, graph, graph.bottom());
}
