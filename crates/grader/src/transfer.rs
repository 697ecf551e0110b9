// SPDX-License-Identifier: MIT OR Apache-2.0
//! Progress as one file that goes from machine to machine, and to the page and back: `docs/progress-v1.schema.json`.
//!
//! What is taken in is added to what is here: the best of both, and nothing is lost. All of a file is read and found good
//! before anything is changed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use course::{Progress, Standing, exercises};
use serde::{Deserialize, Serialize};

use crate::journal::{self, Entry};
use crate::{Last, Workspace, replace};

/// The version that this build writes and reads.
const VERSION: u64 = 1;
/// No progress is larger, in bytes.
const MOST_BYTES: u64 = 8 << 20;

/// All of it. Fields may be added within version 1; readers pass over what they do not know.
#[derive(Debug, Serialize, Deserialize)]
struct Exported {
    /// Says what this is: its version.
    inflight_progress: u64,
    /// The version of the course that wrote it.
    #[serde(default)]
    course: String,
    #[serde(default)]
    exercises: BTreeMap<String, ExerciseState>,
    #[serde(default)]
    chapters: BTreeMap<String, ChapterState>,
    /// The learner's own files, where they were asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    files: BTreeMap<String, String>,
}

/// How far a learner got with an exercise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ExerciseState {
    /// `untouched`, `tried` or `passed`.
    pub standing: Word,
    /// How often it was checked.
    pub attempts: u32,
    /// How often it passed.
    pub passes: u32,
    /// Seeds that broke something, the latest first.
    pub seeds: Vec<String>,
    /// Hints that were shown: the promise that each was about, and the highest level.
    pub hints: Vec<(Option<String>, u8)>,
    /// What the last check said.
    pub last: Option<Last>,
}

/// A standing in a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Word {
    /// Never checked.
    #[default]
    Untouched,
    /// Checked, and never passed.
    Tried,
    /// Passed at least once.
    Passed,
}

/// How far a reader is with a chapter.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct ChapterState {
    /// How much of it was read, in per cent.
    read: u8,
    /// The option chosen, by the bet's name.
    bets: BTreeMap<String, String>,
}

/// What was taken in.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// What is better now than before, a sentence each.
    pub news: Vec<String>,
    /// Files that were not put into their places, because yours are different: where they lie now.
    pub beside: Vec<String>,
}

impl From<Standing> for Word {
    fn from(standing: Standing) -> Word {
        match standing {
            Standing::Untouched => Word::Untouched,
            Standing::Tried => Word::Tried,
            Standing::Passed => Word::Passed,
        }
    }
}

impl Word {
    const fn said(self) -> &'static str {
        match self {
            Word::Untouched => "untouched",
            Word::Tried => "tried",
            Word::Passed => "passed",
        }
    }
}

/// Progress as JSON, with the learner's files if they are wanted; ends with a newline.
///
/// # Errors
/// When the journal or a file cannot be read.
pub fn export(workspace: &Workspace, with_files: bool) -> Result<String> {
    let Progress { read, bets, .. } = journal::progress(workspace)?;
    let mut chapters: BTreeMap<String, ChapterState> = BTreeMap::new();
    for (chapter, read) in read {
        chapters.entry(chapter).or_default().read = read;
    }
    for ((chapter, bet), option) in bets {
        chapters.entry(chapter).or_default().bets.insert(bet, option);
    }
    let mut files = BTreeMap::new();
    for exercise in exercises().iter().filter(|_| with_files) {
        let place = workspace.file(exercise);
        let text = fs::read_to_string(&place).with_context(|| format!("cannot read {}", place.display()))?;
        if text != exercise.stub {
            files.insert(exercise.name.to_owned(), text);
        }
    }
    let exported = Exported {
        inflight_progress: VERSION,
        course: env!("CARGO_PKG_VERSION").to_owned(),
        exercises: journal::states(workspace)?,
        chapters,
        files,
    };
    Ok(serde_json::to_string_pretty(&exported)? + "\n")
}

/// Adds a file of progress to what is here. Nothing is changed when it cannot be read.
///
/// # Errors
/// A sentence: it is no progress, of another version, damaged, or something cannot be written.
pub fn import(workspace: &Workspace, file: &Path) -> Result<Imported> {
    let about = || format!("nothing was changed: {} cannot be taken in", file.display());
    let text = read(file).with_context(about)?;
    import_text(workspace, &text).with_context(about)
}

/// Adds progress as it is exported to what is here. Nothing is changed when it cannot be read.
///
/// # Errors
/// As [`import`].
pub fn import_text(workspace: &Workspace, text: &str) -> Result<Imported> {
    let exported = parsed(text)?;
    let mut imported = Imported::default();
    let entries = entries(workspace, &exported, &mut imported)?;
    let files = files(workspace, &exported)?;
    journal::append_all(workspace, &entries)?;
    for (name, text, place) in files {
        let place = match place {
            Place::Own(exercise) => {
                imported.news.push(format!("{} is the one of the file", exercise.file()));
                workspace.file(exercise)
            }
            Place::Beside => {
                let place = workspace.own(&format!("imported/{name}-{:08x}.rs", short_sum(text)))?;
                imported.beside.push(workspace.short(&place).display().to_string());
                place
            }
        };
        replace(&place, text)?;
    }
    Ok(imported)
}

fn read(file: &Path) -> Result<String> {
    let mut text = String::new();
    let opened = File::open(file).context("cannot be opened")?;
    opened.take(MOST_BYTES + 1).read_to_string(&mut text).context("it is no text")?;
    if text.len() as u64 > MOST_BYTES {
        bail!("it is larger than {MOST_BYTES} bytes");
    }
    Ok(text)
}

