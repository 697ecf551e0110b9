// SPDX-License-Identifier: MIT OR Apache-2.0
//! Beside the drawing on a wide screen: the slope graph, theory beside simulation, the log.

use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas, Line};
use stage::{Player, Scene, SlopeRow, TheoryRow, Tone};

use crate::pen::{Pen, width};
use crate::text::wrap;

/// Rows that the log has at least.
const LEAST_LOG: u16 = 5;
/// Rows of the slope graph at least, its heading included.
const LEAST_SLOPE: u16 = 8;
/// Below this height the slope graph stands beside the words, if both have so many columns.
const LOW: u16 = 20;
/// See [`LOW`].
const LEAST_COLUMN: u16 = 34;
/// Rows of the slope graph at most.
const MOST_SLOPE: u16 = 24;
/// What stands between a row of theory and its condition.
const SIGNS: [char; 5] = ['¹', '²', '³', '⁴', '⁵'];
/// Above theory's rows, where there is room.
const TITLE: &str = "theory beside this run";
/// Columns that a value of theory or run may come to, so that nothing moves while a run plays.
const MOST_VALUE: u16 = 7;
/// Columns between its two sides at most: wider, and a crossing could hardly be seen.
const MOST_GRAPH: u16 = 44;

/// Draws all that there is room for.
pub fn draw(pen: &mut Pen<'_>, player: &Player, scene: &Scene<'_>, area: Rect) {
    if area.height < LOW && player.timeline().has_order() && area.width > 2 * LEAST_COLUMN {
        let left = Rect { width: area.width / 2 - 2, ..area };
        draw_slope(pen, player, left);
        let x = left.right() + 3;
        let right = Rect { x, width: area.right() - x, ..area };
        return draw_words(pen, scene, &notes(scene, right.width), right);
    }
    let log = LEAST_LOG.max(area.height / 4);
    let mut notes = notes(scene, area.width);
    let room = |notes: &Vec<String>| area.height.saturating_sub(theory_rows(scene, notes) + log + 3);
    // The graph matters more than when exactly a formula holds.
    if room(&notes) < LEAST_SLOPE {
        notes.clear();
    }
    let slope = if player.timeline().has_order() { room(&notes).min(MOST_SLOPE) } else { 0 };
    let mut y = area.y;
    if slope >= LEAST_SLOPE {
        y += draw_slope(pen, player, Rect { y, height: slope, ..area }) + 1;
    }
    draw_words(pen, scene, &notes, Rect { y, height: area.bottom().saturating_sub(y), ..area });
}

/// Theory, and below it the log.
fn draw_words(pen: &mut Pen<'_>, scene: &Scene<'_>, notes: &[String], area: Rect) {
    let below = if scene.theory.is_empty() { area.y } else { draw_theory(pen, scene, notes, area) + 1 };
    let rest = Rect { y: below, height: area.bottom().saturating_sub(below), ..area };
    if rest.height >= 2 {
        draw_log(pen, scene, rest);
    }
}

fn heading(pen: &mut Pen<'_>, area: Rect, left: &str, right: &str) {
    pen.text(area.x, area.y, left, pen.palette.strong());
    pen.text_right(area.right(), area.y, right, pen.palette.quiet());
}

/// Enqueue order at the left, order of effects at the right; lines that cross are inversions. Returns its rows.
pub(super) fn draw_slope(pen: &mut Pen<'_>, player: &Player, area: Rect) -> u16 {
    let slope = player.slope(usize::from(area.height - 1));
    let crossings = match slope.crossings {
        1 => "1 crossing".to_owned(),
        n => format!("{n} crossings"),
    };
    heading(pen, area, "enqueued → took effect", &crossings);
    let rows = Rect { y: area.y + 1, height: slope.rows.len().max(4) as u16, ..area };
    let label = slope.rows.iter().map(|row| 1 + width(&row.token.label())).max().unwrap_or(3).max(4);
    let wide = rows.width.saturating_sub(2 * label + 2).min(MOST_GRAPH);
    let graph = Rect { x: rows.x + label + 1, width: wide, ..rows };
    if graph.width < 6 {
        return 1;
    }
    let palette = pen.palette;
    let middle = |place: usize| f64::from(graph.height) - place as f64 - 0.5;
    let wide = f64::from(graph.width);
    let overtaken = |row: &&SlopeRow| row.displacement > 0;
    Canvas::default()
        .marker(Marker::Braille)
        .x_bounds([0.0, wide])
        .y_bounds([0.0, f64::from(graph.height)])
        .paint(|context| {
            for late in [false, true] {
                context.layer();
                for row in slope.rows.iter().filter(|row| overtaken(row) == late) {
                    let tone = if late { row.token.tone } else { Tone::Quiet };
                    if let Some(right) = row.right {
                        let line =
                            Line::new(0.0, middle(row.left), wide, middle(right), palette.colour(tone));
                        context.draw(&line);
                    }
                }
            }
        })
        .render(graph, pen.buffer);
    for row in &slope.rows {
        let style = palette.token(&row.token);
        let (number, marks) = (row.token.message.to_string(), row.token.marks());
        let y = rows.y + row.left as u16;
        let waits = row.right.is_none();
        pen.text_right(graph.x - 1, y, &number, if waits { palette.quiet() } else { palette.ink() });
        if let Some(right) = row.right {
            let y = rows.y + right as u16;
            let x = graph.right() + 1;
            pen.put(x, y, row.token.shape.glyph(), style);
            let x = pen.text(x + 1, y, &number, palette.ink());
            pen.text(x, y, marks.as_str(), style);
        }
    }
    1 + rows.height
}

