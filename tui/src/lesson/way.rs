// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ways through a chapter: from stop to stop, from match to match, along its links.

use super::{Lesson, Part, laid};
use crate::runs::Runs;
use crate::search::term_words;
use crate::turn::{Door, Turn};

/// How the address of a term begins.
const GLOSSARY: &str = "glossary.md#";

impl Lesson {
    pub(super) fn go_to_stop(&mut self, forward: bool) -> Turn {
        let stops = &self.laid.stops;
        // A table's cells are one thing on the way from one to the next; the arrows go from cell to cell.
        let table = self.marked.filter(|stop| self.is_cell(*stop)).map(|stop| stops[stop].part);
        if let Some((now, part)) = self.marked.zip(table) {
            let beyond = |stop: &usize| stops[*stop].part != part;
            let next = if forward { (now..stops.len()).find(beyond) } else { (0..now).rfind(beyond) };
            return self.show_stop(next);
        }
        let next = match (self.marked, forward) {
            (Some(now), true) => Some(now + 1).filter(|next| *next < stops.len()),
            (Some(now), false) => now.checked_sub(1),
            (None, true) => stops.iter().position(|stop| stop.line >= self.scroll),
            (None, false) => stops.iter().rposition(|stop| stop.line < self.scroll),
        };
        self.show_stop(next)
    }

    /// Whether a stop is a cell of a table.
    pub(super) fn is_cell(&self, stop: usize) -> bool {
        self.laid.stops.get(stop).is_some_and(|stop| matches!(self.text.parts[stop.part], Part::Table(_)))
    }

    pub(super) fn show_stop(&mut self, next: Option<usize>) -> Turn {
        let Some((next, stop)) = next.and_then(|next| Some((next, self.laid.stops.get(next)?))) else {
            return Turn::Still;
        };
        let line = stop.line.saturating_sub(1);
        // A link is part of its paragraph: the text stays where it is if it can.
        if stop.link.is_none() || !self.in_view(stop) {
            self.scroll_to(line);
        }
        self.marked = Some(next);
        Turn::Redraw
    }

    /// To the cell after the marked one or before, in the same table.
    pub(super) fn go_to_cell(&mut self, forward: bool) -> Turn {
        let next = self.marked.and_then(|now| if forward { Some(now + 1) } else { now.checked_sub(1) });
        let part =
            |stop: Option<usize>| stop.and_then(|stop| self.laid.stops.get(stop)).map(|stop| stop.part);
        let same = part(next) == part(self.marked);
        self.show_stop(next.filter(|_| same))
    }

    /// To the next line with a word that is looked for, or the one before.
    pub(super) fn go_to_match(&mut self, forward: bool) -> Turn {
        if self.query.is_empty() {
            return Turn::Say("Nothing is looked for; / finds words in the whole course".to_owned());
        }
        let from = self.found.filter(|line| (self.scroll..self.scroll + self.rows).contains(line));
        let lines = || self.laid.marks.iter().map(|(line, ..)| *line);
        let next = match (from, forward) {
            (Some(from), true) => lines().find(|line| *line > from),
            (Some(from), false) => lines().rfind(|line| *line < from),
            (None, true) => lines().find(|line| *line >= self.scroll),
            (None, false) => lines().rfind(|line| *line < self.scroll + self.rows),
        };
        match next {
            Some(line) => {
                self.show_match(line);
                Turn::Redraw
            }
            None if forward => Turn::Say("This chapter has no further place with these words".to_owned()),
            None => Turn::Say("This chapter has no earlier place with these words".to_owned()),
        }
    }

    pub(super) fn show_match(&mut self, line: usize) {
        self.found = Some(line);
        if !(self.scroll + 1..self.scroll + self.rows.saturating_sub(1)).contains(&line) {
            self.scroll_to(line.saturating_sub(self.rows / 3));
        }
    }

    pub(super) fn follow(&self, link: usize) -> Turn {
        let Some(address) = self.laid.links.get(link) else { return Turn::Still };
        if address.contains("://") {
            return Turn::Copy(address.clone());
        }
        if let Some(address) = address.strip_prefix(laid::RUN) {
            return match Runs::open(address) {
                Ok(runs) => Turn::Open(Door::Figure(Box::new(runs), self.title.clone())),
                Err(sentence) => Turn::Say(sentence),
            };
        }
        let term = address.strip_prefix(GLOSSARY).and_then(course::find_term);
        if let Some(term) = term {
            return Turn::Say(term_words(term));
        }
        let slug = address.split(['#', '?']).next().unwrap_or_default().trim_end_matches(".md");
        match course::find_chapter(slug) {
            Some(chapter) => Turn::Open(Door::Lesson(chapter.slug)),
            None => Turn::Say(format!("The course has no chapter at {address}")),
        }
    }

    /// Marks a stop; opens one that is marked already.
    pub(super) fn pick(&mut self, stop: usize) -> Turn {
        if self.marked == Some(stop) {
            return self.open();
        }
        self.mark(stop);
        Turn::Redraw
    }

    pub(super) fn mark(&mut self, stop: usize) {
        self.marked = Some(stop).filter(|stop| *stop < self.laid.stops.len());
    }
}
