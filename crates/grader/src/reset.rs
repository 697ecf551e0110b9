// SPDX-License-Identifier: MIT OR Apache-2.0
//! Puts an exercise's stub back.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use course::Exercise;

use crate::journal::{self, Entry};
use crate::{Workspace, replace};

/// Replaces the learner's file with the stub. The file as it was is kept; returns where, if there was one.
///
/// # Errors
/// When a file cannot be read or written; the learner's file is as before then.
pub fn reset(workspace: &Workspace, exercise: &Exercise) -> Result<Option<PathBuf>> {
    let file = workspace.file(exercise);
    let kept = match fs::read(&file) {
        Ok(old) => {
            let place = free_place(workspace, exercise)?;
            fs::write(&place, old).with_context(|| format!("cannot write {}", place.display()))?;
            Some(place)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    replace(&file, exercise.stub)?;
    journal::append(workspace, &Entry::Reset { exercise: exercise.name.to_owned() })?;
    Ok(kept)
}

/// The first name that is not taken.
fn free_place(workspace: &Workspace, exercise: &Exercise) -> Result<PathBuf> {
    for number in 1u32.. {
        let place = workspace.own(&format!("replaced/{}-{number}.rs", exercise.name))?;
        if !place.exists() {
            return Ok(place);
        }
    }
    unreachable!("there are more numbers than files")
}
