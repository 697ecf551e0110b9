// SPDX-License-Identifier: MIT OR Apache-2.0
//! Checks a learner's file: compile, run, note it down.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use course::Exercise;
use kit::verdict::{Outcome, Verdict};

use crate::run::{Order, run};
use crate::{Compiler, Workspace, journal};

/// How much to try; what is not given has its default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The first seed.
    pub seed: Option<u64>,
    /// How many runs with faults.
    pub runs: Option<u64>,
}

/// What is being done just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Cargo builds what the answer links; takes its time the first time only.
    Kit,
    /// The answer is compiled.
    Compile,
    /// The exam runs.
    Run,
}

impl Stage {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Stage::Kit => "building the kit",
            Stage::Compile => "compiling your file",
            Stage::Run => "running the exam",
        }
    }
}

/// Checks the learner's file of an exercise and notes the verdict in the journal. Blocks until it is known.
///
/// # Errors
/// What is not the learner's code's fault: no compiler, no place to write.
pub fn check(
    workspace: &Workspace,
    exercise: &Exercise,
    options: &Options,
    progress: &mut dyn FnMut(Stage),
) -> Result<Verdict> {
    let file = workspace.file(exercise);
    let source = fs::read(&file).with_context(|| {
        format!("cannot read {}; `cargo course reset {}` puts it back", file.display(), exercise.name)
    })?;
    let first = match options.seed {
        // Who asks for a seed wants that one.
        Some(_) => Vec::new(),
        None => journal::record(workspace, exercise.name)?.seeds,
    };
    progress(Stage::Kit);
    let compiler = Compiler::for_package(workspace, exercise.package)?;
    let trace = workspace.own(&trace_name(exercise))?;
    let output = workspace.own(&output_name(exercise))?;
    let answer = Answer { exercise, source: &file, first: &first, trace: &trace, output: &output };
    let mut verdict = examine(workspace, &compiler, &answer, options, progress)?;
    if verdict.trace_file.is_some() {
        verdict.trace_file = Some(workspace.short(&trace).display().to_string());
    }
    journal::append(workspace, &journal::checked(&verdict, fingerprint(&source)))?;
    let place = workspace.own(&verdict_name(exercise))?;
    fs::write(&place, verdict.to_json()).with_context(|| format!("cannot write {}", place.display()))?;
    Ok(verdict)
}

/// What the last check of an exercise said, if it was checked and its verdict is still to be read.
pub fn last_verdict(workspace: &Workspace, exercise: &Exercise) -> Option<Verdict> {
    let text = fs::read_to_string(workspace.own(&verdict_name(exercise)).ok()?).ok()?;
    Verdict::from_json(&text).ok()
}

/// One answer, whoever wrote it, and where its results go.
pub(crate) struct Answer<'a> {
    pub exercise: &'a Exercise,
    pub source: &'a Path,
    pub first: &'a [u64],
    pub trace: &'a Path,
    pub output: &'a Path,
}

/// Compiles and runs any answer.
///
/// # Errors
/// As [`check`].
pub(crate) fn examine(
    workspace: &Workspace,
    compiler: &Compiler,
    answer: &Answer<'_>,
    options: &Options,
    progress: &mut dyn FnMut(Stage),
) -> Result<Verdict> {
    progress(Stage::Compile);
    let compiled = match compiler.compile(answer.source, false)? {
        Ok(compiled) => compiled,
        Err(refused) => return Ok(did_not_compile(answer.exercise.name, refused.message)),
    };
    progress(Stage::Run);
    let budget = kit::exam::Budget::default();
    run(&Order {
        exercise: answer.exercise.name,
        program: &compiled.program,
        seed: options.seed.unwrap_or(budget.seed),
        runs: options.runs.unwrap_or(budget.runs),
        first: answer.first,
        trace: answer.trace.to_owned(),
        output: answer.output.to_owned(),
        folder: workspace.root(),
    })
}

fn did_not_compile(exercise: &str, message: String) -> Verdict {
    let sentence = "the compiler refused the file; its message is below";
    let mut verdict = Verdict::new(exercise, Outcome::DidNotCompile, sentence);
    verdict.detail = Some(message);
    verdict
}

/// The trace file of the last counterexample, if the last check found one.
pub fn counterexample(workspace: &Workspace, exercise: &Exercise) -> Option<PathBuf> {
    workspace.own(&trace_name(exercise)).ok().filter(|path| path.is_file())
}

/// The file that holds what the learner's code printed in the last check, if it printed anything.
pub fn output(workspace: &Workspace, exercise: &Exercise) -> Option<PathBuf> {
    let path = workspace.own(&output_name(exercise)).ok()?;
    let printed = fs::metadata(&path).is_ok_and(|file| file.len() > 0);
    printed.then_some(path)
}

fn verdict_name(exercise: &Exercise) -> String {
    format!("verdicts/{}.json", exercise.name)
}

fn trace_name(exercise: &Exercise) -> String {
    format!("counterexamples/{}.jsonl", exercise.name)
}

fn output_name(exercise: &Exercise) -> String {
    format!("output/{}.txt", exercise.name)
}

/// FNV-1a of a file's bytes: tells versions of one file apart, proves nothing.
fn fingerprint(bytes: &[u8]) -> u64 {
    trace::hash_bytes(bytes)
}
