// SPDX-License-Identifier: MIT OR Apache-2.0
//! What every screen has: its name on top, its keys at the bottom, thin rules between.

use ratatui::layout::Rect;

use crate::control::{self, Binding, Control};
use crate::pen::{Pen, width};
use crate::text::wrap;

/// The smallest screen that works, columns and rows.
pub const LEAST: (u16, u16) = (80, 24);

/// Lines of a notice at most.
const MOST_NOTICE: usize = 10;

/// The part of a screen between the rules.
pub fn inner(area: Rect) -> Rect {
    Rect { y: area.y + 2, height: area.height.saturating_sub(4), ..area }
}

/// The first line and its rule. `right` is what changes, such as a seed and a speed.
pub fn head(pen: &mut Pen<'_>, place: &str, right: &str) {
    let area = pen.area;
    let edge = area.right().saturating_sub(1);
    let from = pen.text_right(edge, area.y, right, pen.palette.ink());
    let x = pen.text(area.x + 1, area.y, "Inflight", pen.palette.strong());
    if !place.is_empty() {
        let x = pen.text(x + 1, area.y, "·", pen.palette.quiet());
        pen.text_within(x + 1, area.y, place, from.saturating_sub(x + 3), pen.palette.ink());
    }
    pen.rule(area.y + 1);
}

/// The rule above the keys, and the keys.
pub fn foot(pen: &mut Pen<'_>, keys: &'static [Binding], playing: bool) {
    let y = pen.area.bottom().saturating_sub(1);
    pen.rule(y.saturating_sub(1));
    key_line(pen, y, keys, playing);
}

/// Something to tell the reader: in the rule above the keys, or over as many rows above it as it needs. Drawn last, so
/// that nothing else moves for it.
pub fn notice(pen: &mut Pen<'_>, words: &str) {
    let area = pen.area;
    let rule = area.bottom().saturating_sub(2);
    let room = usize::from(area.width.saturating_sub(6));
    let paragraphs = words.lines().filter(|line| !line.trim().is_empty());
    let mut lines: Vec<String> = paragraphs.flat_map(|line| wrap(line, room)).collect();
    match &mut lines[..] {
        [] => {}
        [line] => {
            pen.rule(rule);
            pen.text(area.x + 2, rule, &[" ", line, " "].concat(), pen.palette.strong());
        }
        _ => {
            if lines.len() > MOST_NOTICE {
                lines.truncate(MOST_NOTICE);
                lines[MOST_NOTICE - 1] += " …";
            }
            let first = rule - lines.len() as u16;
            pen.clear(Rect { y: first - 1, height: rule - first + 1, ..area });
            pen.rule(first - 1);
            for (line, y) in lines.iter().zip(first..rule) {
                pen.text(area.x + 3, y, line, pen.palette.strong());
            }
        }
    }
}

/// As many keys as fit, in the table's order; the help's key and the ways out come last and always.
fn key_line(pen: &mut Pen<'_>, y: u16, keys: &'static [Binding], playing: bool) {
    const GAP: u16 = 2;
    let word = |binding: &Binding| match binding.control {
        Control::Play if playing => "pause",
        _ => binding.word,
    };
    let cells = |binding: &Binding| width(binding.shown) + 1 + width(word(binding));
    let named: Vec<&Binding> = control::in_force(keys).filter(|binding| !binding.word.is_empty()).collect();
    // In this order: what else there is, the help's key, the ways out.
    let rank = |binding: &Binding| match binding.control {
        Control::Quit | Control::Back => 2,
        Control::Help => 1,
        _ => 0,
    };
    let tail: u16 =
        named.iter().filter(|binding| rank(binding) > 0).map(|binding| cells(binding) + GAP).sum();
    // The last gap is the margin at the right.
    let edge = pen.area.right();
    let mut x = pen.area.left() + 1;
    for (now, limit) in [(0, edge.saturating_sub(tail)), (1, edge), (2, edge)] {
        for binding in named.iter().filter(|binding| rank(binding) == now) {
            if x + cells(binding) > limit {
                continue;
            }
            let from = x;
            x = pen.text(x, y, binding.shown, pen.palette.strong());
            x = pen.text(x + 1, y, word(binding), pen.palette.quiet());
            pen.hot(Rect { x: from, y, width: x - from, height: 1 }, binding.control);
            x += GAP;
        }
    }
}

/// What stands on a screen that is too small for anything else.
pub fn too_small(pen: &mut Pen<'_>) {
    let (columns, rows) = LEAST;
    let area = pen.area;
    let lines = [
        format!("Inflight needs {columns} columns and {rows} rows."),
        format!("This window has {} and {}.", area.width, area.height),
        "Make it larger, or leave with ctrl-c.".to_owned(),
    ];
    for (y, line) in (area.y..area.bottom()).zip(&lines) {
        pen.text(area.x, y, line, pen.palette.ink());
    }
}
