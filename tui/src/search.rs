// SPDX-License-Identifier: MIT OR Apache-2.0
//! Finding words in the whole course.

mod index;

use std::rc::Rc;

use ratatui::layout::Rect;
use ratatui::style::Style;

use index::{Entry, Goal, MOST};
pub use index::{Index, term_words};

use crate::chrome;
use crate::control::{Control, SEARCH};
use crate::pen::{Pen, width};
use crate::query::{self, Query};
use crate::runs::Runs;
use crate::text::wrap;
use crate::turn::{Door, Turn};

/// Rows at the bottom that show the whole of the selected result.
const DETAIL: u16 = 5;
/// Columns that say where a result stands.
const PLACE: u16 = 24;
/// Columns of the whole at most.
const WIDEST: u16 = 120;

/// The screen.
pub struct Search {
    index: Rc<Index>,
    typed: String,
    query: Query,
    found: Vec<usize>,
    /// How many there are, of which `found` has the first.
    all: usize,
    selected: usize,
    scroll: usize,
    rows: usize,
}

impl Search {
    /// A search for nothing yet.
    pub fn new(index: Rc<Index>) -> Search {
        Search {
            index,
            typed: String::new(),
            query: Query::default(),
            found: Vec::new(),
            all: 0,
            selected: 0,
            scroll: 0,
            rows: 1,
        }
    }

    /// Does what the reader asks for.
    pub fn step(&mut self, control: Control) -> Turn {
        let last = self.found.len().saturating_sub(1);
        let page = self.rows.saturating_sub(1).max(1);
        let to = match control {
            Control::Type(c) => {
                if self.typed.chars().count() == query::MOST {
                    return Turn::Say(format!("No more than {} characters", query::MOST));
                }
                self.typed.push(c);
                return self.look();
            }
            Control::Erase if self.typed.is_empty() => return Turn::Still,
            Control::Erase => {
                self.typed.pop();
                return self.look();
            }
            Control::Enter => return self.open(),
            Control::Pick(n) if usize::from(n) == self.selected => return self.open(),
            Control::Pick(n) => n.into(),
            Control::Up => self.selected.saturating_sub(1),
            Control::Down => self.selected + 1,
            Control::PageUp => self.selected.saturating_sub(page),
            Control::PageDown => self.selected + page,
            Control::Back => return Turn::Back,
            _ => return Turn::Still,
        };
        let to = to.min(last);
        let moved = to != self.selected;
        self.selected = to;
        Turn::if_changed(moved)
    }

    fn look(&mut self) -> Turn {
        self.query = Query::new(&self.typed);
        (self.found, self.all) = self.index.find(&self.query);
        (self.selected, self.scroll) = (0, 0);
        Turn::Redraw
    }

    fn entry(&self, row: usize) -> Option<&Entry> {
        self.index.entry(*self.found.get(row)?)
    }

    fn open(&self) -> Turn {
        let Some(entry) = self.entry(self.selected) else { return Turn::Still };
        match &entry.goal {
            Goal::Lesson(slug, place) => Turn::Open(Door::Found(slug, *place, self.query.clone())),
            Goal::Planned(slug) => Turn::Open(Door::Contents(slug)),
            Goal::Here => Turn::Say(entry.text.clone()),
            Goal::Exercise(name) => Turn::Open(Door::Exercise(name)),
            Goal::Run(address) => match Runs::open(address) {
                Ok(runs) => Turn::Open(Door::Figure(Box::new(runs), address.clone())),
                Err(sentence) => Turn::Say(sentence),
            },
        }
    }

    /// Paints the screen.
    pub fn draw(&mut self, pen: &mut Pen<'_>) {
        let inner = chrome::inner(pen.area);
        let area = Rect { width: inner.width.min(WIDEST), ..inner };
        chrome::head(pen, "search", &self.count());
        chrome::foot(pen, SEARCH, false);
        let x = pen.text(area.x + 3, area.y, "find  ", pen.palette.quiet());
        let x = pen.text(x, area.y, &self.typed, pen.palette.strong());
        pen.put(x, area.y, ' ', pen.palette.selected());
        pen.rule(area.y + 1);
        let list = Rect { y: area.y + 2, height: area.height - 2 - DETAIL, ..area };
        self.rows = list.height.into();
        self.scroll = self.scroll.clamp((self.selected + 1).saturating_sub(self.rows), self.selected);
        if self.found.is_empty() {
            self.draw_nothing(pen, list);
        }
        for (row, y) in (self.scroll..self.found.len()).zip(list.top()..list.bottom()) {
            self.draw_result(&mut pen.within(list), row, y);
        }
        pen.rule(list.bottom());
        let detail = Rect { y: list.bottom() + 1, height: DETAIL - 1, ..area };
        self.draw_whole(&mut pen.within(detail));
    }

