// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where brokers stand that keep one queue together: in a row, every other one a little aside, so that the way between two
//! of its neighbours leads past it; and their controller, small, beside them.

use trace::Role;

use super::{Form, HEAD, Layout, MARGIN, TEXT};
use crate::place::{Point, Rect, broker, place};
use crate::rows::{Column, Row};

/// The height of a broker, and of one that is narrow.
pub(super) const HIGH: f32 = 116.0;
const NARROW_HIGH: f32 = 174.0;
const WIDE: f32 = 200.0;
/// How far every other one stands aside.
const ASIDE: f32 = 24.0;
/// A controller, and the room that it and the ways to it take.
const CONTROLLER: (f32, f32) = (46.0, 30.0);
const BESIDE: f32 = 64.0;
/// In the tall form: how many stand side by side, and how far apart.
const ACROSS: usize = 3;
const GAP: f32 = 14.0;

fn is(role: Role, rows: &[Row]) -> impl Fn(&usize) -> bool {
    move |row| rows[*row].role == role
}

/// How wide their column is in the wide form.
pub(super) fn width(column: &Column, rows: &[Row]) -> f32 {
    let controller = column.rows.clone().any(|row| rows[row].role == Role::Other);
    WIDE + ASIDE + if controller { BESIDE } else { 0.0 }
}

pub(super) fn count(column: &Column, rows: &[Row]) -> usize {
    column.rows.clone().filter(is(Role::Queue, rows)).count()
}

impl Layout {
    /// One below the other; the controller at their left, at the bottom.
    pub(super) fn brokers_wide(&mut self, column: &Column, rows: &[Row], x: f32, body: f32) {
        let brokers: Vec<usize> = column.rows.clone().filter(is(Role::Queue, rows)).collect();
        let others: Vec<usize> = column.rows.clone().filter(is(Role::Other, rows)).collect();
        let pitch = (body / brokers.len().max(1) as f32).min(HIGH);
        let top = HEAD + (body - pitch * brokers.len() as f32) / 2.0;
        let left = x + if others.is_empty() { 0.0 } else { BESIDE };
        for (n, row) in brokers.iter().enumerate() {
            let x = left + if n % 2 == 1 { ASIDE } else { 0.0 };
            let rect = Rect { x, y: top + n as f32 * pitch + 5.0, w: WIDE, h: pitch - 10.0 };
            self.places[*row] = broker(rect);
        }
        let bottom = top + pitch * brokers.len() as f32 - 5.0;
        for (n, row) in others.iter().enumerate() {
            let (w, h) = CONTROLLER;
            let rect = Rect { x, y: bottom - (n + 1) as f32 * h, w, h };
            self.places[*row] = place(rect, Role::Other);
        }
    }

    /// Side by side; the controller above them, at the right. The height that they take.
    pub(super) fn brokers_tall(&mut self, column: &Column, rows: &[Row], y: f32) -> f32 {
        let brokers: Vec<usize> = column.rows.clone().filter(is(Role::Queue, rows)).collect();
        let across = ACROSS.min(brokers.len()).max(1);
        let inner = self.width - 2.0 * MARGIN + GAP;
        let pitch = inner / across as f32;
        for (n, row) in brokers.iter().enumerate() {
            let (nth, line) = (n % across, n / across);
            let aside = if nth % 2 == 1 { ASIDE } else { 0.0 };
            let (x, top) = (MARGIN + nth as f32 * pitch, y + line as f32 * (NARROW_HIGH + 2.0 * ASIDE));
            self.places[*row] = broker(Rect { x, y: top + aside, w: pitch - GAP, h: NARROW_HIGH });
        }
        for (n, row) in column.rows.clone().filter(is(Role::Other, rows)).enumerate() {
            let (w, h) = CONTROLLER;
            let x = self.width - MARGIN - (n + 1) as f32 * w;
            self.places[row] =
                place(Rect { x, y: y - HEAD + 12.0 - (h - TEXT) / 2.0 - 8.0, w, h }, Role::Other);
        }
        brokers.len().div_ceil(across) as f32 * (NARROW_HIGH + 2.0 * ASIDE) - ASIDE
    }

    /// Where the way between two brokers ends that do not stand beside each other: it leads past those between them.
    pub(super) fn past_others(&self, rect: &Rect) -> Point {
        match self.form {
            Form::Wide => Point { x: rect.x + ASIDE / 2.0, y: 0.0 },
            Form::Tall => Point { x: 0.0, y: rect.y + ASIDE / 2.0 },
        }
    }
}
