// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a click means: a table of places, written while they are drawn.

use ratatui::layout::{Position, Rect};

use crate::control::Control;

/// The places of one picture.
#[derive(Debug, Default)]
pub struct Spots {
    /// In the order of drawing; nothing where something was covered.
    places: Vec<(Rect, Option<Control>)>,
}

impl Spots {
    /// Forgets the picture.
    pub fn clear(&mut self) {
        self.places.clear();
    }

    /// What was drawn here asks for this.
    pub fn add(&mut self, area: Rect, control: Control) {
        if !area.is_empty() {
            self.places.push((area, Some(control)));
        }
    }

    /// What was drawn here before is hidden.
    pub fn cover(&mut self, area: Rect) {
        if !area.is_empty() {
            self.places.push((area, None));
        }
    }

    /// What the thing on top asks for at this column and row.
    pub fn at(&self, column: u16, row: u16) -> Option<Control> {
        let on = |(area, _): &&(Rect, Option<Control>)| area.contains(Position { x: column, y: row });
        self.places.iter().rev().find(on)?.1
    }

    /// The places of a picture that was drawn apart.
    pub fn iter(&self) -> impl Iterator<Item = (Rect, Control)> {
        self.places.iter().filter_map(|(area, control)| Some((*area, (*control)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_top_counts() {
        let mut spots = Spots::default();
        spots.add(Rect::new(0, 0, 10, 2), Control::Play);
        spots.add(Rect::new(2, 0, 3, 1), Control::Enter);
        assert_eq!(spots.at(2, 0), Some(Control::Enter));
        assert_eq!(spots.at(5, 0), Some(Control::Play));
        assert_eq!(spots.at(2, 1), Some(Control::Play));
        assert_eq!(spots.at(10, 0), None, "the column behind the last");
        spots.cover(Rect::new(4, 0, 2, 2));
        assert_eq!(spots.at(4, 0), None);
        assert_eq!(spots.at(3, 0), Some(Control::Enter));
    }
}
