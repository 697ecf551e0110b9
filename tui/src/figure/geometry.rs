// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where things stand in the drawing: columns from left to right, a row for each node, queues as tall as all of them.
//!
//! Because a queue is as tall as what stands beside it, nearly every link is a straight line in one row: the way of a
//! message is as long as its delay.

use ratatui::layout::Rect;
use stage::Scene;
use trace::{NodeId, Role};

/// Rows that one node gets at most.
const MOST_PITCH: u16 = 5;
/// Rows that a queue has at least, where there is room.
const LEAST_TALL: u16 = 9;

/// A node's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which node.
    pub node: NodeId,
    /// Its columns and rows. No rows if there was no room.
    pub area: Rect,
    /// Whether it is drawn as a wall that all its links meet.
    pub tall: bool,
    /// Where its links to the right begin: behind its name, or behind all that is written of it.
    pub port: u16,
}

/// A drawing's places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// In the order of the scene's stations.
    pub places: Vec<Place>,
    /// The columns of each column of the scene, for its label.
    pub columns: Vec<Rect>,
    /// Where landed effects are listed.
    pub effects: Rect,
    /// Whether several brokers keep one queue together: they stand below each other, and speak beside their walls.
    pub cluster: bool,
    /// Where nodes had no room below the others, and how many.
    pub hidden: Option<(u16, usize)>,
}

/// A part of the row: columns and links between them.
struct Part {
    least: u16,
    most: u16,
    /// How fast it grows with the room.
    weight: u16,
}

impl Geometry {
    /// Rows that a drawing of a scene can use, its labels not counted.
    pub fn most_rows(scene: &Scene<'_>) -> u16 {
        let brokers = scene.stations.iter().filter(|station| scene.cluster && station.role == Role::Queue);
        (tallest(scene).max(brokers.count() as u16) * MOST_PITCH + u16::from(scene.cluster)).max(LEAST_TALL)
    }

    /// Places for a scene in a part of the screen.
    pub fn new(scene: &Scene<'_>, area: Rect) -> Geometry {
        let widths = widths(scene, area.width);
        let tallest = tallest(scene);
        let pitch = (area.height / tallest).clamp(1, MOST_PITCH);
        let used = match scene.cluster {
            true => Geometry::most_rows(scene),
            false => (tallest * pitch).max(LEAST_TALL),
        };
        let used = used.min(area.height);
        let mut geometry = Geometry {
            places: Vec::with_capacity(scene.stations.len()),
            columns: Vec::new(),
            effects: Rect::ZERO,
            cluster: scene.cluster,
            hidden: None,
        };
        let mut x = area.x;
        for (n, column) in scene.columns.iter().enumerate() {
            let place = Rect { x, y: area.y, width: widths[2 * n], height: used };
            x += widths[2 * n] + widths.get(2 * n + 1).copied().unwrap_or(0);
            geometry.columns.push(place);
            geometry.column(scene, column, place, pitch);
            if column.effects {
                let walls = if column.rows.is_empty() { 0 } else { 2 };
                geometry.effects =
                    Rect { x: place.x + walls, width: place.width.saturating_sub(walls), ..place };
            }
        }
        geometry
    }

    fn column(&mut self, scene: &Scene<'_>, column: &stage::Column, place: Rect, pitch: u16) {
        let count = column.rows.len() as u16;
        if scene.cluster && is_tall(scene, column) {
            return self.brokers(scene, column, place);
        }
        if is_tall(scene, column) {
            for (n, row) in column.rows.clone().enumerate() {
                let (from, to) = (n as u16 * place.height / count, (n as u16 + 1) * place.height / count);
                let area = Rect { y: place.y + from, height: to - from, ..place };
                self.places.push(Place {
                    node: scene.stations[row].node,
                    area,
                    tall: true,
                    port: area.right(),
                });
            }
            return;
        }
        let top = place.y + place.height.saturating_sub(count * pitch) / 2;
        for (n, row) in column.rows.clone().enumerate() {
            let y = top + n as u16 * pitch;
            let height = pitch.min(place.bottom().saturating_sub(y));
            if height == 0 {
                let (x, before) = self.hidden.unwrap_or((place.x, 0));
                self.hidden = Some((x, before + 1));
            }
            let area = Rect { y: y.min(place.bottom()), height, ..place };
            let station = &scene.stations[row];
            // A producer writes nothing but its name into its first row.
            let named = area.x + crate::pen::width(station.short) + 2;
            let port = if station.role == Role::Producer { named } else { area.right() };
            self.places.push(Place { node: station.node, area, tall: false, port });
        }
    }

