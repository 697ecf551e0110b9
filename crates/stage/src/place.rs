// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands where in a node.

use trace::Role;

use crate::layout::Layout;
use crate::meaning::Tone;
use crate::replica::Replica;

/// From line to line, from token to token.
pub(crate) const PITCH: f32 = 26.0;
pub(crate) const SLOT: f32 = 60.0;
/// From a working token's middle to its bar: room for a label such as `79·2+8`.
const BAR: f32 = 70.0;
/// A broker that is not this wide has the short words, and more lines for them.
const NARROW: f32 = 160.0;
/// The width of a character, on average; for breaking lines only.
const CHARACTER: f32 = 7.4;
/// The lines of a consumer in the tall form.
const CELL_LINE: f32 = 22.0;

/// A point; x to the right, y down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Its left edge.
    pub x: f32,
    /// Its upper edge.
    pub y: f32,
    /// Its width.
    pub w: f32,
    /// Its height.
    pub h: f32,
}

impl Rect {
    /// Whether a point lies in it.
    pub fn contains(&self, point: Point) -> bool {
        (self.x..=self.x + self.w).contains(&point.x) && (self.y..=self.y + self.h).contains(&point.y)
    }

    pub(crate) fn middle(&self) -> Point {
        Point { x: self.x + self.w / 2.0, y: self.y + self.h / 2.0 }
    }
}

/// Places for tokens in rows and columns, the first to be filled first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Grid {
    /// The first token's middle.
    pub first: Point,
    /// From one column to the next; negative where the first stands at the right.
    pub dx: f32,
    /// From one row to the next.
    pub dy: f32,
    /// How many columns.
    pub columns: usize,
    /// How many rows.
    pub rows: usize,
}

impl Grid {
    /// How many tokens find a place.
    pub fn len(&self) -> usize {
        self.columns * self.rows
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The middle of a token; its label stands at its right. `None` beyond the last place.
    pub fn at(&self, place: usize) -> Option<Point> {
        if place >= self.len() {
            return None;
        }
        let (column, row) = (place % self.columns, place / self.columns);
        Some(Point { x: self.first.x + column as f32 * self.dx, y: self.first.y + row as f32 * self.dy })
    }

    /// How many of so many tokens to draw, so that `+n` finds a place when not all do; and how many that leaves over.
    pub fn fit(&self, total: usize) -> (usize, usize) {
        if total <= self.len() {
            (total, 0)
        } else {
            (self.len().saturating_sub(1), total + 1 - self.len().max(1))
        }
    }
}

/// A node's place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// The node as a whole: what one points at, what a frame goes around.
    pub rect: Rect,
    /// Where its name begins, on the base line.
    pub name: Point,
    /// What it works on.
    pub working: Grid,
    /// From a working token's middle to the upper left corner of the bar that shows how far the work is.
    pub(crate) bar: Point,
    /// The bar's width.
    pub(crate) bar_width: f32,
    /// Where it is written whether it leads, on the base line: behind its name. Brokers of a cluster only.
    title: Point,
    /// The lines below that: how many.
    notes: usize,
    /// Where words about its condition begin, on the base line: `⚡ down`.
    pub condition: Point,
    /// What waits.
    pub waiting: Grid,
    /// What is leased.
    pub leased: Grid,
}

impl Place {
    /// The bar of a work: its frame; it is filled from the left as far as the work is.
    pub fn bar(&self, place: usize) -> Option<Rect> {
        let token = self.working.at(place)?;
        let (x, y) = (token.x + self.bar.x, token.y + self.bar.y);
        Some(Rect { x, y, w: self.bar_width, h: Layout::BAR_HEIGHT })
    }

    /// What is written in it of its part in a cluster: where, on the base line, in which colour and what.
    pub fn replica(&self, replica: &Replica) -> Vec<(Point, Tone, String)> {
        let narrow = self.rect.w < NARROW;
        let title = if narrow { replica.short_title() } else { replica.title() };
        let mut lines = vec![(self.title, replica.tone(), title)];
        let left = self.name.x;
        let (mut x, mut line) = (left, 1);
        for (tone, text) in replica.notes() {
            // Where there is little room the sign has to say it: `⚡ q2 q3`.
            let text = if narrow { text.replace("cut from ", "").replace(',', "") } else { text };
            let wide = text.chars().count() as f32 * CHARACTER;
            if x > left && x + wide > self.rect.x + self.rect.w {
                (x, line) = (left, line + 1);
            }
            if line > self.notes {
                break;
            }
            lines.push((Point { x, y: self.title.y + line as f32 * PITCH * 0.85 }, tone, text));
            x += wide + 12.0;
        }
        lines
    }

