// SPDX-License-Identifier: MIT OR Apache-2.0
//! A chapter: its text, with figures that play in it, questions and exercises.

mod layout;
mod parts;

use std::collections::BTreeMap;

use course::{Chapter, Progress};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use trace::Time;

use crate::background::Known;
use crate::chrome;
use crate::control::{Control, LESSON};
use crate::figure;
use crate::markdown::Row;
use crate::palette::Palette;
use crate::pen::Pen;
use crate::run::Run;
use crate::turn::{Door, Turn};
use layout::{Laid, Stop};
use parts::{Part, Text};

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
    figures: BTreeMap<usize, Result<Run, String>>,
    /// Answers that were given, by part.
    bets: BTreeMap<usize, usize>,
    laid: Laid,
    /// Rows of text on the screen.
    rows: usize,
    /// The last line that was seen, so far.
    seen: usize,
    /// A part that has grown, and is to be seen whole.
    reveal: Option<usize>,
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
        }
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
        let page = self.rows.saturating_sub(2).max(1);
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
            Control::Click(_, y) => self.click(y),
            Control::Back => Turn::Back,
            _ => match self.active().and_then(|part| self.figures.get_mut(&part)) {
                Some(Ok(run)) => Turn::if_changed(figure::play(&mut run.player, control)),
                // Where no figure is in view the space bar does what it does in every text.
                _ if control == Control::Play => self.scroll_to(self.scroll + page),
                _ => Turn::Still,
            },
        }
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
        marked.or_else(|| self.laid.stops.iter().position(|stop| self.in_view(stop)))
    }

    /// The part whose figure plays: the current stop's, else the first figure in view.
    fn active(&self) -> Option<usize> {
        let is_figure = |stop: &&Stop| matches!(self.text.parts[stop.part], Part::Figure { .. });
        let current = self.current().map(|stop| &self.laid.stops[stop]).filter(is_figure);
        let in_view = || self.laid.stops.iter().find(|stop| is_figure(stop) && self.in_view(stop));
        current.or_else(in_view).map(|stop| stop.part)
    }

    fn go_to_stop(&mut self, forward: bool) -> Turn {
        let stops = &self.laid.stops;
        let next = match (self.marked, forward) {
            (Some(now), true) => Some(now + 1).filter(|next| *next < stops.len()),
            (Some(now), false) => now.checked_sub(1),
            (None, true) => stops.iter().position(|stop| stop.line >= self.scroll),
            (None, false) => stops.iter().rposition(|stop| stop.line < self.scroll),
        };
        let Some(next) = next else { return Turn::Still };
        let line = stops[next].line.saturating_sub(1);
        self.scroll_to(line);
        self.marked = Some(next);
        Turn::Redraw
    }

    fn answer(&mut self, option: usize) -> Turn {
        // An open bet of which anything is seen takes the digits, the marked one first.
        let open = |stop: &&Stop| {
            matches!(self.text.parts[stop.part], Part::Bet(_)) && !self.bets.contains_key(&stop.part)
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
        let part = self.laid.stops[stop].part;
        match &self.text.parts[part] {
            Part::Exercise(name) => match course::find_exercise(name) {
                Some(exercise) => Turn::Open(Door::Exercise(exercise.name)),
                None => Turn::Still,
            },
            Part::Figure { .. } => match self.figures.get_mut(&part) {
                Some(Ok(run)) => {
                    run.player.pause();
                    match run.again() {
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

    fn click(&mut self, y: u16) -> Turn {
        let line = self.scroll + usize::from(y.saturating_sub(2));
        let on = |stop: &Stop| (stop.line..stop.line + stop.height).contains(&line);
        let Some(stop) = self.laid.stops.iter().position(on) else { return Turn::Still };
        if self.marked == Some(stop) {
            return self.open();
        }
        self.marked = Some(stop);
        Turn::Redraw
    }

    /// Whether the figure in view plays.
    pub fn moves(&self) -> bool {
        let figure = self.active().and_then(|part| self.figures.get(&part));
        figure.is_some_and(|run| run.as_ref().is_ok_and(|run| run.player.playing()))
    }

    /// Lets time pass for the figure in view. Whether the picture changed.
    pub fn tick(&mut self, wall: Time) -> bool {
        let figure = self.active().and_then(|part| self.figures.get_mut(&part));
        figure.is_some_and(|run| run.as_mut().is_ok_and(|run| run.player.tick(wall)))
    }

    /// Paints the screen.
    pub fn draw(&mut self, frame: &mut Frame<'_>, palette: Palette, known: &mut Known, progress: &Progress) {
        let area = frame.area();
        let inner = chrome::inner(area);
        self.rows = inner.height.into();
        self.lay_out(inner.width, known, progress);
        self.reveal_what_grew();
        self.scroll = self.scroll.min(self.laid.lines.len().saturating_sub(self.rows));
        self.seen = self.seen.max(self.scroll + self.rows);
        self.wake_figures();
        let all = self.laid.lines.len();
        let place = match all <= self.rows {
            true => String::new(),
            false => format!("{} %", (self.scroll + self.rows).min(all) * 100 / all),
        };
        let playing = self.moves();
        let mut pen = Pen { buffer: frame.buffer_mut(), palette, area };
        chrome::head(&mut pen, &self.title, &place);
        chrome::foot(&mut pen, LESSON, playing);
        let current = self.current();
        let mut pen = pen.within(inner);
        for (line, y) in self.laid.lines.iter().skip(self.scroll).zip(inner.top()..inner.bottom()) {
            draw_row(&mut pen, line.indent, y, &line.row);
        }
        for (n, stop) in self.laid.stops.iter().enumerate() {
            if stop.line < self.scroll + self.rows && stop.line + stop.height > self.scroll {
                self.draw_stop(&mut pen, stop, inner, current == Some(n));
            }
        }
    }

    fn lay_out(&mut self, width: u16, known: &mut Known, progress: &Progress) {
        if self.laid.width == width && self.laid.version == known.version() {
            return;
        }
        let before = self.laid.lines.len();
        self.laid = layout::lay_out(&self.text, width, known, progress, &self.bets);
        let stops = self.laid.stops.len();
        self.marked = self.marked.filter(|stop| *stop < stops);
        // With other line breaks the same place in the text is elsewhere.
        if before > 0 && before != self.laid.lines.len() {
            self.scroll = self.scroll.min(self.laid.lines.len().saturating_sub(self.rows));
        }
    }

    fn reveal_what_grew(&mut self) {
        let Some(part) = self.reveal.take() else { return };
        let Some(stop) = self.laid.stops.iter().find(|stop| stop.part == part) else { return };
        // Its end, and as much before it as fits.
        let end = (stop.line + stop.height).saturating_sub(self.rows);
        self.scroll = self.scroll.max(end.min(stop.line));
    }

    /// Figures begin to play when they are seen for the first time.
    fn wake_figures(&mut self) {
        for stop in &self.laid.stops {
            let visible = self.is_seen(stop);
            if let (Part::Figure { address, .. }, true) = (&self.text.parts[stop.part], visible) {
                self.figures.entry(stop.part).or_insert_with(|| parts::open(address));
            }
        }
        if let Some(Ok(run)) = self.active().and_then(|part| self.figures.get_mut(&part)) {
            run.play_once();
        }
    }

    /// The marked title, and the live part of a figure.
    fn draw_stop(&self, pen: &mut Pen<'_>, stop: &Stop, inner: Rect, current: bool) {
        let y_of = |line: usize| {
            line.checked_sub(self.scroll).map(|row| inner.y + row as u16).filter(|y| *y < inner.bottom())
        };
        if let Some(y) = y_of(stop.line).filter(|_| current) {
            let line = &self.laid.lines[stop.line];
            // The title alone: what stands behind it says what can be done.
            let wide = crate::markdown::row_width(&line.row[..1]) as u16;
            pen.restyle(Rect { x: line.indent, y, width: wide, height: 1 }, pen.palette.selected());
        }
        let Part::Figure { .. } = &self.text.parts[stop.part] else { return };
        let Some(run) = self.figures.get(&stop.part) else { return };
        let at =
            Rect { x: 0, y: 0, width: layout::figure_width(inner.width), height: stop.height as u16 - 2 };
        let left = inner.x + (inner.width - at.width) / 2;
        let mut apart = Buffer::empty(at);
        let mut whole = Pen { buffer: &mut apart, palette: pen.palette, area: at };
        match run {
            Ok(run) => figure::embedded(&mut whole, &run.player, at),
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
    }
}

/// Writes a line of text.
pub fn draw_row(pen: &mut Pen<'_>, x: u16, y: u16, row: &Row) {
    let mut x = x;
    for (text, face) in row {
        let style = face.style(pen.palette);
        x = pen.text(x, y, text, style);
    }
}
