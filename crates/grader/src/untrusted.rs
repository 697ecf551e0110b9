// SPDX-License-Identifier: MIT OR Apache-2.0
//! Strangers' answers: confined when they are compiled and when they run, led through the exam call by call.
//!
//! ```text
//!  source ─► rustc, confined ─► program
//!                                 │ a process for each incarnation: sees calls, answers calls
//!  seed ─► exam (a process) ◄─────┘
//!            └─► Verdict, trace of the counterexample
//! ```
//!
//! The exam, its seed and its judgement are in a process of the grader's own. What an answer says is taken for what it
//! asks of the world, and for nothing else. What is promised, and what is not, stands in docs/untrusted.md.

mod calls;
mod confined;
mod exams;
mod inside;
mod jail;
mod line;
mod printed;
mod warden;

use std::env;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use course::Exercise;
use kit::verdict::{Outcome, Verdict};

use self::confined::{compile, read, take_exam, try_walls};
use self::inside::Work;
use crate::bench::publish;
use crate::check::belongs;
use crate::{Compiler, Options, Stage, Workspace};

pub use self::inside::inside;

/// Whether this machine can confine strangers' answers.
///
/// # Errors
/// When it cannot: says what is missing.
pub fn ready() -> Result<()> {
    try_walls()
}

/// Examines a stranger's answer. Nothing is noted in the journal; the trace of a counterexample, if one was found, lies in
/// `.inflight/untrusted/<exercise>/`, under the source's name, with what the answer printed.
///
/// # Errors
/// What is not the answer's doing: no compiler, a kernel that cannot confine, an exercise that cannot be taken so.
pub fn examine(
    workspace: &Workspace,
    exercise: &Exercise,
    source: &Path,
    options: &Options,
    progress: &mut dyn FnMut(Stage),
) -> Result<Verdict> {
    if !exams::is_known(exercise.name) {
        bail!(
            "{} cannot be examined with --untrusted: its exam needs more than calls and answers, and no way to confine it has been built",
            exercise.name
        );
    }
    if let Some(address) = &options.address {
        belongs(address, exercise)?;
    }
    try_walls()?;
    let text = match read(source) {
        Ok(text) => text,
        Err(why) => return Ok(Verdict::new(exercise.name, Outcome::DidNotCompile, why)),
    };
    progress(Stage::Kit);
    let compiler = Compiler::for_package(workspace, exercise.package)?;
    progress(Stage::Compile);
    let compiled = match compile(&compiler, workspace, exercise.name, &text, &options.stop)? {
        Ok(compiled) => compiled,
        Err(verdict) => return Ok(*verdict),
    };
    progress(Stage::Run);
    let work = Work {
        exercise: exercise.name.to_owned(),
        answer: compiled.program.clone(),
        // Secret until it is over, and said afterwards.
        seed: options.seed.unwrap_or_else(|| RandomState::new().hash_one(&text)),
        runs: options.runs,
        thorough: options.thorough,
        address: options.address.clone(),
    };
    let found = take_exam(&work, &options.stop)?;
    let mut verdict = found.verdict;
    let stem = source.file_stem().unwrap_or_default().to_string_lossy();
    let left = |extension: &str| workspace.own(&format!("untrusted/{}/{stem}.{extension}", exercise.name));
    for (extension, text) in [("jsonl", found.trace.as_ref()), ("txt", Some(&found.printed))] {
        let (place, beside) = (left(extension)?, compiled.bench.place(extension));
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            fs::write(&beside, text).with_context(|| format!("cannot write {}", beside.display()))?;
        }
        publish(&beside, &place)?;
        if extension == "jsonl" && place.exists() {
            verdict.trace_file = Some(workspace.short(&place).display().to_string());
        }
    }
    if verdict.detail.is_none() && !compiled.warnings.trim().is_empty() {
        verdict.detail = Some(compiled.warnings);
    }
    Ok(verdict)
}

/// The program `course`, which starts itself to be confined: this one, or the one that cargo built beside it.
fn course() -> Result<PathBuf> {
    let own = env::current_exe().context("cannot find this program's own file")?;
    if own.file_stem().is_some_and(|stem| stem == "course") {
        return Ok(own);
    }
    let beside = own.ancestors().skip(1).take(2).map(|folder| folder.join("course"));
    beside.into_iter().find(|place| place.is_file()).with_context(|| {
        format!(
            "there is no program `course` beside {}; `cargo build --package grader` builds it",
            own.display()
        )
    })
}
