// SPDX-License-Identifier: MIT OR Apache-2.0
//! What learners handed in: a folder is looked through, and nothing outside of it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use course::{Exercise, find_exercise};
use sha2::{Digest, Sha256};

/// No answer is larger, in bytes; ours have a twentieth of it.
pub(crate) const MOST_BYTES: u64 = 256 << 10;
/// So many files and folders are looked at.
const MOST_ENTRIES: usize = 200_000;
/// So many folders may lie in each other.
const DEEPEST: usize = 16;
/// So many files that were passed over are named; the others are counted.
const MOST_NAMED: usize = 200;
/// Folders in which nobody's answers lie: what the course ships, what compilers leave.
const NOT_SEARCHED: [&str; 3] = ["solutions", "target", "node_modules"];

/// One learner's answer to one exercise.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Whose it is.
    pub learner: String,
    /// What it answers.
    pub exercise: &'static Exercise,
    /// The file, as reports name it: from the folder that was handed in.
    pub file: String,
    /// The same file, where it lies.
    pub(super) path: PathBuf,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
}

/// A file that is not graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The file, from the folder that was handed in.
    pub file: String,
    /// Why, in a sentence.
    pub why: String,
}

/// What lies in a folder.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// In order of learner and exercise; one for each.
    pub submissions: Vec<Submission>,
    /// What was passed over.
    pub skipped: Vec<Skipped>,
    /// And so many more, which are not named.
    pub more_skipped: usize,
}

/// A file that may be an answer.
struct Candidate {
    learner: String,
    exercise: &'static Exercise,
    /// Its place among several for one exercise: the smallest is taken.
    rank: (bool, usize, String),
    path: PathBuf,
}

/// Looks through the folder of a class. Each learner has a folder in it, with files named after exercises anywhere
/// below; or a file whose name begins with the learner's and ends with the exercise's.
///
/// # Errors
/// When the folder cannot be read, or is too large to be one of answers.
pub fn gather(folder: &Path) -> Result<Gathered> {
    let mut looking = Looking { folder, entries: 0, found: Vec::new(), gathered: Gathered::default() };
    looking.look(folder, 0)?;
    let Looking { mut found, mut gathered, .. } = looking;
    found.sort_by(|a, b| (&a.learner, a.exercise.name, &a.rank).cmp(&(&b.learner, b.exercise.name, &b.rank)));
    let mut taken: BTreeMap<(String, &str), String> = BTreeMap::new();
    for candidate in found {
        let (learner, exercise, file) = (candidate.learner, candidate.exercise, candidate.rank.2);
        if let Some(other) = taken.get(&(learner.clone(), exercise.name)) {
            let why = format!("{other} was taken for {}", exercise.name);
            gathered.skip(file, why);
            continue;
        }
        match hash(&candidate.path) {
            Ok(sha256) => {
                taken.insert((learner.clone(), exercise.name), file.clone());
                let path = candidate.path;
                gathered.submissions.push(Submission { learner, exercise, file, path, sha256 });
            }
            Err(why) => gathered.skip(file, why),
        }
    }
    Ok(gathered)
}

/// One file as somebody's answer, wherever it lies.
///
/// # Errors
/// A sentence: it cannot be read or is too large.
pub(super) fn submission(
    learner: &str,
    exercise: &'static Exercise,
    file: String,
    path: PathBuf,
) -> Result<Submission, String> {
    let sha256 = hash(&path)?;
    Ok(Submission { learner: learner.to_owned(), exercise, file, path, sha256 })
}

/// The bytes of an answer.
///
/// # Errors
/// A sentence: it cannot be read or is too large.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("is larger than {MOST_BYTES} bytes"));
    }
    Ok(bytes)
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(path: &Path) -> Result<String, String> {
    read(path).map(|bytes| sha256(&bytes))
}

impl Gathered {
    fn skip(&mut self, file: String, why: impl Into<String>) {
        if self.skipped.len() < MOST_NAMED {
            self.skipped.push(Skipped { file, why: why.into() });
        } else {
            self.more_skipped += 1;
        }
    }
}

struct Looking<'a> {
    folder: &'a Path,
    entries: usize,
    found: Vec<Candidate>,
    gathered: Gathered,
}

impl Looking<'_> {
    fn look(&mut self, folder: &Path, depth: usize) -> Result<()> {
        let cannot = || format!("cannot read {}", folder.display());
        let mut entries = fs::read_dir(folder)
            .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
            .with_context(cannot)?;
        // The same order everywhere.
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            self.entries += 1;
            if self.entries > MOST_ENTRIES {
                let place = self.folder.display();
                bail!("{place} holds more than {MOST_ENTRIES} files; is it the folder of a class?");
            }
            let kind = entry.file_type().with_context(cannot)?;
            let path = entry.path();
            let Some(file) = path.strip_prefix(self.folder).ok().and_then(slashed) else {
                self.gathered.skip(path.to_string_lossy().into_owned(), "its name is not Unicode");
                continue;
            };
            let name = file.rsplit('/').next().unwrap_or_default();
            if name.starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                if NOT_SEARCHED.contains(&name) && depth > 0 {
                    continue;
                }
                if depth == DEEPEST {
                    self.gathered.skip(file, format!("lies deeper than {DEEPEST} folders"));
                } else {
                    self.look(&path, depth + 1)?;
                }
            } else if kind.is_symlink() {
                self.gathered.skip(file, "is a link; links are not followed");
            } else if name.ends_with(".rs") {
                self.answer(file, path, kind.is_file());
            }
        }
        Ok(())
    }

    /// A file with the ending of an answer.
    fn answer(&mut self, file: String, path: PathBuf, ordinary: bool) {
        if !ordinary {
            return self.gathered.skip(file, "is no ordinary file");
        }
        match whose(&file) {
            Ok((learner, exercise)) => {
                let learner = learner.to_owned();
                // Whoever hands in the whole course hands in this file of it.
                let elsewhere = !file.ends_with(&exercise.file());
                let rank = (elsewhere, file.matches('/').count(), file);
                self.found.push(Candidate { learner, exercise, rank, path });
            }
            Err(why) => self.gathered.skip(file, why),
        }
    }
}

/// A path from the folder, with `/` between its parts.
fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

/// The learner and the exercise of a file, or why there is none.
fn whose(file: &str) -> Result<(&str, &'static Exercise), &'static str> {
    let (folders, name) = file.rsplit_once('/').unwrap_or(("", file));
    let stem = name.strip_suffix(".rs").unwrap_or(name);
    let learner = folders.split('/').next().unwrap_or_default();
    match find_exercise(stem) {
        Some(_) if learner.is_empty() => Err("lies in no learner's folder"),
        Some(exercise) => Ok((learner, exercise)),
        None if learner.is_empty() => named_after_both(stem).ok_or(NO_EXERCISE),
        None => Err(NO_EXERCISE),
    }
}

const NO_EXERCISE: &str = "no exercise has this name; `cargo course list` shows them";

/// `<learner>-<exercise>`, with one of a few signs between them.
fn named_after_both(stem: &str) -> Option<(&str, &'static Exercise)> {
    course::exercises().iter().find_map(|exercise| {
        let learner = stem.strip_suffix(exercise.name)?.strip_suffix(['-', '_', '.', ' '])?;
        (!learner.trim().is_empty()).then_some((learner, exercise))
    })
}

#[cfg(test)]
mod tests;
