// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the learner stands.

use anyhow::Result;
use course::{Exercise, Standing, exercises};
use kit::verdict::Outcome;
use serde::{Deserialize, Serialize};

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// The outcome.
    pub outcome: Outcome,
    /// The promise that broke, if one did.
    pub promise: Option<String>,
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
    let standing = record.standing();
    let last = record.last.map(|(outcome, promise)| Last { outcome, promise });
    Ok(Listed { exercise, standing, attempts: record.attempts, last })
}
