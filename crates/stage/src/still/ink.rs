// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a still is written with. Neighbours that look the same are written as one: lines and areas as one path, other shapes
//! in one group, so that a drawing of a thousand lines has a dozen elements. Whoever draws has only to draw what looks the
//! same in one go.

use super::{escape, number};
use crate::layout::Layout;
use crate::meaning::{Shape, Token, Tone};
use crate::place::{Point, Rect};

/// A still being written.
#[derive(Default)]
pub(super) struct Still {
    text: String,
    /// What the shapes that are not yet written look like, as attributes.
    look: String,
    shapes: Vec<Piece>,
}

enum Piece {
    /// Commands of a path.
    Path(String),
    /// An element without what it looks like: its name, and what follows the look.
    Element(&'static str, String),
}

impl Still {
    /// The whole of it.
    pub fn end(mut self) -> String {
        self.add(&["</svg>\n"]);
        self.text
    }

    /// Markup as it stands.
    pub fn add(&mut self, parts: &[&str]) {
        self.write_shapes();
        parts.iter().for_each(|part| self.text.push_str(part));
    }

    /// The look of an area. Shapes without a look of their own inherit one from the drawing: that of ink.
    pub fn filled(tone: Tone) -> String {
        match tone {
            Tone::Ink => String::new(),
            _ => [" fill=\"", &*tone.css(), "\""].concat(),
        }
    }

    /// The look of a line.
    pub fn stroked(tone: Tone, width: &str) -> String {
        [" fill=\"none\" stroke=\"", &*tone.css(), "\" stroke-width=\"", width, "\""].concat()
    }

    fn wear(&mut self, look: String) {
        if self.look != look {
            self.write_shapes();
            self.look = look;
        }
    }

    /// Adds commands to the path of this look.
    fn draw(&mut self, look: String, commands: &str) {
        self.wear(look);
        match self.shapes.last_mut() {
            Some(Piece::Path(known)) => known.push_str(commands),
            _ => self.shapes.push(Piece::Path(commands.to_owned())),
        }
    }

    fn element(&mut self, look: String, name: &'static str, rest: String) {
        self.wear(look);
        self.shapes.push(Piece::Element(name, rest));
    }

    fn write_shapes(&mut self) {
        let shapes = std::mem::take(&mut self.shapes);
        let look = std::mem::take(&mut self.look);
        // One shape wears its look itself.
        let (own, shared) = if shapes.len() == 1 { (&*look, "") } else { ("", &*look) };
        if !shared.is_empty() {
            self.text.extend(["<g", shared, ">\n"]);
        }
        for piece in &shapes {
            match piece {
                Piece::Path(commands) => self.text.extend(["<path", own, " d=\"", commands, "\"/>\n"]),
                Piece::Element(name, rest) => self.text.extend(["<", name, own, rest]),
            }
        }
        if !shared.is_empty() {
            self.text.push_str("</g>\n");
        }
    }

    /// A message's shape; `progress` fills the one that fills.
    pub fn shape(&mut self, token: &Token, at: Point, progress: f32) {
        let r = Layout::RADIUS;
        match (token.shape.corners(), token.shape) {
            (Some(corners), _) => {
                let corners: Vec<Point> =
                    corners.iter().map(|(x, y)| Point { x: at.x + x * r, y: at.y + y * r }).collect();
                self.path(&corners, "Z", Still::filled(token.tone));
            }
            (None, Shape::Half) => self.filling(at, token.tone, progress),
            (None, Shape::Ring) => {
                self.ring(at, token.tone);
                self.dot_of(at, token.tone, r / 3.0);
            }
            (None, _) => self.dot_of(at, token.tone, r),
        }
    }

    fn filling(&mut self, at: Point, tone: Tone, progress: f32) {
        let r = Layout::RADIUS;
        self.ring(at, tone);
        // A segment of the disc, filled from below to the height of the progress.
        let y = r - 2.0 * r * progress.clamp(0.0, 1.0);
        let x = (r * r - y * y).max(0.0).sqrt();
        let large = if progress > 0.5 { "1" } else { "0" };
        let (from, to, level) = (number(at.x - x), number(at.x + x), number(at.y + y));
        let radius = number(r);
        let arc = ["A", &*radius, " ", &radius, " 0 ", large, " 0 ", &to, " ", &level, "Z"].concat();
        self.draw(Still::filled(tone), &["M", &*from, " ", &level, &arc].concat());
    }

    fn ring(&mut self, at: Point, tone: Tone) {
        self.circle(at, Layout::RADIUS - 0.75, Still::stroked(tone, "1.5"));
    }

    /// A small disc.
    pub fn dot(&mut self, at: Point, tone: Tone) {
        self.dot_of(at, tone, 2.5);
    }

    /// A disc.
    pub fn dot_of(&mut self, at: Point, tone: Tone, r: f32) {
        self.circle(at, r, Still::filled(tone));
    }

    fn circle(&mut self, at: Point, r: f32, look: String) {
        let (x, y, r) = (number(at.x), number(at.y), number(r));
        self.element(look, "circle", [" cx=\"", &*x, "\" cy=\"", &y, "\" r=\"", &r, "\"/>\n"].concat());
    }

    /// A straight line, broken if `dash` says how.
    pub fn line(&mut self, a: Point, b: Point, tone: Tone, width: &str, dash: &str) {
        let mut look = Still::stroked(tone, width);
        if !dash.is_empty() {
            look.extend([" stroke-dasharray=\"", dash, "\""]);
        }
        let from = ["M", &*number(a.x), " ", &number(a.y)].concat();
        let way = match (tenths(a.x) == tenths(b.x), tenths(a.y) == tenths(b.y)) {
            (true, _) => ["V", &*number(b.y)].concat(),
            (false, true) => ["H", &*number(b.x)].concat(),
            _ => ["L", &*number(b.x), " ", &number(b.y)].concat(),
        };
        self.draw(look, &[from, way].concat());
    }

    /// A line through these points, or with `Z` at its end an area between them.
    pub fn path(&mut self, points: &[Point], end: &str, look: String) {
        let mut commands = String::new();
        for (n, at) in points.iter().enumerate() {
            commands.extend([if n == 0 { "M" } else { "L" }, &*number(at.x), " ", &number(at.y)]);
        }
        if !commands.is_empty() {
            commands.push_str(end);
            self.draw(look, &commands);
        }
    }

    /// A rectangle, filled or as a frame.
    pub fn rect(&mut self, rect: &Rect, tone: Tone, filled: bool) {
        let look = if filled { Still::filled(tone) } else { Still::stroked(tone, "0.75") };
        let (x, y) = (number(rect.x), number(rect.y));
        let (right, bottom) = (number(rect.x + rect.w), number(rect.y + rect.h));
        self.draw(look, &["M", &*x, " ", &y, "H", &right, "V", &bottom, "H", &x, "Z"].concat());
    }

    /// A text that begins at a point of the base line.
    pub fn say(&mut self, at: Point, tone: Tone, text: &str) {
        let rest = [" x=\"", &*number(at.x), "\" y=\"", &number(at.y), "\">", &escape(text), "</text>\n"];
        self.element(Still::filled(tone), "text", rest.concat());
    }
}

fn tenths(value: f32) -> i64 {
    (value * 10.0).round() as i64
}