    fn count(&self) -> String {
        match (self.found.len(), self.all) {
            (0, _) => String::new(),
            (_, all) if all > MOST => format!("{} of the best {MOST} of {all}", self.selected + 1),
            (_, all) => format!("{} of {all}", self.selected + 1),
        }
    }

    fn draw_nothing(&self, pen: &mut Pen<'_>, list: Rect) {
        let words = if self.query.is_empty() {
            "Chapters and what they claim, headings, paragraphs, questions of figures, terms, exercises, \
             scenarios, queue systems. Several words: all of them in one place."
        } else {
            "Nothing in the course has all of these words."
        };
        let room = usize::from(list.width.saturating_sub(6)).min(72);
        for (line, y) in wrap(words, room).iter().zip(list.top()..list.bottom()) {
            pen.text(list.x + 3, y, line, pen.palette.quiet());
        }
    }

    fn draw_result(&self, pen: &mut Pen<'_>, row: usize, y: u16) {
        let Some(entry) = self.entry(row) else { return };
        let area = pen.area;
        let selected = row == self.selected;
        let style = if selected { pen.palette.ink() } else { pen.palette.quiet() };
        pen.text_within(area.x + 3, y, &entry.place, PLACE - 2, style);
        let x = area.x + 3 + PLACE;
        let room = area.right().saturating_sub(x + 2);
        let text = snippet(&entry.text, &self.query, usize::from(room));
        let style = pen.palette.ink();
        marked(pen, x, y, &text, room, &self.query, style);
        if selected {
            pen.restyle(Rect { x: area.x + 2, y, width: PLACE, height: 1 }, pen.palette.selected());
        }
        pen.hot(Rect { y, height: 1, ..area }, Control::Pick(row as u16));
    }

    /// The selected result, as much of it as there is room for.
    fn draw_whole(&self, pen: &mut Pen<'_>) {
        let Some(entry) = self.entry(self.selected) else { return };
        let area = pen.area;
        let room = area.width.saturating_sub(6);
        let lines = wrap(&entry.text, room.into());
        let marks: Vec<bool> = lines.iter().map(|line| !self.query.marks(line).is_empty()).collect();
        let first = marks.iter().position(|marked| *marked).unwrap_or(0);
        let first = first.min(lines.len().saturating_sub(area.height.into()));
        for (line, y) in lines.iter().skip(first).zip(area.top()..area.bottom()) {
            marked(pen, area.x + 3, y, line, room, &self.query, pen.palette.ink());
        }
    }
}

/// Writes a text with the words that are looked for in it.
fn marked(pen: &mut Pen<'_>, x: u16, y: u16, text: &str, most: u16, query: &Query, style: Style) {
    pen.text_within(x, y, text, most, style);
    for (at, wide) in query.marks(text) {
        if at + wide <= most {
            pen.restyle(Rect { x: x + at, y, width: wide, height: 1 }, pen.palette.found());
        }
    }
}

/// A text from its beginning, or from shortly before the first word that is looked for if that would not be seen.
fn snippet(text: &str, query: &Query, room: usize) -> String {
    let seen = query.marks(text).first().is_none_or(|(at, wide)| usize::from(at + wide) < room);
    if seen {
        return text.to_owned();
    }
    let first = query.marks(text).first().map_or(0, |(at, _)| usize::from(*at));
    let mut column = 0;
    let from = text.split(' ').take_while(|word| {
        column += usize::from(width(word)) + 1;
        column + room / 3 <= first
    });
    let skipped: usize = from.map(|word| word.len() + 1).sum();
    ["… ", &text[skipped.min(text.len())..]].concat()
}
