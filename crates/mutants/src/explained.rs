// SPDX-License-Identifier: MIT OR Apache-2.0
//! Survivors that are right: mutants that do the same as the solution, or as well, each with its reason.
//!
//! They stand in `solutions/mutants/<exercise>.toml`, and are named by what stands in the source and not by line numbers,
//! which would change with every edit.

use std::fs;
use std::io::ErrorKind;

use anyhow::{Context, Result, bail};
use course::Exercise;
use grader::Workspace;
use serde::Deserialize;

use crate::operators::Mutant;

/// A survivor and why it is none of the exam's business.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explained {
    /// The source's line that the change begins in, without the blanks around it.
    pub line: String,
    /// What stands there.
    pub was: String,
    /// What stands there after the change.
    pub is: String,
    /// Why the exam is right to let it pass.
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    mutant: Vec<Explained>,
}

impl Explained {
    /// Whether this is about a mutant of a source.
    pub fn is_about(&self, mutant: &Mutant, source: &str) -> bool {
        let line = source.lines().nth(mutant.line - 1).map(str::trim);
        line == Some(self.line.as_str()) && mutant.was == self.was && mutant.is == self.is
    }
}

/// The explained survivors of an exercise's solution; none where there is no file.
///
/// # Errors
/// When the file cannot be read, is not as described above, or gives no reason for one of them.
pub fn explained(workspace: &Workspace, exercise: &Exercise) -> Result<Vec<Explained>> {
    let path = workspace.root().join(format!("solutions/mutants/{}.toml", exercise.name));
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.with_context(|| format!("cannot read {}", path.display()))?,
    };
    let file: File = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    if let Some(silent) = file.mutant.iter().find(|mutant| mutant.why.trim().is_empty()) {
        bail!("{}: `{}` on `{}` has no reason", path.display(), silent.is, silent.line);
    }
    Ok(file.mutant)
}
