// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writing into a part of the screen; what does not fit is cut off.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use stage::{Token, Tone};

use crate::control::Control;
use crate::palette::Palette;
use crate::spots::Spots;

/// A buffer, a part of it, the palette, and what can be clicked. Coordinates are the screen's own.
pub struct Pen<'a> {
    /// The screen.
    pub buffer: &'a mut Buffer,
    /// The colours.
    pub palette: Palette,
    /// Nothing is written outside of this.
    pub area: Rect,
    /// What was drawn that can be clicked.
    pub spots: &'a mut Spots,
}

/// How many columns a text takes.
pub fn width(text: &str) -> u16 {
    Span::raw(text).width() as u16
}

impl Pen<'_> {
    /// The same pen on a smaller part.
    pub fn within(&mut self, area: Rect) -> Pen<'_> {
        let area = area.intersection(self.area);
        Pen { buffer: self.buffer, palette: self.palette, area, spots: self.spots }
    }

    /// What was just drawn here asks for this when it is clicked.
    pub fn hot(&mut self, area: Rect, control: Control) {
        self.spots.add(area.intersection(self.area), control);
    }

    /// Writes from `x` to the right; returns the column after the text.
    pub fn text(&mut self, x: u16, y: u16, text: &str, style: Style) -> u16 {
        self.text_within(x, y, text, self.area.right().saturating_sub(x), style)
    }

    /// The same within so many columns; a text that is longer ends in an ellipsis.
    pub fn text_within(&mut self, x: u16, y: u16, text: &str, most: u16, style: Style) -> u16 {
        let area = self.area;
        if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() {
            return x;
        }
        let most = most.min(area.right() - x);
        if most == 0 {
            return x;
        }
        let needed = width(text);
        // A style adds to what a cell has; what is written here replaces it.
        for column in x..x + needed.min(most) {
            self.buffer[(column, y)].reset();
        }
        if needed <= most {
            return self.buffer.set_stringn(x, y, text, most.into(), style).0;
        }
        let (x, _) = self.buffer.set_stringn(x, y, text, usize::from(most - 1), style);
        self.buffer.set_stringn(x, y, "…", 1, style).0
    }

    /// Writes so that the text ends before `right`; returns its first column.
    pub fn text_right(&mut self, right: u16, y: u16, text: &str, style: Style) -> u16 {
        let x = right.saturating_sub(width(text)).max(self.area.left());
        self.text_within(x, y, text, right.saturating_sub(x), style);
        x
    }

    /// One character.
    pub fn put(&mut self, x: u16, y: u16, glyph: char, style: Style) {
        let mut bytes = [0; 4];
        self.text(x, y, glyph.encode_utf8(&mut bytes), style);
    }

    /// A run of one character.
    pub fn line(&mut self, from: u16, to: u16, y: u16, glyph: char, style: Style) {
        for x in from..to {
            self.put(x, y, glyph, style);
        }
    }

    /// A thin rule over the whole width, one column short of the edges.
    pub fn rule(&mut self, y: u16) {
        let (from, to) = (self.area.left() + 1, self.area.right().saturating_sub(1));
        self.line(from, to, y, '─', self.palette.quiet());
    }

    /// A message: its shape, its number, its marks. Returns the column after it.
    pub fn token(&mut self, x: u16, y: u16, token: &Token, extra: Style) -> u16 {
        let style = self.palette.token(token).patch(extra);
        let mut bytes = [0; 4];
        let x = self.text(x, y, token.shape.glyph().encode_utf8(&mut bytes), style);
        let label = token.label();
        // The number of a message in order is text; its shape alone has the tone.
        let plain = matches!(token.tone, Tone::Quiet) || !token.marks().as_str().is_empty() || token.strong;
        let style = if plain { style } else { self.palette.ink().patch(extra) };
        self.text(x, y, &label, style)
    }

    /// Empties a part, so that something else can be written there.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.area);
        self.spots.cover(area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                self.buffer[(x, y)].reset();
            }
        }
    }

    /// Adds a style to what stands there already.
    pub fn restyle(&mut self, area: Rect, style: Style) {
        self.buffer.set_style(area.intersection(self.area), style);
    }
}

/// How many columns a message takes.
pub fn token_width(token: &Token) -> u16 {
    1 + width(&token.label())
}