    /// Brokers of a cluster share the rows that their controller leaves them: it has one, at the bottom.
    fn brokers(&mut self, scene: &Scene<'_>, column: &stage::Column, place: Rect) {
        let stations = &scene.stations[column.rows.clone()];
        let count = stations.iter().filter(|station| station.role != Role::Other).count() as u16;
        let others = stations.len() as u16 - count;
        let room = place.height.saturating_sub(others);
        for (n, station) in stations.iter().enumerate() {
            let n = n as u16;
            let (from, to) = match n.checked_sub(count) {
                Some(n) => (room + n, room + n + 1),
                None => (n * room / count, (n + 1) * room / count),
            };
            // A row between two boxes, where there are enough.
            let gap = u16::from(n < count && to - from > 3);
            let area = Rect { y: place.y + from, height: (to - from - gap).min(place.height), ..place };
            self.places.push(Place { node: station.node, area, tall: true, port: area.right() });
        }
    }

    /// Where brokers of a cluster speak with each other: a column beside their walls, and the rows of the two. Neighbours at
    /// the left, others at the right.
    pub fn beside_walls(&self, from: NodeId, to: NodeId) -> Option<(u16, u16, u16)> {
        let (a, b) = (self.place(from)?, self.place(to)?);
        if !self.cluster || !a.tall || !b.tall || a.area.x != b.area.x {
            return None;
        }
        let middle = |place: Place| place.area.y + (place.area.height - 1) / 2;
        let (upper, lower) = if a.area.y <= b.area.y { (a, b) } else { (b, a) };
        let near = upper.area.bottom() + 1 >= lower.area.top();
        let x = if near { a.area.x.saturating_sub(1) } else { a.area.right() };
        Some((x, middle(a), middle(b)))
    }

    /// A node's place, if it is in the drawing.
    pub fn place(&self, node: NodeId) -> Option<Place> {
        self.places.iter().copied().find(|place| place.node == node && place.area.height > 0)
    }

    /// The columns and the rows in which a way from one node to another begins and ends.
    pub fn ends(&self, from: NodeId, to: NodeId) -> Option<((u16, u16), (u16, u16))> {
        let (a, b) = (self.place(from)?, self.place(to)?);
        let (a_row, b_row) = (row_beside(a, b), row_beside(b, a));
        if a.area.x <= b.area.x {
            Some(((a.port + 1, a_row), (b.area.x.saturating_sub(2), b_row)))
        } else {
            Some(((a.area.x.saturating_sub(2), a_row), (b.port + 1, b_row)))
        }
    }

    /// Whether what comes back has a row of its own below what goes.
    pub fn has_way_back(&self, a: NodeId, b: NodeId) -> bool {
        let rows = |node| self.place(node).map_or(1, |place| place.area.height);
        rows(a).min(rows(b)) > 1
    }
}

/// The row in which `place` meets a link to `other`: its own first row, or for a wall the other's.
fn row_beside(place: Place, other: Place) -> u16 {
    match (place.tall, other.tall) {
        (true, false) => other.area.y.clamp(place.area.top(), place.area.bottom() - 1),
        (true, true) => place.area.y + (place.area.height - 1) / 2,
        (false, _) => place.area.y,
    }
}

/// Rows of nodes in the column that has most of them, walls not counted.
fn tallest(scene: &Scene<'_>) -> u16 {
    let rows = |column: &stage::Column| column.rows.len() as u16;
    scene.columns.iter().filter(|column| !is_tall(scene, column)).map(rows).max().unwrap_or(1).max(1)
}

fn is_tall(scene: &Scene<'_>, column: &stage::Column) -> bool {
    let role = column.rows.clone().next().map(|row| scene.stations[row].role);
    matches!(role, Some(Role::Queue | Role::Store | Role::Other))
}

/// Column, link, column, link, …: all get what they need, then grow by their weights.
fn widths(scene: &Scene<'_>, room: u16) -> Vec<u16> {
    let mut parts = Vec::new();
    for (n, column) in scene.columns.iter().enumerate() {
        parts.push(column_part(scene, column));
        match scene.columns.get(n + 1) {
            // Effects that land with the work need no way to go.
            Some(next) if next.rows.is_empty() => parts.push(Part { least: 2, most: 6, weight: 1 }),
            Some(_) => parts.push(Part { least: 6, most: 34, weight: 4 }),
            None => {}
        }
    }
    let mut widths: Vec<u16> = parts.iter().map(|part| part.least).collect();
    for _ in widths.iter().sum::<u16>()..room {
        let grown = |n: usize| (u32::from(widths[n] - parts[n].least) + 1) * 100 / u32::from(parts[n].weight);
        let next = (0..parts.len()).filter(|n| widths[*n] < parts[*n].most).min_by_key(|n| grown(*n));
        match next {
            Some(n) => widths[n] += 1,
            None => break,
        }
    }
    widths
}

fn column_part(scene: &Scene<'_>, column: &stage::Column) -> Part {
    let role = column.rows.clone().next().map(|row| scene.stations[row].role);
    match role {
        Some(Role::Producer) => Part { least: 5, most: 8, weight: 1 },
        Some(Role::Consumer) => Part { least: 21, most: 46, weight: 3 },
        Some(Role::Store) => Part { least: 11, most: 16, weight: 1 },
        Some(_) if scene.cluster => Part { least: 18, most: 44, weight: 3 },
        Some(_) => Part { least: 11, most: 44, weight: 3 },
        None => Part { least: 8, most: 12, weight: 1 },
    }
}
