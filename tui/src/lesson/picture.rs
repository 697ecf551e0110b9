// SPDX-License-Identifier: MIT OR Apache-2.0
//! A chapter on the screen.

use course::Progress;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Lesson, Part, layout};
use crate::background::Known;
use crate::chrome;
use crate::control::{Control, LESSON};
use crate::figure;
use crate::markdown::{Face, Row, row_width};
use crate::pen::Pen;
use crate::spots::Spots;

impl Lesson {
    /// Paints the screen.
    pub fn draw(&mut self, pen: &mut Pen<'_>, known: &mut Known, progress: &Progress) {
        let inner = chrome::inner(pen.area);
        self.rows = inner.height.into();
        self.lay_out(inner.width, known, progress);
        self.reach_goal();
        self.reveal_what_grew();
        self.scroll = self.scroll.min(self.laid.lines.len().saturating_sub(self.rows));
        self.jumped &= self.scroll > self.seen;
        if !self.jumped {
            self.seen = self.seen.max(self.scroll + self.rows);
        }
        self.wake_figures();
        let all = self.laid.lines.len();
        let place = match all <= self.rows {
            true => String::new(),
            false => format!("{} %", (self.scroll + self.rows).min(all) * 100 / all),
        };
        let playing = self.moves();
        chrome::head(pen, &self.title, &place);
        chrome::foot(pen, LESSON, playing);
        let current = self.current();
        let mut pen = pen.within(inner);
        let y_of = |line: usize| inner.y + (line - self.scroll) as u16;
        let seen = self.scroll..self.scroll + self.rows;
        for (n, stop) in self.laid.stops.iter().enumerate().filter(|(_, stop)| self.is_seen(stop)) {
            let lines = stop.line.max(seen.start)..(stop.line + stop.height).min(seen.end);
            let area = Rect { y: y_of(lines.start), height: lines.len() as u16, ..inner };
            // A link is no wider than its words.
            if stop.link.is_none() {
                pen.hot(area, Control::Pick(n as u16));
            }
        }
        for (line, y) in self.laid.lines.iter().skip(self.scroll).zip(inner.top()..inner.bottom()) {
            draw_row(&mut pen, line.indent, y, &line.row);
        }
        for (part, option, lines) in &self.laid.options {
            let stop = self.laid.stops.iter().position(|stop| stop.part == *part && stop.link.is_none());
            let open = stop.filter(|_| !self.bets.contains_key(part));
            for line in lines.clone().filter(|line| seen.contains(line)) {
                if let Some(stop) = open {
                    let area = Rect { y: y_of(line), height: 1, ..inner };
                    pen.hot(area, Control::Choose(stop as u16, *option));
                }
            }
        }
        for (line, x, width) in self.laid.marks.iter().filter(|(line, ..)| seen.contains(line)) {
            let here = self.found == Some(*line);
            let style = if here { pen.palette.selected() } else { pen.palette.found() };
            pen.restyle(Rect { x: *x, y: y_of(*line), width: *width, height: 1 }, style);
        }
        for (n, stop) in self.laid.stops.iter().enumerate() {
            if self.is_seen(stop) {
                self.draw_stop(&mut pen, n, inner, current == Some(n));
            }
        }
    }

    /// The marked title, and the live part of a figure.
    fn draw_stop(&self, pen: &mut Pen<'_>, n: usize, inner: Rect, current: bool) {
        let stop = &self.laid.stops[n];
        let y_of = |line: usize| {
            line.checked_sub(self.scroll).map(|row| inner.y + row as u16).filter(|y| *y < inner.bottom())
        };
        if let Some(y) = y_of(stop.line).filter(|_| current) {
            let line = &self.laid.lines[stop.line];
            let before = |face: &Face| stop.link.is_some_and(|link| *face != Face::Link(link as u16));
            let skipped = line.row.iter().position(|(_, face)| !before(face)).unwrap_or(0);
            // The title or the link alone: what stands behind it says what can be done.
            let x = line.indent + row_width(&line.row[..skipped]) as u16;
            let marked = |face: &Face| stop.link.is_some() && !before(face);
            let count = line.row[skipped..].iter().take_while(|(_, face)| marked(face)).count().max(1);
            let width = row_width(&line.row[skipped..skipped + count]) as u16;
            pen.restyle(Rect { x, y, width, height: 1 }, pen.palette.selected());
        }
        let Part::Figure { address, .. } = &self.text.parts[stop.part] else { return };
        if stop.link.is_some() {
            return;
        }
        let width = layout::figure_width(inner.width, layout::is_pair(address));
        let Some(run) = self.figures.get(&stop.part) else { return };
        let at = Rect { x: 0, y: 0, width, height: stop.height as u16 - 2 };
        let left = inner.x + (inner.width - at.width) / 2;
        let (mut apart, mut spots) = (Buffer::empty(at), Spots::default());
        let mut whole = Pen { buffer: &mut apart, palette: pen.palette, area: at, spots: &mut spots };
        match run {
            Ok(runs) => figure::embedded_pair(&mut whole, runs, at),
            Err(sentence) => {
                whole.text(2, 0, sentence, pen.palette.tone(stage::Tone::Fault));
            }
        }
        for row in 0..at.height {
            let Some(y) = y_of(stop.line + 1 + usize::from(row)) else { continue };
            for x in 0..at.width {
                pen.buffer[(left + x, y)] = apart[(x, row)].clone();
            }
        }
        // Things are pointed at full screen; here only the timeline is there to be clicked.
        for (area, control) in spots.iter() {
            if let (Control::Seek(_, cell, of), Some(y)) =
                (control, y_of(stop.line + 1 + usize::from(area.y)))
            {
                pen.hot(Rect { x: left + area.x, y, ..area }, Control::Seek(n as u16, cell, of));
            }
        }
    }
}

/// Writes a line of text.
pub fn draw_row(pen: &mut Pen<'_>, x: u16, y: u16, row: &Row) {
    let mut x = x;
    for (text, face) in row {
        let (from, style) = (x, face.style(pen.palette));
        x = pen.text(x, y, text, style);
        if let Face::Link(link) = face {
            pen.hot(Rect { x: from, y, width: x - from, height: 1 }, Control::Follow(*link));
        }
    }
}
