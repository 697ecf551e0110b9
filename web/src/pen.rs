// SPDX-License-Identifier: MIT OR Apache-2.0
//! A canvas with the meanings' colours and shapes: the only place that calls the canvas.

use std::cell::Cell;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

use stage::{Layout, Material, Point, Rect, Shape, Token, Tone};
use web_sys::CanvasRenderingContext2d;

/// Draws on a canvas, in whatever units its transformation makes.
pub struct Pen<'a> {
    context: &'a CanvasRenderingContext2d,
    material: Material,
    /// What is set already; setting a style costs more than a stroke.
    fill: Cell<Option<Tone>>,
    stroke: Cell<Option<Tone>>,
}

impl<'a> Pen<'a> {
    /// A pen for a canvas that was just cleared.
    pub fn new(context: &'a CanvasRenderingContext2d, material: Material) -> Pen<'a> {
        Pen { context, material, fill: Cell::new(None), stroke: Cell::new(None) }
    }

    /// Units from here on: `scale` pixels each, the origin at so many pixels. Text is set in `size` units.
    pub fn units(&self, scale: f64, x: f64, y: f64, size: f32) {
        let _ = self.context.set_transform(scale, 0.0, 0.0, scale, x * scale, y * scale);
        self.font(size, false);
    }

    /// The size of text, in units.
    pub fn font(&self, size: f32, strong: bool) {
        let weight = if strong { "600 " } else { "" };
        let size = (size as u32).to_string();
        self.context.set_font(&[weight, &size, "px \"Source Sans 3\",system-ui,sans-serif"].concat());
    }

    /// How opaque everything is from here on.
    pub fn alpha(&self, alpha: f32) {
        self.context.set_global_alpha(alpha.into());
    }

    fn fill(&self, tone: Tone) {
        if self.fill.replace(Some(tone)) != Some(tone) {
            self.context.set_fill_style_str(tone.hex(self.material));
        }
    }

    fn stroke(&self, tone: Tone, width: f32) {
        if self.stroke.replace(Some(tone)) != Some(tone) {
            self.context.set_stroke_style_str(tone.hex(self.material));
        }
        self.context.set_line_width(width.into());
    }

    /// A straight line.
    pub fn line(&self, a: Point, b: Point, tone: Tone, width: f32) {
        self.stroke(tone, width);
        self.context.begin_path();
        self.context.move_to(a.x.into(), a.y.into());
        self.context.line_to(b.x.into(), b.y.into());
        self.context.stroke();
    }

    /// A broken line: what does not hold.
    pub fn dashed(&self, a: Point, b: Point, tone: Tone, width: f32) {
        let pattern = js_sys::Array::of2(&3.into(), &6.into());
        let _ = self.context.set_line_dash(&pattern);
        self.line(a, b, tone, width);
        let _ = self.context.set_line_dash(&js_sys::Array::new());
    }

    /// A rectangle's edge.
    pub fn frame(&self, rect: &Rect, tone: Tone, width: f32) {
        self.stroke(tone, width);
        self.context.stroke_rect(rect.x.into(), rect.y.into(), rect.w.into(), rect.h.into());
    }

    /// A filled rectangle.
    pub fn block(&self, rect: &Rect, tone: Tone) {
        self.fill(tone);
        self.context.fill_rect(rect.x.into(), rect.y.into(), rect.w.into(), rect.h.into());
    }

    /// Takes away what was drawn there.
    pub fn erase(&self, rect: &Rect) {
        self.context.clear_rect(rect.x.into(), rect.y.into(), rect.w.into(), rect.h.into());
    }

    /// A hatched rectangle: something is wrong there.
    pub fn hatch(&self, rect: &Rect, tone: Tone) {
        const APART: f32 = 6.0;
        self.context.save();
        self.context.begin_path();
        self.context.rect(rect.x.into(), rect.y.into(), rect.w.into(), rect.h.into());
        self.context.clip();
        self.stroke(tone, 1.25);
        self.context.begin_path();
        // Lines that lean to the right, on a lattice that does not move when the rectangle grows.
        let first = ((rect.x + rect.y) / APART).floor() as i32;
        let last = ((rect.x + rect.w + rect.y + rect.h) / APART).ceil() as i32;
        for n in first..=last {
            let at = n as f32 * APART;
            self.context.move_to((at - rect.y).into(), rect.y.into());
            self.context.line_to((at - rect.y - rect.h).into(), (rect.y + rect.h).into());
        }
        self.context.stroke();
        self.context.restore();
        self.stroke.set(None);
    }

    /// A text that begins at a point of the base line.
    pub fn say(&self, at: Point, tone: Tone, text: &str) {
        self.fill(tone);
        let _ = self.context.fill_text(text, at.x.into(), at.y.into());
    }

    /// A text around a point of the base line.
    pub fn say_around(&self, at: Point, tone: Tone, text: &str) {
        self.context.set_text_align("center");
        self.say(at, tone, text);
        self.context.set_text_align("start");
    }

    /// A text that ends at a point of the base line.
    pub fn say_before(&self, at: Point, tone: Tone, text: &str) {
        self.context.set_text_align("end");
        self.say(at, tone, text);
        self.context.set_text_align("start");
    }

    /// A small disc.
    pub fn dot(&self, at: Point, tone: Tone, radius: f32) {
        self.fill(tone);
        self.context.begin_path();
        let _ = self.context.arc(at.x.into(), at.y.into(), radius.into(), 0.0, TAU);
        self.context.fill();
    }

    /// A circle.
    pub fn ring(&self, at: Point, tone: Tone, radius: f32, width: f32) {
        self.stroke(tone, width);
        self.context.begin_path();
        let _ = self.context.arc(at.x.into(), at.y.into(), radius.into(), 0.0, TAU);
        self.context.stroke();
    }

    fn trace(&self, points: impl Iterator<Item = Point>) {
        self.context.begin_path();
        points.for_each(|at| self.context.line_to(at.x.into(), at.y.into()));
    }

    /// A filled area with these corners.
    pub fn area(&self, corners: impl Iterator<Item = Point>, tone: Tone) {
        self.fill(tone);
        self.trace(corners);
        self.context.fill();
    }

    /// A line through these points.
    pub fn path(&self, points: impl Iterator<Item = Point>, tone: Tone, width: f32) {
        self.stroke(tone, width);
        self.trace(points);
        self.context.stroke();
    }

    fn polygon(&self, corners: &[(f32, f32)], at: Point, tone: Tone, radius: f32) {
        let corner = |(x, y): &(f32, f32)| Point { x: at.x + x * radius, y: at.y + y * radius };
        self.area(corners.iter().map(corner), tone);
    }

    /// The sign of a fault, drawn and not written: as a letter some systems make a coloured picture of it.
    pub fn bolt(&self, at: Point, tone: Tone, radius: f32) {
        self.polygon(&BOLT, at, tone, radius);
    }

    /// A message's shape; `progress` fills the one that fills.
    pub fn shape(&self, token: &Token, at: Point, progress: f32) {
        self.shape_of(token.shape, token.tone, at, Layout::RADIUS, progress);
    }

    /// A shape of the table of meanings.
    pub fn shape_of(&self, shape: Shape, tone: Tone, at: Point, radius: f32, progress: f32) {
        if let Some(corners) = shape.corners() {
            return self.polygon(corners, at, tone, radius);
        }
        match shape {
            Shape::Half => {
                self.ring(at, tone, radius - 0.75, 1.5);
                // A segment of the disc, filled from below to the height of the progress.
                let half = f64::from(1.0 - 2.0 * progress.clamp(0.0, 1.0)).acos();
                self.fill(tone);
                self.context.begin_path();
                let (from, to) = (FRAC_PI_2 - half, FRAC_PI_2 + half);
                let _ = self.context.arc(
                    at.x.into(),
                    at.y.into(),
                    (radius - 0.75).into(),
                    from,
                    to.min(from + 2.0 * PI),
                );
                self.context.fill();
            }
            Shape::Ring => {
                self.ring(at, tone, radius - 0.75, 1.5);
                self.dot(at, tone, radius / 3.0);
            }
            _ => self.dot(at, tone, radius),
        }
    }
}

/// A flash of lightning around 0,0, as high as a disc of radius 1.
pub const BOLT: [(f32, f32); 6] =
    [(0.2, -1.0), (-0.6, 0.15), (-0.05, 0.15), (-0.2, 1.0), (0.6, -0.2), (0.05, -0.2)];
