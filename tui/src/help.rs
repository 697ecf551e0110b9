// SPDX-License-Identifier: MIT OR Apache-2.0
//! The help overlay: the keys that hold now, and what the signs mean.

use ratatui::layout::Rect;
use stage::{LEGEND, Tone};

use crate::chrome;
use crate::control::{self, Binding, HELP};
use crate::pen::{Pen, width};
use crate::text::wrap;

/// What else is drawn, besides messages.
const SIGNS: &[(&str, Tone, &str)] = &[
    ("·", Tone::Quiet, "only speaks of a message: an ack, a confirm"),
    ("••• ···", Tone::Ink, "too many packets to draw each"),
    ("██▌░░", Tone::Accent, "how much of its work is done, and its time"),
    ("╌╌╳╌╌", Tone::Fault, "a link that is cut, one way or both"),
    ("⚡", Tone::Fault, "a fault: on the thing, and when it struck"),
    ("▒▒▒", Tone::Fault, "for how long it lasts"),
    ("━━●──", Tone::Ink, "the timeline: played, now, to come"),
    ("━━ ╌╌", Tone::Ink, "space–time: work, and work to come"),
];

/// Draws it over the whole screen. `scrolled` rows are above the first one; returns how many may be.
pub fn draw(pen: &mut Pen<'_>, keys: &'static [Binding], scrolled: u16, about: &str, legend: bool) -> u16 {
    let area = pen.area;
    pen.clear(area);
    let inner = chrome::inner(area);
    let two = area.width >= 110 && legend;
    let text = Rect { x: 2, width: if two { area.width / 2 - 2 } else { area.width - 4 }, ..inner };
    let keys: Vec<&Binding> = control::in_force(keys).collect();
    let lines = lines(&keys, text.width);
    let legend_rows = if legend { LEGEND.len() + SIGNS.len() + 2 } else { 0 };
    let total = lines.len() + if two { 0 } else { legend_rows };
    let most = (total as u16).saturating_sub(inner.height);
    let scrolled = scrolled.min(most);
    let place = if most > 0 {
        format!("{} to {} of {total}", scrolled + 1, scrolled + inner.height)
    } else {
        String::new()
    };
    chrome::head(pen, &["keys · ", about].concat(), &place);
    chrome::foot(pen, HELP, false);
    let mut body = pen.within(inner);
    let row = |n: usize| (inner.y + n as u16).checked_sub(scrolled).filter(|y| *y >= inner.y);
    let shown = keys.iter().map(|binding| width(binding.shown)).max().unwrap_or(0);
    for (n, (key, words)) in lines.iter().enumerate() {
        if let Some(y) = row(n) {
            body.text(text.x, y, key, body.palette.strong());
            body.text(text.x + shown + 2, y, words, body.palette.ink());
        }
    }
    if legend {
        let (x, first) = if two { (area.width / 2 + 4, 0) } else { (text.x, lines.len() + 1) };
        for (n, sign) in LEGEND.iter().enumerate() {
            if let Some(y) = row(first + n) {
                let style = body.palette.tone(sign.tone);
                body.put(x, y, sign.shape.glyph(), style);
                body.text(x + 1, y, sign.example, style);
                body.text(x.max(text.x + shown - 6) + 8, y, sign.words, body.palette.ink());
            }
        }
        for (n, (sign, tone, words)) in SIGNS.iter().enumerate() {
            if let Some(y) = row(first + LEGEND.len() + n) {
                body.text(x, y, sign, body.palette.tone(*tone));
                body.text(x.max(text.x + shown - 6) + 8, y, words, body.palette.ink());
            }
        }
    }
    most
}

fn lines(keys: &[&Binding], columns: u16) -> Vec<(String, String)> {
    let shown = keys.iter().map(|binding| width(binding.shown)).max().unwrap_or(0);
    let room = usize::from(columns.saturating_sub(shown + 2));
    let mut lines = Vec::new();
    for binding in keys.iter().filter(|binding| !binding.help.is_empty()) {
        for (n, words) in wrap(binding.help, room).into_iter().enumerate() {
            let key = if n == 0 { binding.shown } else { "" };
            lines.push((key.to_owned(), words));
        }
    }
    lines
}
