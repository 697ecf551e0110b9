// SPDX-License-Identifier: MIT OR Apache-2.0
//! The contents: the whole outline in one column, and how far one is.

use course::{Chapter, Part, Progress};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::chrome;
use crate::control::{CONTENTS, Control};
use crate::figure::{self, progress as bar};
use crate::pen::{Pen, width};
use crate::run::Run;
use crate::text::wrap;
use crate::turn::{Door, Turn};

/// Rows at the bottom that say what the selected row is about.
const DETAIL: u16 = 5;
/// Rows of a still.
const STILL: u16 = 17;
/// Columns of a progress bar.
const BAR: u16 = 5;
/// From this width on it stands beside the list instead.
const WIDE: u16 = 160;
/// Columns of its text there at most.
const MOST_TEXT: usize = 72;
/// From this width on there is room for what the course is about.
const TAGLINE: u16 = 90;
/// Columns of the whole list at most.
const MOST: u16 = 100;

/// A row of the list.
#[derive(Clone, Copy)]
enum Row {
    /// To go on where one left off.
    Continue,
    /// An empty row, between parts.
    Gap,
    /// A part's title.
    Part(&'static str),
    /// A chapter and its number, if it makes a claim.
    Chapter(Option<usize>, &'static Chapter),
    /// An exercise of the chapter above it.
    Exercise(&'static course::Exercise),
}

/// The screen.
pub struct Contents {
    rows: Vec<Row>,
    /// A row that can be selected.
    selected: usize,
    /// The first row that is seen.
    scroll: usize,
    /// Rows of the list that are seen.
    height: usize,
    /// The first figure of the chapter that was selected last, if it has one.
    still: Option<(&'static str, Option<Run>)>,
    /// Where one left off, in words.
    left_off: String,
}

impl Contents {
    /// The contents of an outline.
    pub fn new(outline: &'static [Part]) -> Contents {
        let mut rows = Vec::new();
        let mut number = 0;
        for part in outline {
            if !rows.is_empty() {
                rows.push(Row::Gap);
            }
            rows.push(Row::Part(part.title));
            for chapter in part.chapters {
                let claims = !chapter.claims.is_empty();
                number += usize::from(claims);
                rows.push(Row::Chapter(claims.then_some(number), chapter));
                let exercises = chapter.lesson.iter().flat_map(|lesson| lesson.exercises);
                rows.extend(exercises.filter_map(|name| course::find_exercise(name)).map(Row::Exercise));
            }
        }
        let mut contents =
            Contents { rows, selected: 0, scroll: 0, height: 1, still: None, left_off: String::new() };
        contents.selected = contents.nearest(0, true).unwrap_or(0);
        contents
    }

    /// The number of a chapter, if it has one.
    pub fn number(&self, slug: &str) -> Option<usize> {
        self.rows.iter().find_map(|row| match row {
            Row::Chapter(number, chapter) if chapter.slug == slug => *number,
            _ => None,
        })
    }

    /// Selects the first chapter with a lesson that is not finished.
    pub fn select_unfinished(&mut self, progress: &Progress) {
        let unfinished = |row: &Row| match row {
            Row::Chapter(_, chapter) => chapter
                .lesson
                .as_ref()
                .is_some_and(|lesson| progress.chapter(chapter.slug, lesson.exercises) < 100),
            _ => false,
        };
        self.selected = self.rows.iter().position(unfinished).unwrap_or(self.selected);
    }

    /// Says where the reader left off; with a row to go on from there, if that is to be selected.
    pub fn offer(&mut self, left_off: &str, select: bool) {
        left_off.clone_into(&mut self.left_off);
        if select && !matches!(self.rows.first(), Some(Row::Continue)) {
            self.rows.splice(0..0, [Row::Continue, Row::Gap]);
            self.selected = 0;
        }
    }

    /// Selects a chapter.
    pub fn select(&mut self, slug: &str) {
        let is = |row: &Row| matches!(row, Row::Chapter(_, chapter) if chapter.slug == slug);
        self.selected = self.rows.iter().position(is).unwrap_or(self.selected);
    }

    /// Does what the reader asks for.
    pub fn step(&mut self, control: Control) -> Turn {
        let page = self.height.saturating_sub(1).max(1);
        let last = self.rows.len().saturating_sub(1);
        let to = match control {
            Control::Up => self.selected.checked_sub(1).and_then(|from| self.nearest(from, false)),
            Control::Down => self.nearest(self.selected + 1, true),
            Control::PageUp => self.nearest(self.selected.saturating_sub(page), true),
            Control::PageDown => self.nearest((self.selected + page).min(last), false),
            Control::First => self.nearest(0, true),
            Control::Last => self.nearest(last, false),
            Control::Next => (self.selected + 1..=last).find(|n| self.is_live(*n)),
            Control::Previous => (0..self.selected).rev().find(|n| self.is_live(*n)),
            Control::Pick(row) if self.selected == usize::from(row) => return self.open(),
            Control::Pick(row) => self.nearest(row.into(), true),
            Control::Enter => return self.open(),
            Control::Field => return Turn::Open(Door::Field),
            Control::Back => return Turn::Say("This is the first screen; q leaves the course".to_owned()),
            _ => None,
        };
        let moved = to.is_some_and(|to| to != self.selected);
        self.selected = to.unwrap_or(self.selected);
        Turn::if_changed(moved)
    }

    /// The next row from here that can be selected.
    fn nearest(&self, from: usize, down: bool) -> Option<usize> {
        let fits = |n: &usize| self.can_be_selected(*n);
        if down { (from..self.rows.len()).find(fits) } else { (0..=from).rev().find(fits) }
    }

    fn can_be_selected(&self, row: usize) -> bool {
        matches!(self.rows.get(row), Some(Row::Continue | Row::Chapter(..) | Row::Exercise(_)))
    }

    fn is_live(&self, row: usize) -> bool {
        match self.rows[row] {
            Row::Chapter(_, chapter) => chapter.lesson.is_some(),
            Row::Continue | Row::Exercise(_) => true,
            Row::Gap | Row::Part(_) => false,
        }
    }

    fn open(&self) -> Turn {
        match self.rows.get(self.selected) {
            Some(Row::Chapter(_, chapter)) if chapter.lesson.is_some() => {
                Turn::Open(Door::Lesson(chapter.slug))
            }
            Some(Row::Chapter(..)) => Turn::Say("This chapter is not written yet".to_owned()),
            Some(Row::Exercise(exercise)) => Turn::Open(Door::Exercise(exercise.name)),
            Some(Row::Continue) => Turn::Open(Door::Bookmark),
            _ => Turn::Still,
        }
    }

    /// Paints the screen.
    pub fn draw(&mut self, pen: &mut Pen<'_>, progress: &Progress) {
        let area = pen.area;
        let inner = chrome::inner(area);
        let wide = inner.width >= WIDE;
        let (list, detail) = if wide {
            let list = Rect { width: MOST, ..inner };
            (list, Rect { x: MOST + 2, width: inner.width - MOST - 2, ..inner })
        } else {
            let list = Rect { height: inner.height - DETAIL, width: inner.width.min(MOST), ..inner };
            (list, Rect { y: list.bottom(), height: DETAIL, ..inner })
        };
        self.height = list.height.into();
        self.keep_in_view();
        let about = if area.width >= TAGLINE { "Distributed systems, seen happening" } else { "contents" };
        chrome::head(pen, about, &self.place(progress));
        chrome::foot(pen, CONTENTS, false);
        for (n, y) in (self.scroll..self.rows.len()).zip(list.top()..list.bottom()) {
            self.draw_row(&mut pen.within(list), n, y, progress);
            if self.can_be_selected(n) {
                pen.hot(Rect { y, height: 1, ..list }, Control::Pick(n as u16));
            }
        }
        if !wide {
            pen.rule(detail.y);
        }
        let below = self.draw_detail(&mut pen.within(detail), progress, wide);
        let room = Rect { y: below + 2, height: STILL, ..detail };
        if wide && room.bottom() <= detail.bottom() {
            self.draw_still(&mut pen.within(room));
        }
    }

    /// Scrolls as little as needed, with a row of what follows where there is one.
    fn keep_in_view(&mut self) {
        let (first, last) = (self.selected.saturating_sub(2), (self.selected + 2).min(self.rows.len()));
        let most = self.rows.len().saturating_sub(self.height);
        self.scroll = self.scroll.clamp(last.saturating_sub(self.height), first).min(most);
    }

    /// Where the selected row is, and what is left to do.
    fn place(&self, progress: &Progress) -> String {
        let number = |row: &Row| match row {
            Row::Chapter(number, _) => *number,
            _ => None,
        };
        let last = self.rows.iter().filter_map(number).max().unwrap_or(0);
        let here = self.rows.iter().take(self.selected + 1).filter_map(number).next_back();
        let place =
            here.map_or_else(|| format!("{last} chapters"), |here| format!("chapter {here} of {last}"));
        let all = self.rows.iter().filter_map(|row| match row {
            Row::Chapter(_, chapter) => Some(*chapter),
            _ => None,
        });
        match progress.minutes_left(all) {
            0 => [&place, " · all done"].concat(),
            minutes => format!("{place} · about {} left", duration(minutes)),
        }
    }

    fn draw_row(&self, pen: &mut Pen<'_>, n: usize, y: u16, progress: &Progress) {
        let area = pen.area;
        let selected = n == self.selected;
        match self.rows[n] {
            Row::Gap => {}
            Row::Continue => {
                let x = pen.text(area.x + 2, y, " Continue ", row_style(pen, selected, true));
                let room = area.right().saturating_sub(x + 3);
                pen.text_within(x + 1, y, &self.left_off, room, pen.palette.quiet());
            }
            Row::Part(title) => {
                pen.text(area.x + 2, y, title, pen.palette.strong());
            }
            Row::Chapter(number, chapter) => {
                let live = chapter.lesson.is_some();
                let style = row_style(pen, selected, live);
                let number = number.map_or(String::new(), |number| number.to_string());
                pen.text(area.x + 2, y, &format!(" {number:>3}  {} ", chapter.title), style);
                let right = area.right().saturating_sub(2);
                match &chapter.lesson {
                    None => {
                        pen.text_right(right, y, "not written yet", pen.palette.quiet());
                    }
                    Some(lesson) => draw_lesson(pen, y, right, chapter, lesson, progress),
                }
            }
            Row::Exercise(exercise) => {
                let style = row_style(pen, selected, true);
                let standing = progress.standing(exercise.name);
                let words = format!("      {} {} ", standing.dot(), exercise.name);
                let x = pen.text(area.x + 2, y, &words, style);
                let right = area.right().saturating_sub(2);
                let minutes = format!("{} min", exercise.minutes);
                let minutes_at = pen.text_right(right - BAR - 8, y, &minutes, pen.palette.quiet());
                // Without room for all of it, it stands below only, where the row is explained.
                if x + 2 + width(exercise.title) <= minutes_at {
                    pen.text(x + 1, y, exercise.title, pen.palette.quiet());
                }
                pen.text(right - BAR - 4, y, standing.word(), pen.palette.quiet());
            }
        }
    }

    /// What the selected row is called.
    fn title(&self) -> Option<&'static str> {
        match self.rows.get(self.selected)? {
            Row::Chapter(_, chapter) => Some(chapter.title),
            Row::Exercise(exercise) => Some(exercise.name),
            Row::Continue | Row::Gap | Row::Part(_) => None,
        }
    }

    /// The selected chapter's first figure at a moment in its middle.
    fn draw_still(&mut self, pen: &mut Pen<'_>) {
        let Some(Row::Chapter(_, chapter)) = self.rows.get(self.selected) else { return };
        let Some(address) = chapter.lesson.as_ref().and_then(|lesson| lesson.figure) else { return };
        if self.still.as_ref().is_none_or(|(slug, _)| *slug != chapter.slug) {
            let run = address.parse().ok().and_then(|address| Run::open(&address).ok());
            self.still = Some((chapter.slug, run));
        }
        if let Some((_, Some(run))) = &mut self.still {
            run.player.seek_fraction(0.5);
            figure::embedded(pen, run, pen.area);
        }
    }

    /// What the selected row is about. Returns the row below it.
    fn draw_detail(&self, pen: &mut Pen<'_>, progress: &Progress, titled: bool) -> u16 {
        let area = pen.area;
        let room =
            usize::from(area.width.saturating_sub(6)).min(if titled { MOST_TEXT } else { MOST.into() });
        let mut lines: Vec<(String, Style)> = Vec::new();
        let quiet = pen.palette.quiet();
        if let Some(title) = self.title().filter(|_| titled) {
            lines.extend([(title.to_owned(), pen.palette.strong()), (String::new(), quiet)]);
        }
        match self.rows.get(self.selected) {
            Some(Row::Chapter(_, chapter)) => {
                lines.extend(wrap(chapter.shows, room).into_iter().map(|line| (line, Style::new())));
                for claim in chapter.claims {
                    let claim = format!("{}  {}", claim.id, claim.sentence);
                    lines.extend(wrap(&claim, room).into_iter().map(|line| (line, quiet)));
                }
            }
            Some(Row::Exercise(exercise)) => {
                lines.push((exercise.title.to_owned(), Style::new()));
                let standing = progress.standing(exercise.name).word();
                lines.push((
                    format!("{standing} · {} points · {}", exercise.points(), exercise.file()),
                    quiet,
                ));
            }
            Some(Row::Continue) => {
                lines.push(("Go on where you left off:".to_owned(), Style::new()));
                lines.extend(wrap(&self.left_off, room).into_iter().map(|line| (line, quiet)));
            }
            _ => {}
        }
        let room = usize::from(area.height - 1);
        let cut = lines.len() > room;
        for (n, ((line, style), y)) in lines.iter().zip(area.y + 1..area.bottom()).enumerate() {
            let more = if cut && n + 1 == room { " …" } else { "" };
            pen.text(area.x + 3, y, &[line, more].concat(), *style);
        }
        area.y + 1 + lines.len().min(room) as u16
    }
}

/// `35 min`, `2 h 10 min`.
fn duration(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

fn row_style(pen: &Pen<'_>, selected: bool, live: bool) -> Style {
    let style = if live { pen.palette.ink() } else { pen.palette.quiet() };
    if selected { style.add_modifier(Modifier::REVERSED) } else { style }
}

/// Minutes, progress as a short bar, exercises as dots.
fn draw_lesson(
    pen: &mut Pen<'_>,
    y: u16,
    right: u16,
    chapter: &Chapter,
    lesson: &course::Lesson,
    progress: &Progress,
) {
    let done = progress.chapter(chapter.slug, lesson.exercises);
    let left = match progress.reading_left(chapter.slug, lesson) {
        0 => "read".to_owned(),
        left if left == lesson.minutes => format!("{left} min"),
        left => format!("{left} min left"),
    };
    pen.text_right(right - BAR - 8, y, &left, pen.palette.quiet());
    bar(pen, right - BAR - 4, y, BAR, f32::from(done) / 100.0);
    let dots: String = lesson.exercises.iter().map(|name| progress.standing(name).dot()).collect();
    pen.text(right - 2, y, &dots, pen.palette.ink());
}
