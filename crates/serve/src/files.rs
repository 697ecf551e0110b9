// SPDX-License-Identifier: MIT OR Apache-2.0
//! The learner's files, with versions, so that a page and an editor that write at once lose nothing.

use std::fs;
use std::io::{ErrorKind, Read};
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use course::{Exercise, exercises};
use grader::Workspace;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::answer::MOST_BODY;

/// A file as it is on disk. One that is missing is an empty text: there is nothing in it that could be lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// What it holds.
    pub text: String,
    /// The name of exactly this text.
    pub version: String,
}

impl Kept {
    fn of(text: String) -> Kept {
        Kept { version: name_of(text.as_bytes()), text }
    }
}

/// The name of a text: its SHA-256.
pub fn name_of(text: &[u8]) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The version that is on disk, for whoever does not need the text.
pub fn version(workspace: &Workspace, exercise: &Exercise) -> Option<String> {
    match fs::read(workspace.file(exercise)) {
        Ok(bytes) => Some(name_of(&bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Some(name_of(b"")),
        Err(_) => None,
    }
}

/// The learner's file.
///
/// # Errors
/// It cannot be read, is no text, or is larger than any answer.
pub fn read(workspace: &Workspace, exercise: &Exercise) -> Result<Kept> {
    let path = workspace.file(exercise);
    let file = match fs::File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Kept::of(String::new())),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", exercise.file())),
    };
    let mut text = String::new();
    file.take(MOST_BODY as u64 + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("cannot read {}", exercise.file()))?;
    if text.len() > MOST_BODY {
        bail!("{} is larger than {} kB; no answer is", exercise.file(), MOST_BODY >> 10);
    }
    Ok(Kept::of(text))
}

/// What became of a text that was to be written.
#[derive(Debug, PartialEq, Eq)]
pub enum Written {
    /// It is on disk, under this version.
    Done(String),
    /// The file is not what the writer believes, and stays as it is: this.
    Changed(Kept),
}

/// Writes the learner's file if it is still of this version. `one` lets one request at a time do so: looking and writing are
/// two steps.
///
/// # Errors
/// As [`read`]; or it cannot be written, and is as before then.
pub fn write(
    workspace: &Workspace,
    exercise: &Exercise,
    text: &str,
    version: &str,
    one: &Mutex<()>,
) -> Result<Written> {
    let _one = one.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let now = read(workspace, exercise)?;
    if now.text == text {
        return Ok(Written::Done(now.version));
    }
    if now.version != version {
        return Ok(Written::Changed(now));
    }
    let path = workspace.file(exercise);
    // Who keeps the file elsewhere and has a link here keeps the link.
    let path = fs::canonicalize(&path).unwrap_or(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    grader::replace(&path, text)?;
    Ok(Written::Done(name_of(text.as_bytes())))
}

/// Removes what a server that was killed while it wrote left beside the files: `<file>.<process>.new`.
pub fn tidy(workspace: &Workspace) {
    for exercise in exercises() {
        let path = workspace.file(exercise);
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { continue };
        let begin = format!("{}.", name.to_string_lossy());
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let other = entry.file_name();
            let process = other.to_str().and_then(|name| name.strip_prefix(&begin)?.strip_suffix(".new"));
            if process.is_some_and(|process| process.parse::<u32>().is_ok()) {
                // In the way of nobody where it cannot be removed.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}
