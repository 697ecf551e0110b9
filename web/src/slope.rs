// SPDX-License-Identifier: MIT OR Apache-2.0
//! The slope graph, lying: enqueue order above, order of effects below; lines that cross are inversions.

use stage::{Point, Shape, Slope, SlopeRow, Tone};

use crate::pen::Pen;

/// Its height, in pixels.
pub const HEIGHT: f32 = 136.0;
/// A message needs at least so much of the width, and so much for each sign of its label.
const PITCH: f32 = 34.0;
const SIGN: f32 = 6.6;
const EDGE: f32 = 14.0;
const RADIUS: f32 = 6.0;
/// The base lines of heading, upper and lower numbers, and the two ends of the lines between.
const HEAD: f32 = 14.0;
const UPPER: f32 = 42.0;
const FROM: f32 = 49.0;
const TO: f32 = 101.0;
const LOWER: f32 = 127.0;

/// How many messages find room once so many were sent: with their number, `+` and how many overtook it.
pub fn room(width: f32, sent: u64) -> usize {
    let signs = sent.max(1).ilog10() + 4;
    let pitch = PITCH.max(signs as f32 * SIGN);
    (((width - 2.0 * EDGE) / pitch) as usize).clamp(4, 40)
}

/// Draws it in pixels, so wide, with room for so many messages.
pub fn draw(pen: &Pen<'_>, slope: &Slope, width: f32, room: usize) {
    pen.line(Point { x: 0.0, y: 0.0 }, Point { x: width, y: 0.0 }, Tone::Quiet, 0.4);
    pen.say(Point { x: 0.0, y: HEAD + 4.0 }, Tone::Quiet, "above: as enqueued; below: as effects landed");
    let crossings = slope.crossings.to_string();
    let words = if slope.crossings == 1 { " crossing" } else { " crossings" };
    pen.say_before(Point { x: width, y: HEAD + 4.0 }, Tone::Quiet, &[&*crossings, words].concat());
    let pitch = (width - 2.0 * EDGE) / room as f32;
    let x = |place: usize| EDGE + (place as f32 + 0.5) * pitch;
    // What broke order is drawn last, above the others.
    for late in [false, true] {
        for row in slope.rows.iter().filter(|row| (row.displacement > 0) == late) {
            draw_row(pen, row, &x);
        }
    }
}

fn draw_row(pen: &Pen<'_>, row: &SlopeRow, x: &dyn Fn(usize) -> f32) {
    let from = Point { x: x(row.left), y: FROM };
    let number = row.token.number();
    let late = row.displacement > 0;
    let Some(right) = row.right else {
        // Not landed: it stands above alone.
        pen.say_around(Point { y: UPPER, ..from }, Tone::Quiet, &number);
        pen.ring(from, if late { row.token.tone } else { Tone::Quiet }, 2.5, 1.0);
        return;
    };
    let to = Point { x: x(right), y: TO };
    let (tone, width) = if late { (row.token.tone, 2.0) } else { (Tone::Quiet, 1.0) };
    pen.say_around(Point { y: UPPER, ..from }, Tone::Ink, &number);
    pen.line(from, to, tone, width);
    if row.token.shape == Shape::Disc {
        pen.dot(to, Tone::Ink, 3.0);
    } else {
        pen.shape_of(row.token.shape, row.token.tone, to, RADIUS, 0.0);
    }
    pen.say_around(Point { y: LOWER, ..to }, row.token.tone, &row.token.label());
}
