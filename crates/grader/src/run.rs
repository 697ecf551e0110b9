// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs a compiled answer, with a limit on its time, and reads its verdict.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use kit::verdict::{Outcome, Verdict};

/// The whole exam may take this long. Its own watchdog speaks first; this ends what has stopped listening.
const LIMIT: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// What to run, and where its results go.
pub(crate) struct Order<'a> {
    pub exercise: &'a str,
    pub program: &'a Path,
    pub seed: u64,
    pub runs: u64,
    pub first: &'a [u64],
    /// Where the trace of a counterexample goes.
    pub trace: PathBuf,
    /// Where what the answer prints goes.
    pub output: PathBuf,
    /// The folder to run in.
    pub folder: &'a Path,
}

/// Runs it. Whatever the answer does, there is a verdict in the end.
///
/// # Errors
/// When a file cannot be made or the program cannot be started: never the learner's fault.
pub(crate) fn run(order: &Order<'_>) -> Result<Verdict> {
    let place = order.program.with_extension("verdict");
    let _ = fs::remove_file(&place);
    let _ = fs::remove_file(&order.trace);
    let output =
        File::create(&order.output).with_context(|| format!("cannot write to {}", order.output.display()))?;
    let errors = output.try_clone().context("cannot keep what the answer prints")?;
    let first: Vec<String> = order.first.iter().map(u64::to_string).collect();
    let mut command = Command::new(order.program);
    command
        .arg("--verdict")
        .arg(&place)
        .arg("--trace")
        .arg(&order.trace)
        .args(["--seed", &order.seed.to_string(), "--runs", &order.runs.to_string()])
        .current_dir(order.folder)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors);
    if !first.is_empty() {
        command.args(["--first", &first.join(",")]);
    }
    let ended = wait(&mut command).with_context(|| format!("cannot run {}", order.program.display()))?;
    let written = fs::read_to_string(&place).ok().and_then(|text| Verdict::from_json(&text).ok());
    Ok(match (written, ended) {
        (Some(verdict), _) => verdict,
        (None, Some(status)) => died(order.exercise, status),
        (None, None) => too_long(order.exercise),
    })
}

/// Waits for a program to end; one that takes too long is ended, and `None`.
fn wait(command: &mut Command) -> std::io::Result<Option<ExitStatus>> {
    let mut child = command.spawn()?;
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK_EVERY);
    }
}

fn died(exercise: &str, status: ExitStatus) -> Verdict {
    let sentence = format!("the program ended without a verdict ({status})");
    let mut verdict = Verdict::new(exercise, Outcome::Crashed, sentence);
    verdict.advice = Some(DIED.to_owned());
    verdict
}

fn too_long(exercise: &str) -> Verdict {
    let sentence = format!("the exam was not over after {} s and was ended", LIMIT.as_secs());
    Verdict::new(exercise, Outcome::TimedOut, sentence)
}

const DIED: &str = "\
The usual reasons: recursion without an end overflows the stack, memory ran out, or the code calls std::process::exit. \
What it printed before stands in .inflight/output/.";
