// SPDX-License-Identifier: MIT OR Apache-2.0
//! The learner's progress: one line for each thing that happened, in a file that is only ever appended to.
//!
//! What a crash leaves of a line is not an entry: it is passed over, and the next one begins on its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use course::{Progress, Standing, exercises};
use kit::verdict::{Outcome, Verdict};
use serde::{Deserialize, Serialize};

use crate::transfer::ExerciseState;
use crate::{Last, Workspace, lines};

const FILE: &str = "journal.jsonl";
/// So many seeds that broke something are tried first; older ones have had their time.
pub(crate) const KEPT_SEEDS: usize = 8;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(crate) enum Entry {
    /// An answer was checked.
    Checked {
        exercise: String,
        outcome: Outcome,
        promise: Option<String>,
        /// The seed whose run broke, as a string: other programs may read this file.
        seed: Option<String>,
        /// The fingerprint of the file that was checked.
        source: String,
        /// Seconds since 1970.
        at: u64,
    },
    /// A hint was shown.
    Hinted { exercise: String, promise: Option<String>, level: u8 },
    /// The stub was put back.
    Reset { exercise: String },
    /// More of a chapter was read than ever before.
    Read {
        /// The chapter's name.
        chapter: String,
        /// How much of it, in per cent.
        percent: u8,
    },
    /// A bet was settled.
    Bet { chapter: String, bet: String, option: String },
    /// What was reached elsewhere was taken in.
    Imported { exercise: String, state: ExerciseState },
}

/// What the journal says of one exercise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub attempts: u64,
    pub passes: u64,
    pub last: Option<(Outcome, Option<String>)>,
    /// The promise that broke in the last check that came as far as the exam.
    broken: Option<String>,
    /// Seeds that broke something, the latest first.
    pub seeds: Vec<u64>,
    hints: Vec<(Option<String>, u8)>,
}

impl Record {
    /// The level of the next hint for a promise, from 1.
    pub fn next_hint(&self, promise: Option<&str>, most: u8) -> u8 {
        let shown = self.hints.iter().filter(|(about, _)| about.as_deref() == promise);
        shown.map(|(_, level)| level + 1).max().unwrap_or(1).min(most)
    }

    /// How far the learner got.
    pub fn standing(&self) -> Standing {
        standing(self.attempts, self.passes)
    }

    /// Adds what was reached elsewhere: the best of both.
    fn take_in(&mut self, state: ExerciseState) {
        self.attempts = self.attempts.max(state.attempts.into());
        self.passes = self.passes.max(state.passes.into());
        self.seeds.extend(state.seeds.iter().filter_map(|seed| seed.parse::<u64>().ok()));
        self.hints.extend(state.hints);
        if let (None, Some(last)) = (&self.last, state.last) {
            self.broken.clone_from(&last.promise);
            self.last = Some((last.outcome, last.promise));
        }
    }

    /// In the form in which it travels.
    fn state(&self) -> ExerciseState {
        let short = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let mut hints: Vec<(Option<String>, u8)> = Vec::new();
        for (promise, level) in &self.hints {
            match hints.iter_mut().find(|(about, _)| about == promise) {
                Some((_, most)) => *most = (*most).max(*level),
                None => hints.push((promise.clone(), *level)),
            }
        }
        ExerciseState {
            standing: self.standing().into(),
            attempts: short(self.attempts),
            passes: short(self.passes),
            seeds: self.seeds.iter().map(u64::to_string).collect(),
            hints,
            last: self.last.clone().map(|(outcome, promise)| Last { outcome, promise }),
        }
    }

    /// The promise that broke last, if the last check that came as far as the exam broke one.
    pub fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }
}

/// How far one got who checked and passed so often.
pub(crate) fn standing(attempts: u64, passes: u64) -> Standing {
    match (attempts, passes) {
        (0, _) => Standing::Untouched,
        (_, 0) => Standing::Tried,
        _ => Standing::Passed,
    }
}

/// Appends an entry.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn append(workspace: &Workspace, entry: &Entry) -> Result<()> {
    append_all(workspace, std::slice::from_ref(entry))
}

/// Appends entries, all of them in one piece.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn append_all(workspace: &Workspace, entries: &[Entry]) -> Result<()> {
    let path = workspace.own(FILE)?;
    lines::append(&path, entries)
        .with_context(|| format!("your progress could not be written to {}", path.display()))
}

/// What it says of an exercise.
///
/// # Errors
/// When the file is there and cannot be read.
pub(crate) fn record(workspace: &Workspace, exercise: &str) -> Result<Record> {
    Ok(record_of(&text(workspace)?, exercise))
}

