// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every mutant of a solution under its exam.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use course::Exercise;
use grader::{Compiler, Outcome, Verdict, Workspace, in_order};

use crate::explained::{Explained, explained};
use crate::operators::{Mutant, mutants};

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The compiler refused it: it says nothing about the exam.
    Unviable,
    /// The exam rejected it, or gave it fewer points than the solution has: what it said.
    Killed(String),
    /// It passed with all points, and the reason why that is right is known.
    Explained(String),
    /// It passed with all points: the exam has a hole, or a reason is missing.
    Survived,
}

/// What came out for one solution.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Every mutant with its fate, in the order of the text.
    pub mutants: Vec<(Mutant, Fate)>,
    /// Explanations of what did not survive, or is not there any more.
    pub idle: Vec<Explained>,
}

impl Survey {
    /// How many had a fate of this kind.
    pub fn count(&self, is: impl Fn(&Fate) -> bool) -> usize {
        self.mutants.iter().filter(|(_, fate)| is(fate)).count()
    }

    /// Whether every survivor is explained, and every explanation about a survivor.
    pub fn is_good(&self) -> bool {
        self.idle.is_empty() && self.count(|fate| *fate == Fate::Survived) == 0
    }
}

/// Makes every mutant of an exercise's solution and examines it, on so many threads.
///
/// # Errors
/// When files cannot be read or written, or the compiler cannot be started.
pub fn survey(
    workspace: &Workspace,
    exercise: &'static Exercise,
    threads: usize,
    each: &mut dyn FnMut(&Mutant, &Fate),
) -> Result<Survey> {
    let source = exercise.solution;
    let all = mutants(source).with_context(|| format!("the solution of {} is no Rust", exercise.name))?;
    let known = explained(workspace, exercise)?;
    let compiler = Compiler::for_package(workspace, exercise.package)?;
    let desks = Mutex::new(desks(workspace, exercise, threads)?);
    let work = |mutant: &Mutant| -> Result<Verdict> {
        // Never empty: there are as many as threads.
        let desk = lock(&desks).pop().context("a desk too few")?;
        let verdict = examined(workspace, &compiler, exercise, &mutant.apply(source), &desk);
        lock(&desks).push(desk);
        verdict
    };
    let mut fates = Vec::new();
    in_order(&all, threads, work, |mutant, verdict| {
        let fate = fate(&verdict?, &known, mutant, source);
        each(mutant, &fate);
        fates.push(fate);
        anyhow::Ok(())
    })?;
    let mutants: Vec<(Mutant, Fate)> = all.into_iter().zip(fates).collect();
    let survives = |explained: &Explained| {
        let about = |(mutant, fate): &(Mutant, Fate)| {
            matches!(fate, Fate::Explained(_)) && explained.is_about(mutant, source)
        };
        mutants.iter().any(about)
    };
    let idle = known.into_iter().filter(|explained| !survives(explained)).collect();
    Ok(Survey { mutants, idle })
}

/// One file for each thread, used again and again: the compiler then has only the change to do.
fn desks(workspace: &Workspace, exercise: &Exercise, threads: usize) -> Result<Vec<PathBuf>> {
    let folder = workspace.root().join(".inflight/mutants");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok((0..threads.max(1)).map(|n| folder.join(format!("{}-{n}.rs", exercise.name))).collect())
}

/// A panic of another thread is no reason to stop here: it ends all of them at the join.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn examined(
    workspace: &Workspace,
    compiler: &Compiler,
    exercise: &Exercise,
    text: &str,
    desk: &Path,
) -> Result<Verdict> {
    fs::write(desk, text).with_context(|| format!("cannot write {}", desk.display()))?;
    grader::examine_file(workspace, compiler, exercise, desk)
}

fn fate(verdict: &Verdict, known: &[Explained], mutant: &Mutant, source: &str) -> Fate {
    let (got, of) = verdict.total();
    match verdict.outcome {
        Outcome::DidNotCompile => Fate::Unviable,
        Outcome::Passed if got == of => known
            .iter()
            .find(|explained| explained.is_about(mutant, source))
            .map_or(Fate::Survived, |explained| Fate::Explained(explained.why.clone())),
        Outcome::Passed => Fate::Killed(format!("{got} of {of} points")),
        outcome => Fate::Killed(verdict.promise().unwrap_or(outcome.words()).to_owned()),
    }
}
