// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where things stand, in abstract units: the page's canvas and the still scale them, and place nothing themselves.

use std::collections::BTreeMap;

use trace::{NodeId, Role};

use crate::meaning::Shape;
use crate::timeline::{Column, Row, Timeline};

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

    fn middle(&self) -> Point {
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
    bar: Point,
    /// The bar's width.
    bar_width: f32,
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

    /// Where the time that a work has taken is written, on the base line; `None` where there is no room for it.
    pub fn elapsed(&self, place: usize) -> Option<Point> {
        let beside = self.bar.y < 0.0;
        let bar = self.bar(place).filter(|_| beside)?;
        Some(Point { x: bar.x + bar.w + 6.0, y: bar.y + Layout::BAR_HEIGHT / 2.0 + Layout::FONT / 3.0 })
    }
}

/// Which form the plane has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Columns side by side, 1000 units wide.
    Wide,
    /// Columns one above the other, 400 units wide: for telephones.
    Tall,
}

/// The plane of one timeline: its nodes do not move while it plays.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Its form.
    pub form: Form,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
    /// Columns' headings: where they begin, on the base line.
    pub headings: Vec<(Point, &'static str)>,
    /// Nodes' places, in the order of [`Timeline::rows`].
    pub places: Vec<Place>,
    /// Landed effects, the newest first.
    pub effects: Grid,
    row_of: Vec<usize>,
    ports: BTreeMap<(NodeId, NodeId), (Point, Point)>,
}

const TEXT: f32 = 18.0;
const PITCH: f32 = 26.0;
const SLOT: f32 = 60.0;
/// From a working token's middle to its bar: room for a label such as `79·2+8`.
const BAR: f32 = 70.0;
const HEAD: f32 = 40.0;
/// In the tall form: how many consumers stand side by side, and how high they are.
const ACROSS: usize = 3;
const CELL: f32 = 100.0;
const CELL_LINE: f32 = 22.0;
const MARGIN: f32 = 16.0;
/// A plane is not higher than this; with more rows they stand closer.
const MOST_HEIGHT: f32 = 640.0;

impl Layout {
    /// A token's radius.
    pub const RADIUS: f32 = 8.0;
    /// From a token's middle to its label's beginning.
    pub const LABEL: f32 = 12.0;
    /// The height of such a bar.
    pub const BAR_HEIGHT: f32 = 8.0;
    /// The size of text.
    pub const FONT: f32 = 15.0;
    /// Packets of the two directions of a link pass each other at this distance.
    pub const APART: f32 = 9.0;

    /// The plane of a timeline.
    pub fn new(timeline: &Timeline, form: Form) -> Layout {
        let rows = timeline.rows();
        let mut layout = Layout {
            form,
            width: 0.0,
            height: 0.0,
            headings: Vec::new(),
            places: vec![Place::default(); rows.len()],
            effects: Grid::default(),
            row_of: (0..rows.len()).map(|n| timeline.row_of(NodeId(n as u16)).unwrap_or(0)).collect(),
            ports: BTreeMap::new(),
        };
        match form {
            Form::Wide => layout.wide(timeline.columns(), rows),
            Form::Tall => layout.tall(timeline.columns(), rows),
        }
        layout.join(timeline);
        layout
    }

    /// A node's place.
    pub fn place(&self, node: NodeId) -> Option<&Place> {
        self.places.get(*self.row_of.get(node.index())?)
    }

    /// A link's two ends, at the edges of their nodes.
    pub fn ends(&self, from: NodeId, to: NodeId) -> Option<(Point, Point)> {
        let reversed = || self.ports.get(&(to, from)).map(|(a, b)| (*b, *a));
        self.ports.get(&(from, to)).copied().or_else(reversed)
    }

    /// Where a packet is on its way; the two directions of a link pass each other at a small distance.
    pub fn on_the_way(&self, from: NodeId, to: NodeId, progress: f32) -> Option<Point> {
        let (a, b) = self.ends(from, to)?;
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let length = (dx * dx + dy * dy).sqrt().max(1.0);
        let aside = Layout::APART / 2.0 / length;
        // To the left of its own direction: what goes right is above what comes back.
        Some(Point { x: a.x + dx * progress + dy * aside, y: a.y + dy * progress - dx * aside })
    }

