// SPDX-License-Identifier: MIT OR Apache-2.0
//! The next hint: for the promise that broke last, one level further than the last one shown.

use anyhow::Result;
use course::Exercise;

use crate::Workspace;
use crate::journal::{self, Entry};

/// A hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The promise it is about; none before anything broke.
    pub promise: Option<String>,
    /// Its level, from 1.
    pub level: u8,
    /// How many levels there are.
    pub of: u8,
    /// What it says.
    pub text: String,
}

/// The next hint; the last level again once all were shown. Notes in the journal that it was.
///
/// # Errors
/// When the journal cannot be read or written.
pub fn hint(workspace: &Workspace, exercise: &Exercise) -> Result<Hint> {
    let record = journal::record(workspace, exercise.name)?;
    let promise = record.broken().map(str::to_owned);
    let hints = exercise.hints(promise.as_deref());
    let of = hints.len() as u8;
    let level = record.next_hint(promise.as_deref(), of);
    let entry = Entry::Hinted { exercise: exercise.name.to_owned(), promise: promise.clone(), level };
    journal::append(workspace, &entry)?;
    Ok(Hint { promise, level, of, text: hints[usize::from(level) - 1].to_owned() })
}
