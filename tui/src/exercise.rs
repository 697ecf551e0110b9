// SPDX-License-Identifier: MIT OR Apache-2.0
//! An exercise: what is asked, what the last check said, hints.

mod colours;
mod page;

use std::collections::BTreeMap;

use course::Progress;
use grader::watch::next_exercise;
use grader::{Hint, Stage, Verdict};
use ratatui::layout::Rect;

use crate::chrome;
use crate::control::{Control, EXERCISE};
use crate::lesson::draw_row;
use crate::markdown::Row;
use crate::pen::Pen;
use crate::turn::{Door, Effect, Turn};

/// From this width on the verdict stands beside the statement.
const WIDE: u16 = 120;
/// Columns of text at most.
const MOST_TEXT: u16 = 76;
/// Columns of a verdict at most: compilers write wide.
const MOST_VERDICT: u16 = 100;

/// What is known of the reader's answer to an exercise. It outlives the screen: a check goes on when one leaves it.
#[derive(Clone, Debug, Default)]
pub struct Graded {
    /// What is being done to the answer just now.
    pub stage: Option<Stage>,
    /// What the last check said.
    pub verdict: Option<Verdict>,
    /// Why the last check could not be made, where it could not.
    pub problem: Option<String>,
    /// The hints that were asked for since the last check.
    pub hints: Vec<Hint>,
}

/// What is known of all answers, by exercise.
pub type AllGraded = BTreeMap<&'static str, Graded>;

/// The screen.
pub struct ExerciseScreen {
    exercise: &'static course::Exercise,
    /// Rows above the first one that is seen.
    scroll: usize,
    /// How many there may be.
    most: usize,
    /// Rows that are seen.
    rows: usize,
    /// How many hints were shown in the last picture: a new one is scrolled to.
    hints: usize,
    /// Whether the reader was asked if the stub shall be put back.
    asked: bool,
}

impl ExerciseScreen {
    /// The screen of an exercise, from its beginning.
    pub fn new(exercise: &'static course::Exercise) -> ExerciseScreen {
        ExerciseScreen { exercise, scroll: 0, most: 0, rows: 1, hints: 0, asked: false }
    }

    /// The exercise's name.
    pub fn name(&self) -> &'static str {
        self.exercise.name
    }

    /// Does what the reader asks for.
    pub fn step(&mut self, control: Control, graded: Option<&Graded>, progress: &Progress) -> Turn {
        let page = self.rows.saturating_sub(2).max(1);
        let asked = std::mem::take(&mut self.asked);
        match control {
            Control::Reset if asked => Turn::Do(Effect::Reset(self.exercise.name)),
            Control::Reset => {
                self.asked = true;
                Turn::Say("x once more puts the file back to its beginning; yours is kept aside".to_owned())
            }
            Control::Next => match next_exercise(Some(self.exercise), progress) {
                Some(next) if next.name != self.exercise.name => Turn::Open(Door::Exercise(next.name)),
                Some(_) => Turn::Say("This is the only exercise left".to_owned()),
                None => Turn::Say("Every exercise is passed".to_owned()),
            },
            Control::Check if graded.is_some_and(|graded| graded.stage.is_some()) => {
                Turn::Say("Your file is being checked".to_owned())
            }
            Control::Check => self.check(),
            Control::Watch => match graded.and_then(|graded| graded.verdict.as_ref()) {
                Some(verdict) if verdict.trace_file.is_some() => Turn::Do(Effect::Watch(self.exercise.name)),
                Some(_) => Turn::Say("The last check found no run that breaks a promise".to_owned()),
                None => Turn::Say("There is nothing to watch before a check; c checks your file".to_owned()),
            },
            Control::Hint => Turn::Do(Effect::Hint(self.exercise.name)),
            Control::Edit => Turn::Do(Effect::Edit(self.exercise.name)),
            Control::Up => self.scroll_to(self.scroll.saturating_sub(1)),
            Control::Down => self.scroll_to(self.scroll + 1),
            Control::PageUp => self.scroll_to(self.scroll.saturating_sub(page)),
            Control::PageDown => self.scroll_to(self.scroll + page),
            Control::First => self.scroll_to(0),
            Control::Last => self.scroll_to(self.most),
            Control::Back => Turn::Back,
            _ => Turn::Still,
        }
    }

    /// Checks the file, whatever goes on; the verdict will stand at the top.
    pub fn check(&mut self) -> Turn {
        self.scroll = 0;
        Turn::Do(Effect::Check(self.exercise.name))
    }

    fn scroll_to(&mut self, row: usize) -> Turn {
        let row = row.min(self.most);
        let moved = row != self.scroll;
        self.scroll = row;
        Turn::if_changed(moved)
    }

    /// Paints the screen.
    pub fn draw(&mut self, pen: &mut Pen<'_>, graded: Option<&Graded>, standing: course::Standing) {
        let inner = chrome::inner(pen.area);
        let (left, right) = columns(inner);
        let (verdict, hint) = match graded {
            Some(graded) => page::verdict(graded, right.unwrap_or(left).width.into()),
            None if right.is_some() => (page::nothing_yet(), None),
            None => (Vec::new(), None),
        };
        let hints = graded.map_or(0, |graded| graded.hints.len());
        self.rows = inner.height.into();
        if let Some(row) = hint.filter(|_| hints > self.hints) {
            // Hints come last: as far as their end, but not past the beginning of the new one.
            self.scroll = self.scroll.max(verdict.len().saturating_sub(self.rows)).min(row);
        }
        self.hints = hints;
        let statement = page::statement(self.exercise, left.width.into());
        let columns: [(Rect, Vec<Row>); 2] = match right {
            Some(right) => [(left, statement), (right, verdict)],
            // What was just found comes first; what is asked was read before.
            None => [(left, joined(verdict, statement)), (Rect::ZERO, Vec::new())],
        };
        let longest = columns.iter().map(|(_, rows)| rows.len()).max().unwrap_or(0);
        self.most = longest.saturating_sub(self.rows);
        self.scroll = self.scroll.min(self.most);
        let place = match self.most {
            0 => String::new(),
            _ => format!(" · lines to {} of {longest}", (self.scroll + self.rows).min(longest)),
        };
        let head = ["Exercise · ", self.exercise.name].concat();
        chrome::head(pen, &head, &format!("{} {}{place}", standing.dot(), standing.word()));
        chrome::foot(pen, EXERCISE, false);
        for (column, rows) in &columns {
            let mut pen = pen.within(*column);
            // A column that ends above what is seen stays: only the longer one scrolls on.
            let skipped = self.scroll.min(rows.len().saturating_sub(self.rows));
            for (row, y) in rows.iter().skip(skipped).zip(column.top()..column.bottom()) {
                draw_row(&mut pen, column.x, y, row);
            }
        }
    }
}

/// Where the statement stands, and where the verdict, if it has a column of its own.
fn columns(inner: Rect) -> (Rect, Option<Rect>) {
    if inner.width < WIDE {
        let width = inner.width.saturating_sub(4).min(MOST_TEXT);
        return (Rect { x: inner.x + (inner.width - width) / 2, width, ..inner }, None);
    }
    let width = (inner.width / 2 - 4).min(MOST_TEXT);
    let left = Rect { x: inner.x + 2, width, ..inner };
    let x = left.right() + 4;
    (left, Some(Rect { x, width: (inner.right() - x - 2).min(MOST_VERDICT), ..inner }))
}

fn joined(mut first: Vec<Row>, second: Vec<Row>) -> Vec<Row> {
    if !first.is_empty() {
        first.extend([Row::new(), Row::new()]);
    }
    first.extend(second);
    first
}
