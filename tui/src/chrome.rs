// SPDX-License-Identifier: MIT OR Apache-2.0
//! What every screen has: its name on top, its keys at the bottom, thin rules between.

use ratatui::layout::Rect;

use crate::control::{Binding, Control};
use crate::pen::{Pen, width};

/// The smallest screen that works, columns and rows.
pub const LEAST: (u16, u16) = (80, 24);

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

/// The rule above the keys, with a message in it if there is one, and the keys.
pub fn foot(pen: &mut Pen<'_>, keys: &[Binding], notice: &str, playing: bool) {
    let area = pen.area;
    let y = area.bottom().saturating_sub(1);
    pen.rule(y.saturating_sub(1));
    if !notice.is_empty() {
        let most = area.width.saturating_sub(6);
        let text = [" ", notice, " "].concat();
        pen.text_within(area.x + 2, y - 1, &text, most, pen.palette.strong());
    }
    key_line(pen, y, keys, playing);
}

/// As many keys as fit, in the table's order; the help's key and the way back come last and always.
fn key_line(pen: &mut Pen<'_>, y: u16, keys: &[Binding], playing: bool) {
    const GAP: u16 = 2;
    let word = |binding: &Binding| match binding.control {
        Control::Play if playing => "pause",
        _ => binding.word,
    };
    let cells = |binding: &Binding| width(binding.shown) + 1 + width(word(binding));
    let named: Vec<&Binding> = keys.iter().filter(|binding| !binding.word.is_empty()).collect();
    let last = |binding: &Binding| {
        matches!(binding.control, Control::Help | Control::Quit) || matches!(binding.control, Control::Back)
    };
    let reserved: u16 =
        named.iter().filter(|binding| last(binding)).map(|binding| cells(binding) + GAP).sum();
    let edge = pen.area.right().saturating_sub(1);
    let mut x = pen.area.left() + 1;
    for (tail, limit) in [(false, edge.saturating_sub(reserved)), (true, edge)] {
        for binding in named.iter().filter(|binding| last(binding) == tail) {
            if x + cells(binding) > limit {
                continue;
            }
            x = pen.text(x, y, binding.shown, pen.palette.strong());
            x = pen.text(x + 1, y, word(binding), pen.palette.quiet()) + GAP;
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
