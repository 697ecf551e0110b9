// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where brokers stand that keep one queue together: on a bow, so that the straight way between any two of them leads past
//! those between them; and their controller, small, beside them.

use trace::Role;

use super::{Form, HEAD, Layout, MARGIN, Side, TEXT};
use crate::place::{Point, Rect, broker, place};
use crate::rows::{Column, Row};

/// The height of a broker with the way to the next one, and of a narrow broker without it.
pub(super) const HIGH: f32 = 132.0;
const NARROW_HIGH: f32 = 174.0;
const WIDE: f32 = 200.0;
/// The way between two that stand below each other: what they say to each other has to be seen.
const BETWEEN: f32 = 30.0;
/// How far the bow goes for each broker between its ends.
const BOW: f32 = 22.0;
/// In the tall form: how far every other one stands aside.
const ASIDE: f32 = 24.0;
/// Where a way past others leaves a broker, and one to its neighbour: from its left.
const PAST: f32 = 9.0;
const NEXT: f32 = 30.0;
/// A controller, and the room that it and the ways to it take.
const CONTROLLER: (f32, f32) = (46.0, 30.0);
const BESIDE: f32 = 64.0;
/// In the tall form: how many stand side by side, and how far apart.
const ACROSS: usize = 3;
const GAP: f32 = 24.0;

fn is(role: Role, rows: &[Row]) -> impl Fn(&usize) -> bool {
    move |row| rows[*row].role == role
}

/// How wide their column is in the wide form.
pub(super) fn width(column: &Column, rows: &[Row]) -> f32 {
    let controller = column.rows.clone().any(|row| rows[row].role == Role::Other);
    let count = count(column, rows);
    let bow = (0..count).map(|n| bow(n, count)).fold(0.0, f32::max);
    WIDE + bow + if controller { BESIDE } else { 0.0 }
}

/// How far to the right one of so many stands: a parabola.
fn bow(n: usize, count: usize) -> f32 {
    if count < 3 {
        return 0.0;
    }
    let from_middle = (2.0 * n as f32 - (count - 1) as f32) / (count - 1) as f32;
    BOW * (count - 2) as f32 * (1.0 - from_middle * from_middle)
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
            let x = left + bow(n, brokers.len());
            let rect = Rect { x, y: top + n as f32 * pitch, w: WIDE, h: pitch - BETWEEN };
            self.places[*row] = broker(rect);
        }
        let bottom = top + pitch * brokers.len() as f32 - BETWEEN;
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

    /// The sides by which two brokers face each other. In the wide form the one that stands farther right is reached from the
    /// left, past those between them.
    pub(super) fn sides_of_brokers(&self, a: usize, b: usize) -> (Side, Side) {
        let sides = self.sides(a, b);
        let (left_a, left_b) = (self.places[a].rect.x, self.places[b].rect.x);
        if self.form == Form::Tall || a.abs_diff(b) == 1 {
            return sides;
        }
        (
            if left_a > left_b + 1.0 { Side::Left } else { sides.0 },
            if left_b > left_a + 1.0 { Side::Left } else { sides.1 },
        )
    }

    /// Moves the end of a way to another broker to where it leads past those between them, or straight to its neighbour.
    pub(super) fn end_at_broker(&self, row: usize, other: usize, side: Side, end: &mut Point) {
        let (here, there) = (&self.places[row].rect, &self.places[other].rect);
        match (self.form, side) {
            (Form::Wide, Side::Top | Side::Bottom) if row.abs_diff(other) == 1 => {
                end.x = here.x.max(there.x) + NEXT;
            }
            (Form::Wide, Side::Top | Side::Bottom) => end.x = here.x + PAST,
            (Form::Tall, Side::Left | Side::Right) if row.abs_diff(other) > 1 => end.y = here.y + ASIDE / 2.0,
            _ => {}
        }
    }
}
