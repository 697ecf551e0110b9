// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every mutant of a solution under its exam.

use std::collections::VecDeque;
use std::fs;
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, anyhow};
use course::Exercise;
use grader::{Compiler, Outcome, Verdict, Workspace};

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
    each: &(dyn Fn(&Mutant, &Fate) + Sync),
) -> Result<Survey> {
    let source = exercise.solution;
    let all = mutants(source).with_context(|| format!("the solution of {} is no Rust", exercise.name))?;
    let known = explained(workspace, exercise)?;
    let compiler = Compiler::for_package(workspace, exercise.package)?;
    let queue: Mutex<VecDeque<(usize, &Mutant)>> = Mutex::new(all.iter().enumerate().collect());
    let results: Mutex<Vec<(usize, Fate)>> = Mutex::new(Vec::new());
    let work = |worker: usize| -> Result<()> {
        while let Some((n, mutant)) = take(&queue) {
            let verdict = examined(workspace, &compiler, exercise, &mutant.apply(source), worker)?;
            let fate = fate(&verdict, &known, mutant, source);
            each(mutant, &fate);
            results.lock().map_err(|_| anyhow!("another thread panicked"))?.push((n, fate));
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|worker| scope.spawn(move || work(worker))).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| anyhow!("a thread panicked"))?)
    })?;
    let mut fates = results.into_inner().map_err(|_| anyhow!("a thread panicked"))?;
    fates.sort_by_key(|(n, _)| *n);
    let mutants: Vec<(Mutant, Fate)> = all.into_iter().zip(fates.into_iter().map(|(_, fate)| fate)).collect();
    let survives = |explained: &Explained| {
        let about = |(mutant, fate): &(Mutant, Fate)| {
            matches!(fate, Fate::Explained(_)) && explained.is_about(mutant, source)
        };
        mutants.iter().any(about)
    };
    let idle = known.into_iter().filter(|explained| !survives(explained)).collect();
    Ok(Survey { mutants, idle })
}

fn take<'a>(queue: &Mutex<VecDeque<(usize, &'a Mutant)>>) -> Option<(usize, &'a Mutant)> {
    queue.lock().ok()?.pop_front()
}

fn examined(
    workspace: &Workspace,
    compiler: &Compiler,
    exercise: &'static Exercise,
    text: &str,
    worker: usize,
) -> Result<Verdict> {
    // Always the same file for one thread: the compiler then has only the change to do.
    let folder = workspace.root().join(".inflight/mutants");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let source = folder.join(format!("{}-{worker}.rs", exercise.name));
    fs::write(&source, text).with_context(|| format!("cannot write {}", source.display()))?;
    grader::examine_file(workspace, compiler, exercise, &source)
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
