// SPDX-License-Identifier: MIT OR Apache-2.0
//! Checks a learner's file: compile, run, note it down.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use course::Exercise;
use kit::verdict::{Outcome, Verdict};
use sim::Address;

use crate::refuse::refused;
use crate::run::{Order, run};
use crate::stop::Stop;
use crate::{Compiler, Workspace, advice, journal};

/// How much to try; what is not given has its default.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The first seed.
    pub seed: Option<u64>,
    /// How many runs with faults.
    pub runs: Option<u64>,
    /// Whether small runs are searched for every placement of two faults, too, and not of one alone.
    pub thorough: bool,
    /// The address of one run: this and no other, and it counts as no attempt.
    pub address: Option<String>,
    /// The compiler's messages have the colours of a terminal, as escape sequences; what is kept of them never has.
    pub colour: bool,
    /// Ends the check before it is over.
    pub stop: Stop,
    /// What is started, and all that it starts, is a group of its own: it goes on when the terminal interrupts, and ends
    /// as one when `stop` is said.
    pub apart: bool,
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
    if let Some(address) = &options.address {
        belongs(address, exercise)?;
    }
    let file = workspace.file(exercise);
    let source = fs::read(&file).with_context(|| {
        format!("cannot read {}; `cargo course reset {}` puts it back", file.display(), exercise.name)
    })?;
    let one_run = options.address.is_some();
    let first = match options.seed {
        // Who asks for a seed wants that one.
        Some(_) => Vec::new(),
        // Seeds that cannot be read are tried when their turn comes; that nothing can be noted is said in the end.
        None => journal::record(workspace, exercise.name).map(|record| record.seeds).unwrap_or_default(),
    };
    let trace = workspace.own(&if one_run { one_run_name(exercise) } else { trace_name(exercise) })?;
    let output = workspace.own(&output_name(exercise))?;
    // Whatever comes now, what an earlier check found is not about this file.
    [&trace, &output].into_iter().for_each(|old| _ = fs::remove_file(old));
    if !one_run && let Ok(old) = workspace.own(&verdict_name(exercise)) {
        let _ = fs::remove_file(old);
    }
    progress(Stage::Kit);
    let compiler = Compiler::until(workspace, exercise.package, &options.stop, options.apart)?;
    let answer =
        Answer { exercise, source: &file, first: &first, trace: &trace, output: &output, strict: false };
    let mut verdict = examine(workspace, &compiler, &answer, options, progress)?;
    if one_run && verdict.outcome == Outcome::Unknown && verdict.steps == 0 {
        // Only the exam knows which parameters its addresses have.
        bail!("{}", verdict.sentence);
    }
    if verdict.trace_file.is_some() {
        verdict.trace_file = Some(workspace.short(&trace).display().to_string());
    }
    advise(&mut verdict, advice::on_state(&String::from_utf8_lossy(&source)));
    if !one_run {
        let note = || -> Result<()> {
            journal::append(workspace, &journal::checked(&verdict, fingerprint(&source)))?;
            let place = workspace.own(&verdict_name(exercise))?;
            fs::write(&place, without_colours(&verdict).to_json())
                .with_context(|| format!("cannot write {}", place.display()))
        };
        // What was found out stays true where it cannot be kept.
        if let Err(error) = note() {
            advise(&mut verdict, Some(format!("This check was not noted: {error:#}")));
        }
    }
    Ok(verdict)
}

fn without_colours(verdict: &Verdict) -> Verdict {
    let plain = |text: &String| anstream::adapter::strip_str(text).to_string();
    Verdict { detail: verdict.detail.as_ref().map(plain), ..verdict.clone() }
}

fn advise(verdict: &mut Verdict, more: Option<String>) {
    if let Some(more) = more {
        verdict.advice = Some(match verdict.advice.take() {
            Some(advice) => format!("{advice}\n\n{more}"),
            None => more,
        });
    }
}

/// Whether an address names a run of this exercise's exam.
pub(crate) fn belongs(address: &str, exercise: &Exercise) -> Result<()> {
    let address: Address = address.parse().context("this is not the address of a run")?;
    // Addresses have hyphens where Rust's names have none.
    let own = format!("exam/{}", exercise.name.replace('_', "-"));
    if address.scenario != own {
        bail!("{} is no run of this exercise; its runs are called {own}?…", address.scenario);
    }
    Ok(())
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
    /// Whether a warning is an error.
    pub strict: bool,
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
    if let Some(message) = outside(workspace, answer)? {
        let sentence = "the file names what its exam cannot see; the message is below";
        let mut verdict = Verdict::new(answer.exercise.name, Outcome::DidNotCompile, sentence);
        verdict.detail = Some(message);
        return Ok(verdict);
    }
    options.stop.check()?;
    let compiled = match compiler.compile(answer.source, answer.strict, options.colour, &options.stop)? {
        Ok(compiled) => compiled,
        Err(refused) => return Ok(did_not_compile(answer.exercise.name, refused.message)),
    };
    options.stop.check()?;
    progress(Stage::Run);
    let budget = kit::exam::Budget::default();
    let mut verdict = run(&Order {
        exercise: answer.exercise.name,
        compiled: &compiled,
        seed: options.seed.unwrap_or(budget.seed),
        runs: options.runs,
        thorough: options.thorough,
        first: answer.first,
        address: options.address.as_deref(),
        trace: answer.trace,
        output: answer.output,
        folder: workspace.root(),
        stop: &options.stop,
    })?;
    if verdict.detail.is_none() && !compiled.warnings.trim().is_empty() {
        verdict.detail = Some(compiled.warnings.clone());
    }
    Ok(verdict)
}

/// Examines any file as an answer to an exercise. Nothing is noted, and what it leaves lies beside the file.
///
/// # Errors
/// As [`check`].
pub fn examine_file(
    workspace: &Workspace,
    compiler: &Compiler,
    exercise: &Exercise,
    source: &Path,
) -> Result<Verdict> {
    let (trace, output) = (source.with_extension("jsonl"), source.with_extension("txt"));
    let answer = Answer { exercise, source, first: &[], trace: &trace, output: &output, strict: false };
    examine(workspace, compiler, &answer, &Options::default(), &mut |_| {})
}

/// What an answer names that exams of its kind cannot see.
fn outside(workspace: &Workspace, answer: &Answer<'_>) -> Result<Option<String>> {
    let source =
        fs::read(answer.source).with_context(|| format!("cannot read {}", answer.source.display()))?;
    let file = workspace.short(answer.source).display().to_string();
    Ok(refused(answer.exercise.package, &file, &String::from_utf8_lossy(&source)))
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

/// A run that was asked for by its address; the last counterexample stays where it is.
fn one_run_name(exercise: &Exercise) -> String {
    format!("runs/{}.jsonl", exercise.name)
}

fn output_name(exercise: &Exercise) -> String {
    format!("output/{}.txt", exercise.name)
}

/// FNV-1a of a file's bytes: tells versions of one file apart, proves nothing.
fn fingerprint(bytes: &[u8]) -> u64 {
    trace::hash_bytes(bytes)
}

#[cfg(test)]
mod tests;
