// SPDX-License-Identifier: MIT OR Apache-2.0
//! One line of a story.

use trace::Time;

use super::shorten::{Rank, Told};
use crate::verdict::StoryLine;

/// The most messages that one line names.
const MOST_NAMES: usize = 6;

/// A line with what it takes to choose among lines, and to join it with the one before.
pub(super) struct Line {
    pub at: Time,
    pub what: Said,
    /// The messages it is about, by key and place; none for what concerns everybody.
    pub about: Vec<(u32, u64)>,
    pub weight: Weight,
}

/// How much a line changes what comes after it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// News of a dead letter, which concerns all that stand behind it in its key.
    Gone,
    /// Faults, dead letters, emits and acks.
    Turns,
    /// A message is handed over, or its lease runs out.
    Routine,
    /// A message goes back.
    Back,
}

pub(super) enum Said {
    /// Something about several messages in a row: `it emits`, and their names.
    Together(&'static str, Vec<String>),
    Alone(String),
}

impl Line {
    /// How much the story needs it: what a breach is about comes first, and what turned its course.
    pub fn rank(&self, about: &[(u32, u64)]) -> Rank {
        let any = |near: &dyn Fn((u32, u64), (u32, u64)) -> bool| {
            self.about.iter().any(|own| about.iter().any(|other| near(*own, *other)))
        };
        let turns = matches!(self.weight, Weight::Turns | Weight::Gone);
        let gone = self.weight == Weight::Gone && any(&|a, b| a.0 == b.0);
        if self.about.is_empty() || gone || (turns && any(&|a, b| a == b)) {
            Rank::Decisive
        } else if self.weight == Weight::Routine && any(&|a, b| a == b) {
            Rank::Itself
        } else if turns && any(&|a, b| a.0 == b.0) {
            Rank::KeyTurns
        } else if any(&|a, b| a.0 == b.0 && a.1.abs_diff(b.1) <= 1) {
            Rank::Neighbour
        } else if any(&|a, b| a.0 == b.0) {
            Rank::SameKey
        } else if turns {
            Rank::OtherTurns
        } else {
            Rank::Other
        }
    }

    pub fn told(&self, about: &[(u32, u64)]) -> Told {
        let text = match &self.what {
            Said::Alone(text) => text.clone(),
            Said::Together(verb, names) => format!("{verb} {}", joined(names)),
        };
        Told { line: StoryLine { at: self.at.short(), text }, rank: self.rank(about) }
    }
}

/// `a`, `a and b`, `a, b and c`; of many the first and the last.
pub(super) fn joined(names: &[String]) -> String {
    match names {
        [first, second, .., last] if names.len() > MOST_NAMES => {
            format!("{first}, {second}, {} more and {last}", names.len() - 3)
        }
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
