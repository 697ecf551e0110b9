// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the learner stands.

use anyhow::Result;
use course::{Exercise, exercises};
use kit::verdict::Outcome;

use crate::{Workspace, journal};

/// An exercise, and where the learner stands with it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The exercise.
    pub exercise: &'static Exercise,
    /// How far the learner got.
    pub standing: Standing,
    /// How often it was checked.
    pub attempts: u64,
    /// What the last check said.
    pub last: Option<Last>,
}

/// What the last check said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// The outcome.
    pub outcome: Outcome,
    /// The promise that broke, if one did.
    pub promise: Option<String>,
}

/// How far the learner got with an exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Never checked.
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

/// All exercises, in the order of the course.
///
/// # Errors
/// When the journal cannot be read.
pub fn list(workspace: &Workspace) -> Result<Vec<Listed>> {
    exercises().iter().map(|exercise| standing(workspace, exercise)).collect()
}

fn standing(workspace: &Workspace, exercise: &'static Exercise) -> Result<Listed> {
    let record = journal::record(workspace, exercise.name)?;
    let standing = match (record.attempts, record.passes) {
        (0, _) => Standing::Untouched,
        (_, 0) => Standing::Tried,
        _ => Standing::Passed,
    };
    let last = record.last.map(|(outcome, promise)| Last { outcome, promise });
    Ok(Listed { exercise, standing, attempts: record.attempts, last })
}