/// Rows that theory takes with such notes, its heading and the gap below it included.
fn theory_rows(scene: &Scene<'_>, notes: &[String]) -> u16 {
    if scene.theory.is_empty() { 0 } else { (scene.theory.len() + notes.len()) as u16 + 2 }
}

/// Each condition once, in the rows' order.
fn conditions<'a>(scene: &'a Scene<'_>) -> Vec<&'a str> {
    let mut conditions: Vec<&str> = Vec::new();
    for row in &scene.theory {
        if !row.condition.is_empty() && !conditions.contains(&row.condition) {
            conditions.push(row.condition);
        }
    }
    conditions
}

/// The conditions in lines, each with its sign before the first.
fn notes(scene: &Scene<'_>, width: u16) -> Vec<String> {
    let room = usize::from(width.saturating_sub(2));
    let lines = |(n, condition): (usize, &str)| {
        let sign = move |line| if line == 0 { SIGNS[n % SIGNS.len()] } else { ' ' };
        let lines = wrap(condition, room).into_iter().enumerate();
        lines.map(move |(line, text)| format!("{} {text}", sign(line))).collect::<Vec<_>>()
    };
    conditions(scene).into_iter().enumerate().flat_map(lines).collect()
}

/// Theory and run in columns, each row with the sign of the condition under which theory holds.
fn draw_theory(pen: &mut Pen<'_>, scene: &Scene<'_>, notes: &[String], area: Rect) -> u16 {
    let pen = &mut pen.within(area);
    let widest = |text: fn(&TheoryRow<'_>) -> u16| scene.theory.iter().map(text).max().unwrap_or(0);
    let run = area.right();
    let theory = run.saturating_sub(widest(|row| width(&row.simulated)).max(MOST_VALUE) + 2);
    let labels = theory.saturating_sub(widest(|row| width(&row.predicted)).max(MOST_VALUE) + 1 + area.x);
    let title = if width(TITLE) <= labels { TITLE } else { "theory and run" };
    pen.text(area.x, area.y, title, pen.palette.strong());
    pen.text_right(theory, area.y, "theory", pen.palette.quiet());
    pen.text_right(run, area.y, "run", pen.palette.quiet());
    let conditions = conditions(scene);
    let mut y = area.y + 1;
    for row in &scene.theory {
        let x = pen.text_within(area.x, y, row.label, labels.saturating_sub(2), pen.palette.ink());
        let noted = conditions.iter().position(|condition| *condition == row.condition);
        if let Some(n) = noted.filter(|_| !notes.is_empty()) {
            pen.put(x + 1, y, SIGNS[n % SIGNS.len()], pen.palette.quiet());
        }
        pen.text_right(theory, y, &row.predicted, pen.palette.ink());
        pen.text_right(run, y, &row.simulated, pen.palette.strong());
        y += 1;
    }
    for line in notes {
        pen.text(area.x, y, line, pen.palette.quiet());
        y += 1;
    }
    y
}

/// The last sentences, the newest at the bottom.
fn draw_log(pen: &mut Pen<'_>, scene: &Scene<'_>, area: Rect) {
    heading(pen, area, "what happened", "");
    const TIME: u16 = 8;
    let room = usize::from(area.width.saturating_sub(TIME + 1));
    let rows = usize::from(area.height - 1);
    let mut lines: Vec<(String, String, Tone, bool)> = Vec::new();
    for entry in scene.log.iter().rev() {
        let now = scene.sentence.is_some_and(|sentence| sentence.event == entry.event);
        let wrapped = wrap(&entry.text, room);
        if lines.len() + wrapped.len() > rows {
            break;
        }
        for (n, text) in wrapped.into_iter().enumerate().rev() {
            let time = if n == 0 { entry.at.short() } else { String::new() };
            lines.push((time, text, entry.tone, now));
        }
    }
    for (y, (time, text, tone, now)) in (area.y + 1..).zip(lines.iter().rev()) {
        pen.text_right(area.x + TIME - 1, y, time, pen.palette.quiet());
        let mut style = pen.palette.tone(*tone);
        if *now {
            style = style.add_modifier(Modifier::BOLD);
        }
        pen.text(area.x + TIME, y, text, style);
    }
}