/// What it says of each exercise of which it says anything, those included that this build does not know.
///
/// # Errors
/// When the file is there and cannot be read.
pub(crate) fn states(workspace: &Workspace) -> Result<BTreeMap<String, ExerciseState>> {
    let text = text(workspace)?;
    let named = |entry| match entry {
        Entry::Checked { exercise, .. }
        | Entry::Hinted { exercise, .. }
        | Entry::Imported { exercise, .. } => Some(exercise),
        _ => None,
    };
    let names: BTreeSet<String> = lines::entries(&text).filter_map(named).collect();
    Ok(names.into_iter().map(|name| (name.clone(), record_of(&text, &name).state())).collect())
}

/// How far the learner is: exercises and chapters.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn progress(workspace: &Workspace) -> Result<Progress> {
    Ok(progress_of(&text(workspace)?))
}

/// Where it is kept, for who wants to know when it changes.
///
/// # Errors
/// When its folder cannot be made.
pub fn journal_file(workspace: &Workspace) -> Result<PathBuf> {
    workspace.own(FILE)
}

/// Notes how much of a chapter was read, in per cent.
///
/// # Errors
/// When the file cannot be written.
pub fn note_reading(workspace: &Workspace, chapter: &str, percent: u8) -> Result<()> {
    append(workspace, &Entry::Read { chapter: chapter.to_owned(), percent })
}