fn parsed(text: &str) -> Result<Exported> {
    #[derive(Deserialize)]
    struct Version {
        inflight_progress: Option<u64>,
    }
    // The version first, alone: newer progress may have fields that this build cannot read.
    let version: Version = serde_json::from_str(text).context("it is damaged, or no JSON")?;
    match version.inflight_progress {
        Some(VERSION) => {}
        Some(other) => bail!("it has version {other}; this program reads version {VERSION}"),
        None => bail!("it is no progress of this course: it has no field `inflight_progress`"),
    }
    let exported: Exported = serde_json::from_str(text).context("it is damaged")?;
    check(&exported)?;
    Ok(exported)
}

/// What no program of ours writes is damage.
fn check(exported: &Exported) -> Result<()> {
    for (name, chapter) in &exported.chapters {
        if chapter.read > 100 {
            bail!("it is damaged: {} % of the chapter {name} were read", chapter.read);
        }
    }
    for (name, state) in &exported.exercises {
        if let Some(seed) = state.seeds.iter().find(|seed| seed.parse::<u64>().is_err()) {
            bail!("it is damaged: `{seed}`, a seed of {name}, is no number");
        }
        if state.passes > state.attempts {
            bail!("it is damaged: {name} was passed more often than it was checked");
        }
    }
    for (name, text) in &exported.files {
        if course::find_exercise(name).is_none() {
            bail!("it holds a file for `{name}`, and there is no such exercise");
        }
        if text.len() as u64 > crate::grade::MOST_BYTES {
            bail!("its file for {name} is larger than {} bytes", crate::grade::MOST_BYTES);
        }
    }
    Ok(())
}

/// What the journal does not know yet.
fn entries(workspace: &Workspace, exported: &Exported, imported: &mut Imported) -> Result<Vec<Entry>> {
    let (states, known) = (journal::states(workspace)?, journal::progress(workspace)?);
    let mut entries = Vec::new();
    for (exercise, theirs) in &exported.exercises {
        let ours = states.get(exercise).cloned().unwrap_or_default();
        let theirs = theirs.clone().consistent();
        let best = ours.clone().best_of(&theirs);
        if best != ours {
            if best.standing != ours.standing {
                imported.news.push(format!("{exercise}: {}", best.standing.said()));
            }
            entries.push(Entry::Imported { exercise: exercise.clone(), state: theirs });
        }
    }
    for (chapter, theirs) in &exported.chapters {
        if theirs.read > known.read.get(chapter).copied().unwrap_or(0) {
            imported.news.push(format!("{chapter}: {} % read", theirs.read));
            entries.push(Entry::Read { chapter: chapter.clone(), percent: theirs.read });
        }
        for (bet, option) in &theirs.bets {
            let place = (chapter.clone(), bet.clone());
            // A bet that was settled stays as it was settled here.
            if !known.bets.contains_key(&place) {
                imported.news.push(format!("{chapter}: the bet {bet} is settled"));
                let (chapter, bet) = place;
                entries.push(Entry::Bet { chapter, bet, option: option.clone() });
            }
        }
    }
    Ok(entries)
}

/// Where a file goes.
enum Place {
    Own(&'static course::Exercise),
    Beside,
}

/// Files that differ from what is here. The learner's own are never written over: only a stub gives way.
fn files<'e>(workspace: &Workspace, exported: &'e Exported) -> Result<Vec<(&'e str, &'e str, Place)>> {
    let mut files: Vec<(&str, &str, Place)> = Vec::new();
    for (name, text) in &exported.files {
        let exercise = course::find_exercise(name).ok_or_else(|| anyhow!("there is no exercise `{name}`"))?;
        let place = match fs::read_to_string(workspace.file(exercise)) {
            Ok(own) if own == *text => continue,
            Ok(own) if own != exercise.stub => Place::Beside,
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot read {}", exercise.file()));
            }
            _ => Place::Own(exercise),
        };
        files.push((name, text, place));
    }
    Ok(files)
}

/// Tells files of one exercise apart.
fn short_sum(text: &str) -> u32 {
    trace::hash_bytes(text.as_bytes()) as u32
}

impl ExerciseState {
    /// A standing alone, as the page writes it, says how often at the least.
    fn consistent(mut self) -> ExerciseState {
        self.attempts = self.attempts.max(u32::from(self.standing != Word::Untouched));
        self.passes = self.passes.max(u32::from(self.standing == Word::Passed));
        self.attempts = self.attempts.max(self.passes);
        let numbers = self.seeds.iter().filter_map(|seed| seed.parse::<u64>().ok());
        self.seeds = numbers.map(|seed| seed.to_string()).collect();
        self
    }

    /// The best of two. Counts are the larger ones, so that a file that is taken in twice counts once.
    pub(crate) fn best_of(self, other: &ExerciseState) -> ExerciseState {
        let (attempts, passes) = (self.attempts.max(other.attempts), self.passes.max(other.passes));
        let mut seeds = self.seeds;
        seeds.extend(other.seeds.iter().filter(|seed| !seeds.contains(seed)).cloned().collect::<Vec<_>>());
        seeds.truncate(journal::KEPT_SEEDS);
        let mut hints = self.hints;
        for (promise, level) in &other.hints {
            match hints.iter_mut().find(|(about, _)| about == promise) {
                Some((_, most)) => *most = (*most).max(*level),
                None => hints.push((promise.clone(), *level)),
            }
        }
        let standing = journal::standing(attempts.into(), passes.into()).into();
        ExerciseState {
            standing,
            attempts,
            passes,
            seeds,
            hints,
            last: self.last.or_else(|| other.last.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
