// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pointing at a thing in the drawing, and the menu of what can be done to it.

use stage::{Action, Target};
use trace::Role;
use web_sys::Element;

use crate::figure::Figure;

/// What can be done to a thing, while the reader chooses.
pub struct Menu {
    /// The thing.
    pub target: Target,
    /// What can be done to it now.
    pub actions: Vec<Action>,
    /// Where the reader pressed; nowhere, if a key or a button opened it.
    pub at: Option<(f64, f64)>,
}

impl Figure {
    /// Points at something without a pointer: what was pointed at last, else a consumer.
    pub(crate) fn point(&mut self) {
        if let Some(why) = self.run.fixed() {
            self.says = why.to_owned();
            return;
        }
        let rows = self.run.player.timeline().rows();
        let consumer = rows.iter().find(|row| row.role == Role::Consumer).or(rows.first());
        if let Some(target) = consumer.map(|row| Target::Node(row.node)) {
            self.open_menu(target, None);
            self.focus = Some(".fig-menu select");
        }
    }

    pub(crate) fn press(&mut self, x: f64, y: f64) {
        self.says.clear();
        self.menu = None;
        if self.run.fixed().is_some() {
            return;
        }
        if let Some(target) = self.target_at(x, y) {
            self.open_menu(target, Some((x, y)));
            self.focus = Some(".fig-menu button");
        }
    }

    pub(crate) fn open_menu(&mut self, target: Target, at: Option<(f64, f64)>) {
        self.run.player.pause();
        let actions = self.run.actions(target);
        let at = at.or(self.menu.take().and_then(|menu| menu.at));
        self.menu = Some(Menu { target, actions, at });
    }

    pub(crate) fn inject(&mut self, n: usize) {
        let Some(action) =
            self.menu.take().and_then(|mut menu| (n < menu.actions.len()).then(|| menu.actions.remove(n)))
        else {
            return;
        };
        self.says = match self.run.add_fault(&action.entry) {
            Ok(()) => [&*action.label, ", at ", &self.run.player.now().short(), "."].concat(),
            Err(error) => error,
        };
        self.focus = Some(".fig-drawing");
    }

    fn target_at(&self, x: f64, y: f64) -> Option<Target> {
        self.surface.as_ref()?.target_at(&self.run.player.scene(), self.view, x, y)
    }

    /// Shows and names what would be pointed at. The page is not written anew for it.
    pub(crate) fn hover(&mut self, at: Option<(f64, f64)>) -> bool {
        let hovered = at.and_then(|(x, y)| self.target_at(x, y));
        if hovered != self.hovered {
            self.hovered = hovered;
            if let Some(canvas) = self.canvas.cast::<Element>() {
                let _ = match hovered {
                    Some(target) => canvas.set_attribute("title", &target.words(self.run.player.timeline())),
                    None => canvas.remove_attribute("title"),
                };
            }
            if !self.run.player.playing() {
                self.paint();
            }
        }
        false
    }

    /// Puts the menu where the reader pressed, inside the drawing.
    pub(crate) fn place_menu(&self) {
        let (Some(menu), Some(surface)) = (&self.menu, &self.surface) else { return };
        let (Some((x, y)), Some(element)) = (menu.at, self.find(".fig-menu")) else { return };
        let (width, height) = surface.size();
        let (wide, high) = (f64::from(element.offset_width()), f64::from(element.offset_height()));
        let left = (x + 14.0).min(width - wide).max(0.0);
        let top = (y - 20.0).min(height - high).max(0.0);
        let style = element.style();
        let _ = style.set_property("--left", &[&*(left as i32).to_string(), "px"].concat());
        let _ = style.set_property("--top", &[&*(top as i32).to_string(), "px"].concat());
    }
}