fn text(workspace: &Workspace) -> Result<String> {
    let path = workspace.own(FILE)?;
    match fs::read(&path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn record_of(text: &str, exercise: &str) -> Record {
    let mut record = Record::default();
    for entry in lines::entries(text) {
        match entry {
            Entry::Checked { exercise: of, outcome, promise, seed, .. } if of == exercise => {
                record.attempts += 1;
                record.passes += u64::from(outcome == Outcome::Passed);
                if outcome != Outcome::DidNotCompile {
                    record.broken.clone_from(&promise);
                }
                record.last = Some((outcome, promise));
                if let Some(seed) = seed.and_then(|seed| seed.parse().ok()) {
                    record.seeds.insert(0, seed);
                }
            }
            Entry::Hinted { exercise: of, promise, level } if of == exercise => {
                record.hints.push((promise, level));
            }
            Entry::Imported { exercise: of, state } if of == exercise => record.take_in(state),
            Entry::Reset { exercise: of } if of == exercise => {
                (record.last, record.broken) = (None, None);
            }
            _ => {}
        }
    }
    let mut known = BTreeSet::new();
    record.seeds.retain(|seed| known.insert(*seed));
    record.seeds.truncate(KEPT_SEEDS);
    record
}

fn progress_of(text: &str) -> Progress {
    let mut progress = Progress::default();
    for exercise in exercises() {
        progress.standings.insert(exercise.name.to_owned(), record_of(text, exercise.name).standing());
    }
    for entry in lines::entries(text) {
        match entry {
            Entry::Read { chapter, percent } => {
                let most = progress.read.entry(chapter).or_default();
                *most = percent.min(100).max(*most);
            }
            Entry::Bet { chapter, bet, option } => {
                progress.bets.entry((chapter, bet)).or_insert(option);
            }
            _ => {}
        }
    }
    progress
}

/// The entry for a verdict on a file with this fingerprint.
pub(crate) fn checked(verdict: &Verdict, source: u64) -> Entry {
    let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Entry::Checked {
        exercise: verdict.exercise.clone(),
        outcome: verdict.outcome,
        promise: verdict.promise().map(str::to_owned),
        seed: seed_to_keep(verdict).map(|seed| seed.to_string()),
        source: format!("{source:016x}"),
        at,
    }
}

/// The seed whose run went wrong, in whatever way. A run without faults is tried first anyway.
fn seed_to_keep(verdict: &Verdict) -> Option<u64> {
    let broke = verdict.broken.as_ref().is_some_and(|broken| !broken.calm);
    let ended = matches!(verdict.outcome, Outcome::TimedOut | Outcome::NotDeterministic);
    verdict.seed.filter(|_| broke || ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHECKED: &str = r#"{"event":"checked","exercise":"resequencer","outcome":"failed","promise":"finishes","seed":"7","source":"00","at":1}"#;

    #[test]
    fn what_a_crash_left_of_a_line_is_passed_over() {
        for cut in 0..CHECKED.len() {
            let text = format!("{CHECKED}\n{}\n{CHECKED}\n", &CHECKED[..cut]);
            let record = record_of(&text, "resequencer");
            assert_eq!((record.attempts, record.seeds.clone()), (2, vec![7]), "cut at {cut}");
        }
    }

    #[test]
    fn hints_go_up_for_each_promise_on_its_own() {
        let hinted = |promise: &str, level: u8| {
            format!(r#"{{"event":"hinted","exercise":"resequencer","promise":"{promise}","level":{level}}}"#)
        };
        let text = [hinted("finishes", 1), hinted("finishes", 2), hinted("no-gap", 1)].join("\n");
        let record = record_of(&text, "resequencer");
        assert_eq!(record.next_hint(Some("finishes"), 3), 3);
        assert_eq!(record.next_hint(Some("no-gap"), 3), 2);
        assert_eq!(record.next_hint(None, 3), 1);
    }

    #[test]
    fn progress_is_the_most_that_was_read_and_the_best_that_was_reached() {
        let read =
            |percent: u8| format!(r#"{{"event":"read","chapter":"not-in-order","percent":{percent}}}"#);
        let text = [read(40), CHECKED.to_owned(), read(70), read(20)].join("\n");
        let progress = progress_of(&text);
        assert_eq!(progress.standing("resequencer"), Standing::Tried);
        assert_eq!(progress.read.get("not-in-order"), Some(&70));
        let passed = CHECKED.replace("failed", "passed");
        assert_eq!(
            progress_of(&[passed.as_str(), CHECKED].join("\n")).standing("resequencer"),
            Standing::Passed
        );
        assert!(progress_of("").is_empty());
    }

    #[test]
    fn a_hint_after_a_compile_error_is_about_what_broke_before() {
        let refused = CHECKED.replace("failed", "did-not-compile").replace(r#""finishes""#, "null");
        let record = record_of(&[CHECKED, refused.as_str()].join("\n"), "resequencer");
        assert_eq!(record.broken(), Some("finishes"));
        assert_eq!(record.last, Some((Outcome::DidNotCompile, None)));
        let passed = CHECKED.replace("failed", "passed").replace(r#""finishes""#, "null");
        assert_eq!(record_of(&[CHECKED, passed.as_str()].join("\n"), "resequencer").broken(), None);
    }

    #[test]
    fn seeds_that_hang_or_differ_are_kept_and_calm_ones_are_not() {
        let mut verdict = Verdict::new("resequencer", Outcome::TimedOut, "it hangs");
        verdict.seed = Some(5);
        assert_eq!(seed_to_keep(&verdict), Some(5));
        verdict.outcome = Outcome::NotDeterministic;
        assert_eq!(seed_to_keep(&verdict), Some(5));
        verdict.outcome = Outcome::Failed;
        let broken = |calm| kit::verdict::Broken {
            promise: "finishes".to_owned(),
            part: "liveness".to_owned(),
            means: String::new(),
            calm,
        };
        verdict.broken = Some(broken(true));
        assert_eq!(seed_to_keep(&verdict), None);
        verdict.broken = Some(broken(false));
        assert_eq!(seed_to_keep(&verdict), Some(5));
    }

    #[test]
    fn what_is_appended_to_a_torn_file_is_read_and_so_is_what_came_before() {
        let root = std::env::temp_dir().join(format!("inflight-journal-{}", std::process::id()));
        for folder in ["crates/kit", "exercises"] {
            fs::create_dir_all(root.join(folder)).expect("a folder for the test");
        }
        let workspace = Workspace::find(&root).expect("as made");
        note_reading(&workspace, "not-in-order", 40).expect("written");
        let path = workspace.own(FILE).expect("made");
        let whole = fs::read(&path).expect("written");
        for cut in 0..=whole.len() {
            let torn = [&whole, &whole[..cut]].concat();
            fs::write(&path, torn).expect("written");
            append(&workspace, &Entry::Read { chapter: "introduction".to_owned(), percent: 100 })
                .expect("written");
            let read = progress(&workspace).expect("read").read;
            assert_eq!((read.get("not-in-order"), read.get("introduction")), (Some(&40), Some(&100)));
        }
        fs::remove_dir_all(&root).expect("made here");
    }

    #[test]
    fn an_entry_reads_back() {
        let mut verdict = Verdict::new("resequencer", Outcome::Failed, "it broke");
        verdict.seed = Some(u64::MAX);
        let entry = checked(&verdict, 3);
        let text = serde_json::to_string(&entry).expect("plain data");
        assert_eq!(serde_json::from_str::<Entry>(&text).expect("as written"), entry);
    }
}
