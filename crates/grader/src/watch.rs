// SPDX-License-Identifier: MIT OR Apache-2.0
//! The loop of `cargo course watch`: save, verdict, one key, and again.
//!
//! ```text
//!  file saved ─┐
//!  a key ──────┼──► Loop ──► what to do: check, stop, show, …
//!  a verdict ──┘
//! ```
//!
//! [`Loop`] knows neither clock nor terminal nor file; whoever has them tells it what happened and does what it says.

pub mod file;

use course::{Exercise, Progress, Standing, exercises};

use crate::{Stage, Verdict};
use file::Change;

/// What can be asked for, each with its key: the same as on the terminal application's screen of an exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The next exercise that is not passed.
    Next,
    /// A hint, one level further.
    Hint,
    /// Where the learner stands.
    List,
    /// Watch the run that broke a promise.
    Watch,
    /// Check again.
    Check,
    /// The stub again.
    Reset,
    /// Leave.
    Quit,
}

impl Wish {
    /// All, in the order of the footer.
    pub const ALL: [Wish; 7] =
        [Wish::Next, Wish::Hint, Wish::List, Wish::Watch, Wish::Check, Wish::Reset, Wish::Quit];

    /// The key that expresses it.
    pub const fn key(self) -> char {
        match self {
            Wish::Next => 'n',
            Wish::Hint => 'h',
            Wish::List => 'l',
            Wish::Watch => 'w',
            Wish::Check => 'c',
            Wish::Reset => 'x',
            Wish::Quit => 'q',
        }
    }

    /// Its word in a footer.
    pub const fn word(self) -> &'static str {
        match self {
            Wish::Next => "next",
            Wish::Hint => "hint",
            Wish::List => "list",
            Wish::Watch => "watch it",
            Wish::Check => "check",
            Wish::Reset => "reset",
            Wish::Quit => "quit",
        }
    }
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The learner's file changed.
    File(Change),
    /// A key was pressed.
    Key(char),
    /// The check with this number has come so far.
    Stage(u64, Stage),
    /// The check with this number is over: the verdict, or why there is none.
    Over(u64, Box<Result<Verdict, String>>),
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Do {
    /// Check the file of [`Loop::exercise`], under this number.
    Check(u64),
    /// End the check that goes on.
    Stop,
    /// Show how far the check is.
    ShowStage(Stage),
    /// Show a verdict.
    ShowVerdict(Box<Verdict>),
    /// Say something.
    Say(String),
    /// Show the next hint.
    Hint,
    /// Show where the learner stands.
    List,
    /// Show the run that broke a promise.
    Watch,
    /// Put the stub back.
    Reset,
    /// [`Loop::exercise`] is another one now: watch its file.
    Begin,
    /// Leave.
    Quit,
}

/// The state of the loop.
#[derive(Debug)]
pub struct Loop {
    exercise: &'static Exercise,
    /// The number of the last check that was begun.
    number: u64,
    checking: bool,
    /// Whether the next key answers whether to reset.
    asked: bool,
    verdict: Option<Verdict>,
}

impl Loop {
    /// At an exercise; the first thing to do is [`Loop::begin`].
    pub fn at(exercise: &'static Exercise) -> Loop {
        Loop { exercise, number: 0, checking: false, asked: false, verdict: None }
    }

