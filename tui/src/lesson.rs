// SPDX-License-Identifier: MIT OR Apache-2.0
//! A chapter: its text, with figures that play in it, questions and exercises.

mod laid;
mod layout;
mod parts;
mod picture;
mod way;

use std::collections::BTreeMap;

use course::{Chapter, Progress};
use serde::{Deserialize, Serialize};
use trace::Time;

use crate::background::Known;
use crate::control::Control;
use crate::figure;
use crate::query::Query;
use crate::runs::Runs;
use crate::settings::Motion;
use crate::turn::{Door, Turn};
use laid::{Block, Laid, Stop};
pub use parts::{Inline, Part, Text};
pub use picture::draw_row;

/// The screen.
pub struct Lesson {
    chapter: &'static Chapter,
    title: String,
    text: Text,
    /// The first line that is seen.
    scroll: usize,
    /// The stop that the reader went to, until it is scrolled away.
    marked: Option<usize>,
    /// Figures that were seen, by part.
    figures: BTreeMap<usize, Result<Runs, String>>,
    /// Answers that were given, by part.
    bets: BTreeMap<usize, usize>,
    laid: Laid,
    /// Rows of text on the screen.
    rows: usize,
    /// The last line that was seen, so far.
    seen: usize,
    /// A part that has grown, and is to be seen whole.
    reveal: Option<usize>,
    /// Where to go as soon as it is laid out.
    goal: Option<Place>,
    /// What is looked for.
    query: Query,
    /// The line of the match that the reader went to.
    found: Option<usize>,
    /// Whether the reader came here without reading what is above.
    jumped: bool,
}

/// A place in a chapter that does not depend on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Which part of the text: the stretches between its figures, questions, tables and exercises, and these.
    pub part: usize,
    /// Which paragraph, heading or item of it.
    pub block: usize,
    /// How many lines below the beginning of that.
    pub below: usize,
}

impl Lesson {
    /// A chapter from its beginning; `number` is its place in the course, where it has one.
    pub fn new(chapter: &'static Chapter, number: Option<usize>, markdown: &str) -> Lesson {
        let title = match number {
            Some(number) => format!("{number} {}", chapter.title),
            None => chapter.title.to_owned(),
        };
        Lesson {
            chapter,
            title,
            text: Text::read(chapter.slug, markdown),
            scroll: 0,
            marked: None,
            figures: BTreeMap::new(),
            bets: BTreeMap::new(),
            laid: Laid::default(),
            rows: 1,
            seen: 0,
            reveal: None,
            goal: None,
            query: Query::default(),
            found: None,
            jumped: false,
        }
    }

    /// Goes to a place when it is drawn next.
    pub fn go_to(&mut self, place: Place) {
        self.goal = Some(place);
    }

    /// Marks these words, and goes to where they stand in a block.
    pub fn look_for(&mut self, query: Query, place: Place) {
        self.goal = Some(place);
        self.laid.mark(&query);
        self.query = query;
        self.found = None;
        self.jumped = true;
    }

    /// The place of the first line that is seen.
    pub fn place(&self) -> Place {
        self.goal.or_else(|| self.place_of(self.scroll)).unwrap_or_default()
    }

    fn place_of(&self, line: usize) -> Option<Place> {
        let block = &self.laid.blocks[self.laid.block_at(line)?];
        Some(Place { part: block.part, block: block.block, below: line - block.line })
    }

