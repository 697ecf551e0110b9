// SPDX-License-Identifier: MIT OR Apache-2.0
//! Grades many answers: one learner's own, or those of a class.
//!
//! ```text
//!  folder ──► gather ──► Submission ──► key ──► ledger has it? ──► Row ──► table, JSON, CSV
//!             one for each              source,      │ no            ▲
//!             learner and exercise      options,     ▼               │
//!                                       build     compile and exam, one on each core, noted at once
//! ```
//!
//! The same seeds for all. Equal sources are graded once. What is known is on the disk, so that a grading that was
//! interrupted goes on where it stopped.

mod examine;
mod gather;
mod ledger;
mod own;
mod row;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use kit::verdict::{Outcome, Verdict};

use crate::{Options, Workspace};
use examine::Examiner;
use ledger::{Graded, Ledger};

pub(crate) use gather::MOST_BYTES;
pub use gather::{Gathered, Skipped, Submission, gather};
pub use own::{own, own_submissions};
pub use row::{PartPoints, Row};
pub use write::{Grades, printable, to_csv, to_json, to_own_table, to_table};

/// How many may be graded at a time.
const MOST_JOBS: usize = 64;

/// How to grade.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GradeOptions {
    /// The first seed, the same for all.
    pub seed: Option<u64>,
    /// How many runs with faults; by default as many as it takes to pass.
    pub runs: Option<u64>,
    /// How many at a time; by default one on each core.
    pub jobs: Option<usize>,
    /// Whether the authors are strangers, whose programs may do anything.
    pub untrusted: bool,
    /// Whether to grade what was graded before.
    pub again: bool,
    /// The file that keeps results from one grading to the next; by default one in `.inflight`.
    pub results: Option<PathBuf>,
}

/// One more is known.
#[derive(Debug)]
pub struct Step<'a> {
    /// Whose.
    pub submission: &'a Submission,
    /// What came out, or why nothing did.
    pub verdict: Result<&'a Verdict, &'a str>,
    /// Whether it was found out just now, and not known from before or from an equal source.
    pub fresh: bool,
    /// How many are known.
    pub done: usize,
    /// How many there are.
    pub of: usize,
    /// How long the others will take, as far as one can say.
    pub left: Option<Duration>,
}

/// Grades all of them and returns their rows, in the same order; `None` where it was stopped before.
///
/// # Errors
/// The kit does not build, or results cannot be kept. What was graded until then is kept.
pub fn grade(
    workspace: &Workspace,
    submissions: &[Submission],
    options: &GradeOptions,
    stop: &AtomicBool,
    each: &mut dyn FnMut(&Step<'_>),
) -> Result<Vec<Option<Row>>> {
    let examiner = Examiner::new(workspace, submissions, options)?;
    let keys: Vec<String> = submissions.iter().map(|submission| examiner.key(submission)).collect();
    let place = options.results.clone().map_or_else(|| workspace.own(ledger::FILE), Ok)?;
    let ledger = Ledger::open(place, &keys.iter().cloned().collect::<BTreeSet<_>>())?;
    let rows = vec![None; submissions.len()];
    let mut class = Class { submissions, asked: &examiner.options, keys, rows, done: 0, ledger, each };
    let mut todo = class.known(options.again);
    let jobs = options.jobs.or_else(|| thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let jobs = jobs.clamp(1, MOST_JOBS);
    // An answer that hangs is graded once more, alone: what others did to the machine is not its fault.
    let alone = class.work(&examiner, &todo, jobs, stop)?;
    if !alone.is_empty() {
        todo.retain(|index| alone.contains(index));
        class.work(&examiner, &todo, 1, stop)?;
    }
    Ok(class.rows)
}

/// What is known so far.
struct Class<'a> {
    submissions: &'a [Submission],
    asked: &'a Options,
    keys: Vec<String>,
    rows: Vec<Option<Row>>,
    done: usize,
    ledger: Ledger,
    each: &'a mut dyn FnMut(&Step<'_>),
}

impl Class<'_> {
    /// Takes what was graded before; returns the others, each source once.
    fn known(&mut self, again: bool) -> Vec<usize> {
        let mut todo: BTreeMap<String, usize> = BTreeMap::new();
        for index in 0..self.submissions.len() {
            let key = self.keys[index].clone();
            match self.ledger.result(&key).cloned() {
                Some(result) if !again => self.settle(index, Ok(&result), false, None),
                _ => {
                    todo.entry(key).or_insert(index);
                }
            }
        }
        let mut todo: Vec<usize> = todo.into_values().collect();
        todo.sort_unstable();
        todo
    }

    /// Grades these, so many at a time. Returns those that timed out beside others and must be graded alone.
    fn work(
        &mut self,
        examiner: &Examiner<'_>,
        todo: &[usize],
        jobs: usize,
        stop: &AtomicBool,
    ) -> Result<BTreeSet<usize>> {
        let (begun, submissions) = (Instant::now(), self.submissions);
        let (next, results) = (Mutex::new(todo.iter().copied()), mpsc::channel());
        let (mut finished, mut alone) = (0, BTreeSet::new());
        // When results cannot be kept there is no use in finding more.
        let broken = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..jobs.min(todo.len()) {
                let (next, results, broken) = (&next, results.0.clone(), &broken);
                scope.spawn(move || {
                    let more = || next.lock().ok().and_then(|mut next| next.next());
                    while !stop.load(Ordering::Relaxed) && !broken.load(Ordering::Relaxed) {
                        let Some(index) = more() else { return };
                        if results.send((index, examiner.examine(&submissions[index]))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(results.0);
            for (index, result) in results.1 {
                finished += 1;
                let hangs = result.as_ref().is_ok_and(|result| result.verdict.outcome == Outcome::TimedOut);
                if jobs > 1 && hangs {
                    alone.insert(index);
                    continue;
                }
                let left = begun.elapsed() * (todo.len() - finished) as u32 / finished as u32;
                if let Err(error) = self.learn(index, result, left) {
                    broken.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
            Ok(())
        })?;
        Ok(alone)
    }

    /// One source was graded: keeps the result, and counts it for all who handed it in.
    fn learn(&mut self, first: usize, result: Result<Graded, String>, left: Duration) -> Result<()> {
        if let Ok(result) = &result {
            self.ledger.note(&self.keys[first], result.clone()).context("the grading stops here")?;
        }
        for index in first..self.submissions.len() {
            if self.keys[index] == self.keys[first] {
                self.settle(index, result.as_ref().map_err(String::as_str), index == first, Some(left));
            }
        }
        Ok(())
    }

    fn settle(&mut self, index: usize, result: Result<&Graded, &str>, fresh: bool, left: Option<Duration>) {
        let submission = &self.submissions[index];
        self.done += 1;
        self.rows[index] = Some(match result {
            Ok(graded) => Row::graded(submission, graded, self.asked),
            Err(why) => Row::not_graded(submission, why, self.asked),
        });
        let verdict = result.map(|graded| &graded.verdict);
        (self.each)(&Step { submission, verdict, fresh, done: self.done, of: self.submissions.len(), left });
    }
}