    /// The node at a point, if any.
    pub fn node_at(&self, point: Point) -> Option<usize> {
        self.places.iter().position(|place| place.rect.contains(point))
    }

    fn wide(&mut self, columns: &[Column], rows: &[Row]) {
        self.width = 1000.0;
        let most = columns.iter().map(|column| column.rows.len()).max().unwrap_or(1).max(1);
        let body = (most as f32 * 76.0).clamp(190.0, MOST_HEIGHT - HEAD);
        self.height = HEAD + body + MARGIN;
        let widths: Vec<f32> = columns.iter().map(|column| column_width(column, rows)).collect();
        let free = self.width - 2.0 * MARGIN - widths.iter().sum::<f32>();
        let gap = free / (columns.len().max(2) - 1) as f32;
        let mut x = MARGIN;
        for (column, width) in columns.iter().zip(widths) {
            self.headings.push((Point { x, y: TEXT + 4.0 }, column.label));
            let count = column.rows.len();
            let effects = if column.effects { body - 44.0 * count as f32 } else { 0.0 };
            // Few rows do not spread over the whole height, but a queue needs some for what it holds.
            let tallest = if is_queue(column, rows) { 190.0 } else { 76.0 };
            let pitch = if column.effects { 44.0 } else { (body / count.max(1) as f32).min(tallest) };
            let top = if column.effects { HEAD } else { HEAD + (body - pitch * count as f32) / 2.0 };
            for (n, row) in column.rows.clone().enumerate() {
                let rect = Rect { x, y: top + n as f32 * pitch + 3.0, w: width, h: (pitch - 6.0).max(4.0) };
                self.places[row] = place(rect, rows[row].role);
            }
            if column.effects {
                let first = Point { x: x + Layout::RADIUS, y: HEAD + body - effects + PITCH / 2.0 };
                let fits = (effects / PITCH) as usize;
                self.effects = Grid { first, dx: SLOT, dy: PITCH, columns: 1, rows: fits };
            }
            x += width + gap;
        }
    }

    fn tall(&mut self, columns: &[Column], rows: &[Row]) {
        self.width = 400.0;
        let inner = self.width - 2.0 * MARGIN;
        let mut y = 0.0;
        for column in columns {
            self.headings.push((Point { x: MARGIN, y: y + TEXT + 2.0 }, column.label));
            y += HEAD - 12.0;
            let queue = is_queue(column, rows);
            let across = ACROSS.min(column.rows.len().max(1));
            let (side_by_side, height) = match column.rows.clone().next().map(|row| rows[row].role) {
                _ if queue => (1, 110.0),
                Some(Role::Consumer) => (across, CELL),
                _ => (across, 40.0),
            };
            let width = inner / side_by_side as f32;
            for (n, row) in column.rows.clone().enumerate() {
                let (across, down) = (n % side_by_side, n / side_by_side);
                let (x, top) = (MARGIN + across as f32 * width, y + down as f32 * height);
                let rect = Rect { x: x + 2.0, y: top + 3.0, w: width - 4.0, h: height - 6.0 };
                self.places[row] = match rows[row].role {
                    Role::Consumer => cell(rect),
                    role => place(rect, role),
                };
            }
            y += column.rows.len().div_ceil(side_by_side) as f32 * height;
            if column.effects {
                let first = Point { x: MARGIN + Layout::RADIUS, y: y + PITCH / 2.0 };
                // The newest ones are read here with all their marks.
                let across = 5;
                let dx = inner / across as f32;
                self.effects = Grid { first, dx, dy: PITCH, columns: across, rows: 3 };
                y += PITCH * 3.0;
            } else {
                // Here the messages are on their way.
                y += 70.0;
            }
        }
        self.height = y + MARGIN;
    }