    /// The chapter's name.
    pub fn slug(&self) -> &'static str {
        self.chapter.slug
    }

    /// How much of it was seen, in per cent.
    pub fn read(&self) -> u8 {
        let all = self.laid.lines.len().max(1);
        (self.seen.min(all) * 100 / all) as u8
    }

    /// Does what the reader asks for.
    pub fn step(&mut self, control: Control) -> Turn {
        let page = self.page();
        match control {
            Control::Up => self.scroll_to(self.scroll.saturating_sub(1)),
            Control::Down => self.scroll_to(self.scroll + 1),
            Control::PageUp => self.scroll_to(self.scroll.saturating_sub(page)),
            Control::PageDown => self.scroll_to(self.scroll + page),
            Control::First => self.scroll_to(0),
            Control::Last => self.scroll_to(usize::MAX),
            Control::Next | Control::Previous => self.go_to_stop(control == Control::Next),
            Control::Answer(option) => self.answer(option.into()),
            Control::Enter => self.open(),
            Control::Pick(stop) => self.pick(stop.into()),
            Control::Choose(stop, option) => {
                self.mark(stop.into());
                self.answer(option.into())
            }
            Control::Seek(stop, ..) => {
                self.mark(stop.into());
                self.play(control)
            }
            Control::NextMatch | Control::PreviousMatch => self.go_to_match(control == Control::NextMatch),
            Control::Follow(link) => self.follow(link.into()),
            Control::Back => Turn::Back,
            Control::StepForward | Control::StepBack
                if self.marked.is_some_and(|stop| self.is_cell(stop)) =>
            {
                self.go_to_cell(control == Control::StepForward)
            }
            _ => self.play(control),
        }
    }

    /// What works on the figure in view.
    fn play(&mut self, control: Control) -> Turn {
        match self.active().and_then(|part| self.figures.get_mut(&part)) {
            Some(Ok(runs)) if control == Control::Other => {
                let two = runs.second().is_some();
                runs.flip();
                Turn::if_changed(two)
            }
            Some(Ok(runs)) => {
                let changed = figure::play(&mut runs.lead.player, control);
                // Playing makes no run again: there is nothing that could be refused.
                Turn::if_changed(changed && runs.follow().is_ok())
            }
            // Where no figure is in view the space bar does what it does in every text.
            _ if control == Control::Play => self.scroll_to(self.scroll + self.page()),
            _ => Turn::Still,
        }
    }

    fn page(&self) -> usize {
        self.rows.saturating_sub(2).max(1)
    }

    fn scroll_to(&mut self, line: usize) -> Turn {
        let line = line.min(self.laid.lines.len().saturating_sub(self.rows));
        let moved = line != self.scroll;
        self.scroll = line;
        if self.marked.is_some_and(|stop| !self.in_view(&self.laid.stops[stop])) {
            self.marked = None;
        }
        Turn::if_changed(moved)
    }

    /// Whether any line of it is on the screen.
    fn is_seen(&self, stop: &Stop) -> bool {
        stop.line < self.scroll + self.rows && stop.line + stop.height > self.scroll
    }

    fn in_view(&self, stop: &Stop) -> bool {
        let (from, to) = (self.scroll, self.scroll + self.rows);
        let seen = (stop.line + stop.height).min(to).saturating_sub(stop.line.max(from));
        seen > 0 && (seen * 5 >= stop.height * 3 || seen >= self.rows)
    }

    /// The stop that keys act on: the marked one, else the first in view.
    fn current(&self) -> Option<usize> {
        let marked = self.marked.filter(|stop| *stop < self.laid.stops.len());
        marked.or_else(|| self.laid.stops.iter().position(|stop| stop.link.is_none() && self.in_view(stop)))
    }

    /// The part whose figure plays: the current stop's, else the first figure in view.
    fn active(&self) -> Option<usize> {
        let is_figure = |stop: &&Stop| matches!(self.text.parts[stop.part], Part::Figure { .. });
        let current = self.current().map(|stop| &self.laid.stops[stop]).filter(is_figure);
        let in_view = || self.laid.stops.iter().find(|stop| is_figure(stop) && self.in_view(stop));
        current.or_else(in_view).map(|stop| stop.part)
    }

    fn answer(&mut self, option: usize) -> Turn {
        // An open bet of which anything is seen takes the digits, the marked one first.
        let open = |stop: &&Stop| {
            stop.link.is_none()
                && matches!(self.text.parts[stop.part], Part::Bet(_))
                && !self.bets.contains_key(&stop.part)
        };
        let marked = self.marked.and_then(|stop| self.laid.stops.get(stop)).filter(open);
        let stop = marked.or_else(|| self.laid.stops.iter().find(|stop| open(stop) && self.is_seen(stop)));
        let Some((part, options)) = stop.map(|stop| (stop.part, stop.options)) else {
            return Turn::Say("No question is open here; tab goes to the next".to_owned());
        };
        if option >= options {
            return Turn::Say(format!("Answer with 1 to {options}"));
        }
        self.bets.insert(part, option);
        self.reveal = Some(part);
        self.laid = Laid { width: 0, ..std::mem::take(&mut self.laid) };
        Turn::Redraw
    }

    fn open(&mut self) -> Turn {
        let Some(stop) = self.current() else { return Turn::Still };
        if let Some(link) = self.laid.stops[stop].link {
            return self.follow(link);
        }
        let part = self.laid.stops[stop].part;
        match &self.text.parts[part] {
            Part::Exercise(name) => match course::find_exercise(name) {
                Some(exercise) => Turn::Open(Door::Exercise(exercise.name)),
                None => Turn::Still,
            },
            Part::Figure { .. } => match self.figures.get_mut(&part) {
                Some(Ok(runs)) => {
                    runs.lead.player.pause();
                    match runs.again() {
                        Some(again) => Turn::Open(Door::Figure(Box::new(again), self.title.clone())),
                        None => Turn::Still,
                    }
                }
                _ => Turn::Still,
            },
            Part::Bet(_) => Turn::Say("Answer with a digit".to_owned()),
            Part::Text(_) | Part::Table(_) => Turn::Still,
        }
    }

    /// Whether the figure in view plays.
    pub fn moves(&self) -> bool {
        let figure = self.active().and_then(|part| self.figures.get(&part));
        figure.is_some_and(|runs| runs.as_ref().is_ok_and(|runs| runs.lead.player.playing()))
    }

    /// Lets time pass for the figure in view. Whether the picture changed.
    pub fn tick(&mut self, wall: Time, motion: Motion) -> bool {
        let figure = self.active().and_then(|part| self.figures.get_mut(&part));
        figure.is_some_and(|runs| runs.as_mut().is_ok_and(|runs| runs.tick(wall, motion)))
    }

    fn lay_out(&mut self, width: u16, known: &mut Known, progress: &Progress) {
        if self.laid.width == width && self.laid.version == known.version() {
            return;
        }
        let (place, found) = (self.place(), self.found.map(|line| self.place_of(line)));
        let first = self.laid.lines.is_empty();
        self.laid = layout::lay_out(&self.text, width, known, progress, &self.bets);
        self.laid.mark(&self.query);
        let stops = self.laid.stops.len();
        self.marked = self.marked.filter(|stop| *stop < stops);
        // With other line breaks the same place in the text is elsewhere.
        if !first || self.goal.is_some() {
            self.scroll = self.line_of(place);
        }
        self.found = found.flatten().map(|place| self.line_of(place));
    }

    fn line_of(&self, place: Place) -> usize {
        let is = |block: &Block| (block.part, block.block) >= (place.part, place.block);
        match self.laid.blocks.iter().position(is) {
            Some(n) => {
                let lines = self.laid.lines_of(n);
                (lines.start + place.below).min(lines.end.saturating_sub(1))
            }
            None => 0,
        }
    }

    /// Goes to where the reader wanted to be, now that it is known where that is.
    fn reach_goal(&mut self) {
        let Some(goal) = self.goal.take() else { return };
        let line = self.line_of(goal);
        let block = self.laid.block_at(line).map_or(0..0, |block| self.laid.lines_of(block));
        match self.laid.marks.iter().find(|(line, ..)| block.contains(line)) {
            Some((line, ..)) => {
                let line = *line;
                self.found = Some(line);
                self.scroll_to(line.saturating_sub(self.rows / 3));
            }
            None => {
                self.scroll_to(line);
            }
        }
    }

    fn reveal_what_grew(&mut self) {
        let Some(part) = self.reveal.take() else { return };
        let Some(stop) = self.laid.stops.iter().find(|stop| stop.part == part && stop.link.is_none()) else {
            return;
        };
        // Its end, and as much before it as fits.
        let end = (stop.line + stop.height).saturating_sub(self.rows);
        self.scroll = self.scroll.max(end.min(stop.line));
    }

    /// Figures begin to play when they are seen for the first time.
    fn wake_figures(&mut self) {
        for stop in &self.laid.stops {
            let visible = self.is_seen(stop);
            if let (Part::Figure { address, .. }, true) = (&self.text.parts[stop.part], visible) {
                self.figures.entry(stop.part).or_insert_with(|| Runs::open(address));
            }
        }
        if let Some(Ok(runs)) = self.active().and_then(|part| self.figures.get_mut(&part)) {
            runs.lead.play_once();
        }
    }
}
