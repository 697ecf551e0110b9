// SPDX-License-Identifier: MIT OR Apache-2.0
//! The canvas of a figure: its size in pixels, and what stands where on it.

use std::rc::Rc;

use queues::Sight;
use stage::{Form, Layout, Material, Player, Point, Scene, Target, Timeline};
use trace::Time;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::pen::Pen;
use crate::plot::Plot;
use crate::{cumulative, drawing, glue, plot, slope};

/// What the canvas shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Messages on their way, and the slope graph.
    Messages,
    /// Messages on their way, and the cumulative-flow chart.
    Flow,
    /// The space–time diagram at the playhead.
    SpaceTime,
}

impl View {
    /// The one that shows what a scenario is about.
    pub fn of(sight: Sight) -> View {
        match sight {
            Sight::Order => View::Messages,
            Sight::Flow => View::Flow,
            Sight::Causes => View::SpaceTime,
        }
    }

    /// The next one, round and round.
    pub fn next(self) -> View {
        match self {
            View::Messages => View::Flow,
            View::Flow => View::SpaceTime,
            View::SpaceTime => View::Messages,
        }
    }
}

/// From this width on, in pixels, columns stand side by side: narrower, their text would be too small.
const WIDE: f64 = 700.0;
/// From this width on, in pixels, a space–time diagram has room for stage's usual span.
const USUAL_WIDTH: f64 = 800.0;
/// A unit of the tall form is at most so many pixels.
const LARGEST_SCALE: f64 = 1.2;
/// The size of text that is set in pixels.
const TEXT: f32 = 13.0;

/// A canvas, fitted to its place on the page and to a run.
pub struct Surface {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    layout: Layout,
    laid_out: Rc<Timeline>,
    /// The height of what stands below the messages, in pixels.
    below: f32,
    /// In pixels of the page.
    width: f64,
    height: f64,
    /// Pixels of the screen for one of the page.
    density: f64,
}

impl Surface {
    /// Takes a canvas. `None` where the browser gives no context.
    pub fn new(canvas: HtmlCanvasElement, player: &Player, sight: Sight) -> Option<Surface> {
        let below = match sight {
            Sight::Flow => cumulative::HEIGHT,
            _ if player.timeline().has_order() => slope::HEIGHT,
            _ => 0.0,
        };
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        let laid_out = Rc::clone(player.timeline());
        let layout = Layout::new(&laid_out, Form::Wide);
        let mut surface =
            Surface { canvas, context, layout, laid_out, below, width: 0.0, height: 0.0, density: 0.0 };
        surface.fit(player);
        Some(surface)
    }

    /// Pixels for a unit of the layout.
    fn scale(&self) -> f64 {
        (self.width / f64::from(self.layout.width)).min(LARGEST_SCALE)
    }

    /// Follows the size of its place, the screen's density and the run. Painting has to follow.
    pub fn fit(&mut self, player: &Player) {
        let width = self.canvas.parent_element().map_or(0, |place| place.client_width()).max(200).into();
        let density = glue::window().device_pixel_ratio().clamp(1.0, 4.0);
        let form = if width >= WIDE { Form::Wide } else { Form::Tall };
        if !Rc::ptr_eq(&self.laid_out, player.timeline()) || self.layout.form != form {
            self.laid_out = Rc::clone(player.timeline());
            self.layout = Layout::new(&self.laid_out, form);
        }
        let before = (self.width, self.height, self.density);
        (self.width, self.density) = (width, density);
        let messages = f64::from(self.layout.height) * self.scale() + f64::from(self.below);
        // One height for all views: nothing below jumps when they change places.
        self.height = messages.max(plot::height(self.laid_out.rows().len()).into()).ceil();
        if before != (self.width, self.height, self.density) {
            // The style sheet makes it as wide as its place; the height follows from these two.
            self.canvas.set_width((self.width * density) as u32);
            self.canvas.set_height((self.height * density) as u32);
        }
    }

    fn plot(&self) -> Plot {
        Plot::new(self.width as f32, self.height as f32, self.laid_out.rows().len())
    }

    /// Where the messages end and what stands below them begins.
    fn middle(&self) -> f64 {
        self.height - f64::from(self.below)
    }

    /// Paints a moment.
    pub fn paint(
        &self,
        player: &Player,
        scene: &Scene<'_>,
        view: View,
        chosen: Option<Target>,
        material: Material,
    ) {
        let pen = Pen::new(&self.context, material);
        let density = self.density;
        pen.units(density, 0.0, 0.0, TEXT);
        self.context.clear_rect(0.0, 0.0, self.width, self.height);
        match view {
            View::Messages | View::Flow => {
                pen.units(density * self.scale(), 0.0, 0.0, Layout::FONT);
                drawing::draw(&pen, scene, &self.layout, chosen);
                pen.units(density, 0.0, self.middle(), TEXT);
                let width = self.width as f32;
                if view == View::Flow {
                    let chart = player.cumulative_flow(cumulative::steps(width));
                    cumulative::draw(&pen, &chart, width, self.below);
                } else if self.below > 0.0 {
                    let room = slope::room(width, scene.counters.sent);
                    slope::draw(&pen, &player.slope(room), width, room);
                }
            }
            View::SpaceTime => {
                // A narrow diagram shows less of the run, not the same amount pressed together.
                let part = (self.width / USUAL_WIDTH).min(1.0);
                let span = Time((player.usual_span().0 as f64 * part) as u64);
                self.plot().draw(&pen, &player.space_time(span), chosen);
            }
        }
    }

    /// The thing at a point, in pixels of the page from the canvas's corner.
    pub fn target_at(&self, scene: &Scene<'_>, view: View, x: f64, y: f64) -> Option<Target> {
        let scale = self.scale();
        match view {
            View::Messages | View::Flow if y < self.middle() => {
                let point = Point { x: (x / scale) as f32, y: (y / scale) as f32 };
                drawing::target_at(scene, &self.layout, point)
            }
            View::Messages | View::Flow => None,
            View::SpaceTime => self.plot().target_at(scene, x as f32, y as f32),
        }
    }

    /// The canvas's size, in pixels of the page.
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }
}
