// SPDX-License-Identifier: MIT OR Apache-2.0
//! What progress means. Where it is kept is the grader's affair, and the page's.

use std::collections::BTreeMap;

/// How far a learner got with an exercise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Never checked.
    #[default]
    Untouched,
    /// Checked, and never passed.
    Tried,
    /// Passed at least once.
    Passed,
}

impl Standing {
    /// As lists show it.
    pub const fn dot(self) -> char {
        match self {
            Standing::Untouched => '○',
            Standing::Tried => '◐',
            Standing::Passed => '●',
        }
    }

    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Standing::Untouched => "untouched",
            Standing::Tried => "tried",
            Standing::Passed => "passed",
        }
    }
}

/// How far a learner is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// By exercise.
    pub standings: BTreeMap<String, Standing>,
    /// By chapter: how much of it was seen, in per cent.
    pub read: BTreeMap<String, u8>,
}

impl Progress {
    /// How far a learner got with an exercise.
    pub fn standing(&self, exercise: &str) -> Standing {
        self.standings.get(exercise).copied().unwrap_or_default()
    }

    /// How much of a chapter is done, in per cent: its text as one part, each of its exercises as another.
    pub fn chapter(&self, slug: &str, exercises: &[&str]) -> u8 {
        let read = u32::from(self.read.get(slug).copied().unwrap_or(0).min(100));
        let passed = exercises.iter().filter(|name| self.standing(name) == Standing::Passed).count() as u32;
        ((read + 100 * passed) / (1 + exercises.len() as u32)) as u8
    }

    /// Whether nothing was done yet.
    pub fn is_empty(&self) -> bool {
        self.read.is_empty() && self.standings.values().all(|standing| *standing == Standing::Untouched)
    }
}