    /// Gives each link its ends: spread over the edges of its nodes in the order of the rows at the other end.
    fn join(&mut self, timeline: &Timeline) {
        let index = &timeline.index().links;
        let mut neighbours: BTreeMap<(usize, Side), Vec<usize>> = BTreeMap::new();
        let mut links: Vec<(usize, usize)> = Vec::new();
        for (from, to) in index.keys() {
            let (Some(a), Some(b)) = (timeline.row_of(*from), timeline.row_of(*to)) else { continue };
            let link = (a.min(b), a.max(b));
            if a != b && !links.contains(&link) {
                links.push(link);
            }
        }
        for (a, b) in &links {
            let (from, to) = self.sides(*a, *b);
            neighbours.entry((*a, from)).or_default().push(*b);
            neighbours.entry((*b, to)).or_default().push(*a);
        }
        for ((_, side), rows) in &mut neighbours {
            let along = |row: &usize| match side {
                Side::Left | Side::Right => self.places[*row].rect.middle().y,
                Side::Top | Side::Bottom => self.places[*row].rect.middle().x,
            };
            rows.sort_by(|a, b| along(a).total_cmp(&along(b)).then(a.cmp(b)));
        }
        let port = |row: usize, side: Side, other: usize| {
            let others = &neighbours[&(row, side)];
            let place = others.iter().position(|n| *n == other).unwrap_or(0);
            let part = (place + 1) as f32 / (others.len() + 1) as f32;
            let mut point = side.point(&self.places[row].rect, part);
            if others.len() == 1 && self.form == Form::Wide && timeline.rows()[row].role != Role::Queue {
                // A single link ends where the name stands.
                point.y = self.places[row].name.y - Layout::FONT / 3.0;
            }
            point
        };
        let mut ports = BTreeMap::new();
        for (a, b) in links {
            let (from, to) = self.sides(a, b);
            let ends = (port(a, from, b), port(b, to, a));
            ports.insert((timeline.rows()[a].node, timeline.rows()[b].node), ends);
        }
        self.ports = ports;
    }

    /// The sides by which two rows face each other.
    fn sides(&self, a: usize, b: usize) -> (Side, Side) {
        let (a, b) = (&self.places[a].rect, &self.places[b].rect);
        if a.x + a.w <= b.x && self.form == Form::Wide {
            (Side::Right, Side::Left)
        } else if a.y <= b.y {
            (Side::Bottom, Side::Top)
        } else if a.middle().x <= b.middle().x {
            (Side::Right, Side::Left)
        } else {
            (Side::Left, Side::Right)
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Left,
    Right,
    Top,
    Bottom,
}

impl Side {
    fn point(self, rect: &Rect, part: f32) -> Point {
        let (x, y) = (rect.x + rect.w * part, rect.y + rect.h * part);
        match self {
            Side::Left => Point { x: rect.x, y },
            Side::Right => Point { x: rect.x + rect.w, y },
            Side::Top => Point { x, y: rect.y },
            Side::Bottom => Point { x, y: rect.y + rect.h },
        }
    }
}

fn is_queue(column: &Column, rows: &[Row]) -> bool {
    rows[column.rows.clone()].iter().any(|row| row.role == Role::Queue)
}

fn column_width(column: &Column, rows: &[Row]) -> f32 {
    match rows.get(column.rows.start).filter(|_| !column.rows.is_empty()).map(|row| row.role) {
        Some(Role::Queue | Role::Other) => 196.0,
        Some(Role::Consumer) => 240.0,
        Some(Role::Producer) => 72.0,
        Some(Role::Store) | None => 96.0,
    }
}

/// What stands where in a node.
fn place(rect: Rect, role: Role) -> Place {
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
            Place { rect, name, working, bar, bar_width, condition, waiting, leased: Grid::default() }
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

/// A consumer in the tall form: everything one below the other.
fn cell(rect: Rect) -> Place {
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
        leased: Grid::default(),
    }
}

impl Shape {
    /// The shape's corners around 0,0 with radius 1, y down; `None` for the round ones. [`Shape::Disc`] is filled,
    /// [`Shape::Ring`] is an outline with a dot of a third of its radius, [`Shape::Half`] an outline filled from below
    /// as far as the work is.
    pub const fn corners(self) -> Option<&'static [(f32, f32)]> {
        match self {
            Shape::Disc | Shape::Half | Shape::Ring => None,
            Shape::Diamond => Some(&[(0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0)]),
            Shape::Triangle => Some(&[(0.0, -1.1), (1.1, 0.85), (-1.1, 0.85)]),
            Shape::Cross => Some(&[
                (-1.0, -0.65),
                (-0.65, -1.0),
                (0.0, -0.35),
                (0.65, -1.0),
                (1.0, -0.65),
                (0.35, 0.0),
                (1.0, 0.65),
                (0.65, 1.0),
                (0.0, 0.35),
                (-0.65, 1.0),
                (-1.0, 0.65),
                (-0.35, 0.0),
            ]),
        }
    }
}
