// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where things stand, in abstract units: the page's canvas and the still scale them, and place nothing themselves.

mod brokers;

use trace::{Map, NodeId, Role, sort_by_key};

use crate::meaning::Shape;
use crate::place::{Grid, PITCH, Place, Point, Rect, SLOT, cell, place};
use crate::rows::{Column, Row};
use crate::timeline::Timeline;

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
    ports: Map<(NodeId, NodeId), (Point, Point)>,
}

const TEXT: f32 = 18.0;
const HEAD: f32 = 40.0;
/// In the tall form: how many consumers stand side by side, and how high they are.
const ACROSS: usize = 3;
const CELL: f32 = 100.0;
const MARGIN: f32 = 16.0;
/// A plane is not higher than this; with more rows they stand closer.
const MOST_HEIGHT: f32 = 640.0;

impl Layout {
    /// A token's radius.
    pub const RADIUS: f32 = 8.0;
    /// From a token's middle to its label's beginning.
    pub const LABEL: f32 = 12.0;
    /// The height of the bar of a work.
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
            ports: Map::new(),
        };
        match form {
            Form::Wide => layout.wide(timeline),
            Form::Tall => layout.tall(timeline),
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
        let reversed = || self.ports.get((to, from)).map(|(a, b)| (*b, *a));
        self.ports.get((from, to)).copied().or_else(reversed)
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

    fn wide(&mut self, timeline: &Timeline) {
        let (columns, rows) = (timeline.columns(), timeline.rows());
        let brokers = |column: &Column| timeline.is_cluster() && is_queue(column, rows);
        self.width = 1000.0;
        let most = columns.iter().map(|column| column.rows.len()).max().unwrap_or(1).max(1);
        let in_row =
            columns.iter().find(|column| brokers(column)).map_or(0, |column| brokers::count(column, rows));
        let least = (in_row as f32 * brokers::HIGH).max(190.0);
        let body = (most as f32 * 76.0).max(least).min(MOST_HEIGHT - HEAD);
        self.height = HEAD + body + MARGIN;
        let widths: Vec<f32> = columns
            .iter()
            .map(|column| match brokers(column) {
                true => brokers::width(column, rows),
                false => column_width(column, rows),
            })
            .collect();
        let free = self.width - 2.0 * MARGIN - widths.iter().sum::<f32>();
        let gap = free / (columns.len().max(2) - 1) as f32;
        let mut x = MARGIN;
        for (column, width) in columns.iter().zip(widths) {
            self.headings.push((Point { x, y: TEXT + 4.0 }, column.label));
            if brokers(column) {
                self.brokers_wide(column, rows, x, body);
                x += width + gap;
                continue;
            }
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

    fn tall(&mut self, timeline: &Timeline) {
        let rows = timeline.rows();
        self.width = 400.0;
        let inner = self.width - 2.0 * MARGIN;
        let mut y = 0.0;
        for column in timeline.columns() {
            self.headings.push((Point { x: MARGIN, y: y + TEXT + 2.0 }, column.label));
            y += HEAD - 12.0;
            let queue = is_queue(column, rows);
            if queue && timeline.is_cluster() {
                y += self.brokers_tall(column, rows, y) + 70.0;
                continue;
            }
            let across = ACROSS.min(column.rows.len().max(1));
            let stacks = if queue { stacks(timeline, column) } else { Vec::new() };
            let (side_by_side, height) = match column.rows.clone().next().map(|row| rows[row].role) {
                _ if queue => (1 + stacks.iter().map(|at| at.0).max().unwrap_or(0), 110.0),
                Some(Role::Consumer) => (across, CELL),
                _ => (across, 40.0),
            };
            let width = inner / side_by_side as f32;
            for (n, row) in column.rows.clone().enumerate() {
                let (across, down) = stacks.get(n).copied().unwrap_or((n % side_by_side, n / side_by_side));
                let (x, top) = (MARGIN + across as f32 * width, y + down as f32 * height);
                let rect = Rect { x: x + 2.0, y: top + 3.0, w: width - 4.0, h: height - 6.0 };
                self.places[row] = match rows[row].role {
                    Role::Consumer => cell(rect),
                    role => place(rect, role),
                };
            }
            let high = match stacks.iter().map(|at| at.1 + 1).max() {
                Some(high) => high,
                None => column.rows.len().div_ceil(side_by_side),
            };
            y += high as f32 * height;
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
        let mut links: Vec<(usize, usize)> = Vec::new();
        for ((from, to), _) in index.iter() {
            let (Some(a), Some(b)) = (timeline.row_of(from), timeline.row_of(to)) else { continue };
            let link = (a.min(b), a.max(b));
            if a != b && !links.contains(&link) {
                links.push(link);
            }
        }
        // Row, side of it, and the row at the other end.
        let mut ends: Vec<(usize, Side, usize)> = Vec::with_capacity(2 * links.len());
        let is_queue = |row: usize| timeline.rows()[row].role == Role::Queue;
        let brokers = |a: usize, b: usize| timeline.is_cluster() && is_queue(a) && is_queue(b);
        let sides = |a: usize, b: usize| match brokers(a, b) {
            true => self.sides_of_brokers(a, b),
            false => self.sides(a, b),
        };
        for (a, b) in &links {
            let (from, to) = sides(*a, *b);
            ends.extend([(*a, from, *b), (*b, to, *a)]);
        }
        let port = |row: usize, side: Side, other: usize| {
            let along = |row: &usize| match side {
                Side::Left | Side::Right => self.places[*row].rect.middle().y,
                Side::Top | Side::Bottom => self.places[*row].rect.middle().x,
            };
            let here = ends.iter().filter(|end| (end.0, end.1) == (row, side));
            let mut others: Vec<usize> = here.map(|end| end.2).collect();
            // Places are positive, and of positive floats the larger has the larger bits.
            sort_by_key(&mut others, |row| (along(row).max(0.0).to_bits(), *row as u32));
            let place = others.iter().position(|n| *n == other).unwrap_or(0);
            let part = (place + 1) as f32 / (others.len() + 1) as f32;
            let mut point = side.point(&self.places[row].rect, part);
            if others.len() == 1 && self.form == Form::Wide && timeline.rows()[row].role != Role::Queue {
                // A single link ends where the name stands.
                point.y = self.places[row].name.y - Layout::FONT / 3.0;
            }
            if brokers(row, other) {
                self.end_at_broker(row, other, side, &mut point);
            }
            point
        };
        let mut ports = Map::new();
        for (a, b) in links {
            let (from, to) = sides(a, b);
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
        } else if b.x + b.w <= a.x && self.form == Form::Wide {
            (Side::Left, Side::Right)
        } else if a.y + a.h <= b.y {
            (Side::Bottom, Side::Top)
        } else if b.y + b.h <= a.y {
            (Side::Top, Side::Bottom)
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

/// Where the rows of a column of queues stand in the tall form: the how-manieth stack, and the place in it. Queues that speak
/// with each other stand below each other. Two sets of them that do not stand side by side: a way to the lower one would lead
/// through the upper.
fn stacks(timeline: &Timeline, column: &Column) -> Vec<(usize, usize)> {
    let linked = |a: usize, b: usize| {
        let (a, b) = (timeline.rows()[a].node, timeline.rows()[b].node);
        let links = &timeline.index().links;
        links.get((a, b)).or_else(|| links.get((b, a))).is_some()
    };
    let mut stacks: Vec<Vec<usize>> = Vec::new();
    for row in column.rows.clone() {
        let speaks = |stack: &Vec<usize>| stack.iter().any(|other| linked(row, *other));
        let mut joined = vec![row];
        // A row may bring together what had nothing to do with each other so far.
        while let Some(n) = stacks.iter().position(speaks) {
            joined.splice(0..0, stacks.remove(n));
        }
        stacks.push(joined);
    }
    if stacks.len() != 2 {
        stacks = vec![column.rows.clone().collect()];
    }
    let place = |row: usize| {
        stacks
            .iter()
            .enumerate()
            .find_map(|(n, stack)| Some((n, stack.iter().position(|other| *other == row)?)))
    };
    column.rows.clone().map(|row| place(row).unwrap_or((0, 0))).collect()
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