    /// Where the time that a work has taken is written, on the base line; `None` where there is no room for it.
    pub fn elapsed(&self, place: usize) -> Option<Point> {
        let beside = self.bar.y < 0.0;
        let bar = self.bar(place).filter(|_| beside)?;
        Some(Point { x: bar.x + bar.w + 6.0, y: bar.y + Layout::BAR_HEIGHT / 2.0 + Layout::FONT / 3.0 })
    }
}

/// What stands where in a node.
pub(crate) fn place(rect: Rect, role: Role) -> Place {
    let lines = |height: f32| ((height / PITCH) as usize).max(1);
    let text = |y: f32| Point { x: rect.x + 6.0, y: y + Layout::FONT / 3.0 };
    let used = if role == Role::Queue || role == Role::Other { 0 } else { lines(rect.h).min(2) };
    let pitch = PITCH.min(rect.h / lines(rect.h) as f32);
    // What has one or two lines stands in the middle; a queue begins at its top.
    let top = if used == 0 { rect.y } else { rect.y + (rect.h - used as f32 * pitch) / 2.0 };
    let line = |n: usize| top + (n as f32 + 0.5) * pitch;
    let across = |width: f32| ((width / SLOT) as usize).max(1);
    match role {
        Role::Queue | Role::Other => {
            // The head stands at the right, where the consumers are; what is leased has the last third.
            let all = lines(rect.h).saturating_sub(1).max(1);
            let leased = all.div_ceil(3);
            let grid = |first: usize, rows: usize| Grid {
                first: Point { x: rect.x + rect.w - SLOT + Layout::RADIUS + 4.0, y: line(first) },
                dx: -SLOT,
                dy: PITCH,
                columns: across(rect.w - 12.0),
                rows,
            };
            Place {
                rect,
                name: text(line(0)),
                condition: Point { x: rect.x + 40.0, y: text(line(0)).y },
                waiting: grid(1, (all - leased).max(1)),
                leased: grid(1 + (all - leased).max(1), leased),
                ..Place::default()
            }
        }
        Role::Consumer => {
            let all = used;
            let waits = usize::from(all > 1);
            let x = rect.x + 46.0;
            let working =
                Grid { first: Point { x, y: line(0) }, dx: SLOT, dy: PITCH, columns: 1, rows: all - waits };
            let first = Point { x, y: line(all - waits) };
            let columns = across(rect.w - 46.0);
            let waiting = Grid { first, dx: SLOT, dy: PITCH, columns, rows: waits };
            let bar = Point { x: BAR, y: -Layout::BAR_HEIGHT / 2.0 };
            let bar_width = (rect.w - 46.0 - BAR - 62.0).max(16.0);
            // Above the first line: nothing else stands there.
            let condition = Point { x: x - Layout::RADIUS, y: text(line(0)).y - pitch * 0.7 };
            let name = text(line(0));
            Place { rect, name, working, bar, bar_width, condition, waiting, ..Place::default() }
        }
        Role::Producer | Role::Store => {
            let below = used - 1;
            let first = Point { x: rect.x + 6.0 + Layout::RADIUS, y: line(1) };
            let columns = across(rect.w - 12.0);
            let waiting = Grid { first, dx: SLOT, dy: PITCH, columns, rows: below };
            let condition = Point { y: text(line(0)).y - pitch * 0.7, ..text(line(0)) };
            Place { rect, name: text(line(0)), condition, waiting, ..Place::default() }
        }
    }
}

/// A broker of a cluster: a queue below what is written of its log.
pub(crate) fn broker(rect: Rect) -> Place {
    let notes = if rect.w < NARROW { 2 } else { 1 };
    let used = notes as f32 * PITCH * 0.85;
    let queue = place(Rect { y: rect.y + used, h: rect.h - used, ..rect }, Role::Queue);
    let name = Point { y: queue.name.y - used, ..queue.name };
    let title = Point { x: name.x + 26.0, y: name.y };
    Place { rect, name, title, notes, condition: title, ..queue }
}

/// A consumer in the tall form: everything one below the other.
pub(crate) fn cell(rect: Rect) -> Place {
    let line = |n: usize| rect.y + (n as f32 + 0.5) * CELL_LINE;
    let x = rect.x + 4.0;
    let token = Point { x: x + Layout::RADIUS, y: line(1) };
    let column =
        |y: f32, columns: usize| Grid { first: Point { y, ..token }, dx: SLOT, dy: PITCH, columns, rows: 1 };
    let name = Point { x, y: line(0) + Layout::FONT / 3.0 };
    Place {
        rect,
        name,
        condition: Point { x: x + 28.0, ..name },
        working: column(line(1), 1),
        bar: Point { x: -Layout::RADIUS, y: CELL_LINE - Layout::BAR_HEIGHT / 2.0 },
        bar_width: rect.w - 12.0,
        waiting: column(line(3), ((rect.w / SLOT) as usize).max(1)),
        ..Place::default()
    }
}
