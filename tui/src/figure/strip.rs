// SPDX-License-Identifier: MIT OR Apache-2.0
//! Under the drawing: counters, the timeline, the sentence of the moment.

use ratatui::layout::Rect;
use ratatui::style::Modifier;
use stage::{Counters, Scene, Tone};

use crate::control::Control;
use crate::pen::{Pen, width};

/// Columns between two counters, at least.
const GAP: u16 = 3;
/// A time on the timeline, such as `1.25 s` or `999 ms`, in columns.
const TIME: u16 = 7;

/// The counters in aligned columns.
struct Grid {
    counters: Vec<stage::Counter>,
    /// The width of each column.
    columns: Vec<u16>,
}

impl Grid {
    /// As few rows as the width allows. Columns are wide enough for what counters may come to, so that nothing moves.
    fn new(counters: &Counters, room: u16, all: bool) -> Grid {
        let rows = counters.rows();
        let (always, others) = rows.split_at(Counters::ALWAYS);
        let mut counters = always.to_vec();
        if all {
            counters.extend(others);
        }
        let needs = |counter: &stage::Counter| {
            let value = if counter.label == "overtaken" { 10 } else { 4 };
            width(counter.label) + 1 + value.max(width(&counter.text()))
        };
        let columns = (1..=counters.len()).rev().map(|count| {
            let column = |n: usize| counters.iter().skip(n).step_by(count).map(needs).max().unwrap_or(0);
            (0..count).map(column).collect::<Vec<u16>>()
        });
        let fits =
            |columns: &Vec<u16>| columns.iter().sum::<u16>() + GAP * (columns.len() as u16 - 1) <= room;
        // Rows that are full look better than one counter alone in the last.
        let full = |columns: &Vec<u16>| counters.len().is_multiple_of(columns.len());
        let columns =
            columns.into_iter().find(|columns| fits(columns) && full(columns)).unwrap_or(vec![room]);
        Grid { counters, columns }
    }

    fn rows(&self) -> u16 {
        self.counters.len().div_ceil(self.columns.len()) as u16
    }
}

/// Draws the counters.
pub fn counters(pen: &mut Pen<'_>, counters: &Counters, area: Rect, all: bool) {
    let room = area.width.saturating_sub(4);
    let grid = Grid::new(counters, room, all);
    let spare = room.saturating_sub(grid.columns.iter().sum());
    let gap = (spare / (grid.columns.len() as u16 - 1).max(1)).min(10);
    for (line, y) in grid.counters.chunks(grid.columns.len()).zip(area.top()..area.bottom()) {
        let mut x = area.x + 2;
        for (counter, wide) in line.iter().zip(&grid.columns) {
            let mut style = pen.palette.tone(counter.tone);
            if counter.tone != Tone::Ink {
                style = style.add_modifier(Modifier::BOLD);
            }
            pen.text(x, y, counter.label, pen.palette.quiet());
            pen.text_right(x + wide, y, &counter.text(), style);
            x += wide + gap;
        }
    }
}

/// How many rows [`counters`] takes in a width.
pub fn counter_rows(counters: &Counters, area_width: u16, all: bool) -> u16 {
    Grid::new(counters, area_width.saturating_sub(4), all).rows()
}

/// The line between its two ends: first and last column.
fn track(area: Rect) -> (u16, u16) {
    (area.x + TIME + 3, area.right().saturating_sub(TIME + 4).max(area.x + TIME + 3))
}

/// `1.25 s ├━━━━●────▒▒⚡──┤ 2.71 s`: what is played is thick, faults are hatched.
pub fn timeline(pen: &mut Pen<'_>, scene: &Scene<'_>, area: Rect) {
    let y = area.y;
    let (from, to) = track(area);
    let at = |fraction: f32| from + (f32::from(to - from) * fraction.clamp(0.0, 1.0)).round() as u16;
    pen.text_right(from - 2, y, &scene.now.short(), pen.palette.strong());
    pen.put(from - 1, y, '├', pen.palette.quiet());
    pen.put(to + 1, y, '┤', pen.palette.quiet());
    let end = if scene.bar.unfinished.is_empty() { scene.end.short() } else { scene.end.short() + " …" };
    pen.text(to + 3, y, &end, pen.palette.quiet());
    let head = at(scene.bar.fraction);
    pen.line(from, to + 1, y, '─', pen.palette.quiet());
    pen.line(from, head, y, '━', pen.palette.ink());
    for band in scene.bar.bands {
        let (left, right) = (at(band.from_fraction), at(band.to_fraction));
        pen.line(left, right.max(left + 1), y, '▒', pen.palette.tone(Tone::Fault));
    }
    for mark in scene.bar.marks {
        let x = at(mark.fraction).min(to);
        // A sign of two columns whose first one is hidden would leave a hole.
        if x != head {
            pen.put(x, y, mark.glyph, pen.palette.tone(mark.tone));
        }
    }
    pen.put(head, y, '●', pen.palette.strong());
    // The ends are marked by brackets beside the track, which mean them too.
    for x in from - 1..=to + 1 {
        let cell = x.clamp(from, to) - from;
        pen.hot(Rect { x, y, width: 1, height: 1 }, Control::Seek(0, cell, (to - from).max(1)));
    }
}

/// The sentence of the moment, its own time before it.
pub fn sentence(pen: &mut Pen<'_>, scene: &Scene<'_>, area: Rect) {
    let text_at = area.x + TIME + 3;
    match scene.sentence {
        Some(line) => {
            pen.text_right(area.x + TIME + 1, area.y, &line.at.short(), pen.palette.quiet());
            let style = pen.palette.tone(line.tone);
            let room = area.right().saturating_sub(text_at + 1);
            pen.text_within(text_at, area.y, &line.text, room, style);
        }
        None => {
            pen.text(text_at, area.y, "Nothing has happened yet.", pen.palette.quiet());
        }
    }
}