    /// The exercise.
    pub fn exercise(&self) -> &'static Exercise {
        self.exercise
    }

    /// Whether a check goes on.
    pub fn is_checking(&self) -> bool {
        self.checking
    }

    /// Whether there is a run that broke a promise.
    pub fn can_watch(&self) -> bool {
        self.verdict.as_ref().is_some_and(|verdict| verdict.trace_file.is_some())
    }

    /// What to do first.
    pub fn begin(&mut self) -> Vec<Do> {
        vec![Do::Begin, self.check()]
    }

    /// What to do when this happens.
    pub fn hear(&mut self, event: Event, progress: &Progress) -> Vec<Do> {
        match event {
            Event::File(Change::Saved) => self.check_anew(),
            Event::File(Change::Gone) => {
                let mut all = self.stop();
                let file = self.exercise.file();
                all.push(Do::Say(format!("{file} is gone. Save it again, or press x to begin anew.")));
                all
            }
            Event::Key(key) => self.key(key, progress),
            Event::Stage(number, stage) if self.is_current(number) => vec![Do::ShowStage(stage)],
            Event::Over(number, result) if self.is_current(number) => {
                self.checking = false;
                match *result {
                    Ok(verdict) => {
                        self.verdict = Some(verdict.clone());
                        vec![Do::ShowVerdict(Box::new(verdict))]
                    }
                    Err(why) => vec![Do::Say(why)],
                }
            }
            // Of a check that was ended.
            Event::Stage(..) | Event::Over(..) => Vec::new(),
        }
    }

    fn is_current(&self, number: u64) -> bool {
        self.checking && number == self.number
    }

    fn check(&mut self) -> Do {
        self.number += 1;
        (self.checking, self.asked, self.verdict) = (true, false, None);
        Do::Check(self.number)
    }

    fn stop(&mut self) -> Vec<Do> {
        if std::mem::take(&mut self.checking) { vec![Do::Stop] } else { Vec::new() }
    }

    fn check_anew(&mut self) -> Vec<Do> {
        let mut all = self.stop();
        all.push(self.check());
        all
    }

    fn key(&mut self, key: char, progress: &Progress) -> Vec<Do> {
        let wish = Wish::ALL.into_iter().find(|wish| wish.key() == key.to_ascii_lowercase());
        let asked = std::mem::take(&mut self.asked);
        let say = |words: &str| vec![Do::Say(words.to_owned())];
        match wish {
            Some(Wish::Reset) if asked => {
                let mut all = self.stop();
                all.push(Do::Reset);
                all
            }
            _ if asked && wish != Some(Wish::Quit) => say("Your file stays as it is."),
            None => Vec::new(),
            Some(Wish::Quit) => {
                let mut all = self.stop();
                all.push(Do::Quit);
                all
            }
            Some(Wish::Reset) => {
                self.asked = true;
                let file = self.exercise.file();
                vec![Do::Say(format!("x once more puts {file} back to its beginning; yours is kept aside."))]
            }
            Some(Wish::Hint) => vec![Do::Hint],
            Some(Wish::List) => vec![Do::List],
            Some(Wish::Check) if self.checking => say("Your file is being checked."),
            Some(Wish::Check) => self.check_anew(),
            Some(Wish::Watch) if self.checking => say("Your file is being checked; wait for its verdict."),
            Some(Wish::Watch) if self.can_watch() => vec![Do::Watch],
            Some(Wish::Watch) => say("The last check left no run that could be watched."),
            Some(Wish::Next) => self.next(progress),
        }
    }

    fn next(&mut self, progress: &Progress) -> Vec<Do> {
        match next_exercise(Some(self.exercise), progress) {
            Some(next) if next.name != self.exercise.name => {
                let mut all = self.stop();
                self.exercise = next;
                all.extend(self.begin());
                all
            }
            Some(_) => vec![Do::Say("This is the only exercise left.".to_owned())],
            None => vec![Do::Say("Every exercise is passed.".to_owned())],
        }
    }
}

/// The first exercise that is not passed, behind this one or else from the beginning; none when all are.
pub fn next_exercise(after: Option<&Exercise>, progress: &Progress) -> Option<&'static Exercise> {
    let all = exercises();
    let place = after.and_then(|after| all.iter().position(|own| own.name == after.name));
    let (before, behind) = all.split_at(place.map_or(0, |place| place + 1));
    behind.iter().chain(before).find(|exercise| progress.standing(exercise.name) != Standing::Passed)
}

#[cfg(test)]
mod tests;
