// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs a compiled answer, with a limit on its time, and reads its verdict.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use kit::verdict::{Outcome, Verdict};

use crate::Compiled;
use crate::bench::publish;
use crate::child;
use crate::stop::Stop;

/// The whole exam may take this long. Its own watchdog speaks first; this ends what has stopped listening.
const LIMIT: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// So long what the answer printed may take to be read after its end.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// So much of what an answer prints is kept, in bytes.
const MOST_OUTPUT: usize = 1_000_000;

/// What to run, and where its results go.
pub(crate) struct Order<'a> {
    pub exercise: &'a str,
    pub compiled: &'a Compiled,
    pub seed: u64,
    /// How many runs with faults; by default as many as the exam asks of who is to pass.
    pub runs: Option<u64>,
    /// Every placement of two faults, too.
    pub thorough: bool,
    pub first: &'a [u64],
    /// This run and no other.
    pub address: Option<&'a str>,
    /// Where the trace of a counterexample goes.
    pub trace: &'a Path,
    /// Where what the answer prints goes.
    pub output: &'a Path,
    /// The folder to run in.
    pub folder: &'a Path,
    /// Ends it early.
    pub stop: &'a Stop,
}

/// Runs it. Whatever the answer does, there is a verdict in the end.
///
/// # Errors
/// When a file cannot be made or the program cannot be started: never the learner's fault.
pub(crate) fn run(order: &Order<'_>) -> Result<Verdict> {
    let bench = &order.compiled.bench;
    let (place, trace, printed) = (bench.place("verdict"), bench.place("trace"), bench.place("printed"));
    let (pipe, writer) = io::pipe().context("cannot keep what the answer prints")?;
    let errors = writer.try_clone().context("cannot keep what the answer prints")?;
    let first: Vec<String> = order.first.iter().map(u64::to_string).collect();
    let mut command = Command::new(&order.compiled.program);
    command
        .arg("--verdict")
        .arg(&place)
        .arg("--trace")
        .arg(&trace)
        .args(["--seed", &order.seed.to_string()])
        .current_dir(order.folder)
        // It would take the place of the seeds that schedules are drawn from.
        .env_remove("SHUTTLE_RANDOM_SEED")
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(errors);
    if order.compiled.apart {
        child::apart(&mut command);
    }
    if let Some(runs) = order.runs {
        command.args(["--runs", &runs.to_string()]);
    }
    if order.thorough {
        command.arg("--thorough");
    }
    if let Some(address) = order.address {
        command.args(["--address", address]);
    } else if !first.is_empty() {
        command.args(["--first", &first.join(",")]);
    }
    let (kept, keeper) = mpsc::channel();
    let file = printed.clone();
    thread::spawn(move || kept.send(keep(pipe, &file)));
    let ended = wait(&mut command, order.stop)
        .with_context(|| format!("cannot run {}", order.compiled.program.display()))?;
    // The command holds the pipe's other end; without this its reader would wait for ever.
    drop(command);
    order.stop.check()?;
    // A process that the answer started may hold it, too, and go on.
    if let Ok(result) = keeper.recv_timeout(LAST_WORDS) {
        result.with_context(|| format!("cannot write {}", printed.display()))?;
    }
    let written = fs::read_to_string(&place).ok().map(|text| Verdict::from_json(&text));
    let mut verdict = match (written, ended) {
        (Some(Ok(verdict)), Some(status)) => match disagrees(order, &verdict, status) {
            None => verdict,
            Some(why) => not_the_exams(order.exercise, why),
        },
        (Some(Err(why)), Some(_)) => not_the_exams(order.exercise, &why),
        (None, Some(status)) => died(order.exercise, status),
        (_, None) => too_long(order.exercise),
    };
    publish(&printed, order.output)?;
    publish(&trace, order.trace)?;
    if !trace.exists() {
        verdict.trace_file = None;
    }
    Ok(verdict)
}

/// Keeps the beginning of what an answer prints. The rest is read, so that nobody waits, and thrown away.
fn keep(mut from: impl Read, place: &Path) -> io::Result<()> {
    let mut file = File::create(place)?;
    io::copy(&mut from.by_ref().take(MOST_OUTPUT as u64), &mut file)?;
    let rest = io::copy(&mut from, &mut io::sink())?;
    if rest > 0 {
        writeln!(file, "\n… and {rest} bytes more, which were not kept")?;
    }
    Ok(())
}

/// Why a verdict cannot be what the exam wrote. The exam and the answer are one process, and an answer that wants to can
/// write what it likes: this finds accidents and the simplest of lies. It makes nothing tamper-proof.
fn disagrees(order: &Order<'_>, verdict: &Verdict, status: ExitStatus) -> Option<&'static str> {
    let passed = verdict.outcome == Outcome::Passed;
    let asked = order.address.is_none();
    if verdict.exercise != order.exercise {
        Some("it is about another exercise")
    } else if status.success() != passed || !matches!(status.code(), Some(0 | 1)) {
        Some("the program ended as if something else had come out")
    } else if passed && !(asked && verdict.runs.rough >= order.runs.unwrap_or(1) && verdict.runs.calm > 0) {
        Some("it passes what was not run")
    } else if passed && verdict.tried.iter().any(|tried| tried.required && tried.count == 0) {
        Some("it passes what was not tried")
    } else {
        None
    }
}

/// Waits for a program to end; one that takes too long, or that nobody waits for any more, is ended, and `None`.
fn wait(command: &mut Command, stop: &Stop) -> io::Result<Option<ExitStatus>> {
    let mut child = command.spawn()?;
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() > LIMIT || stop.is_said() {
            child::end(&mut child)?;
            return Ok(None);
        }
        thread::sleep(LOOK_EVERY);
    }
}

fn not_the_exams(exercise: &str, why: &str) -> Verdict {
    let sentence = format!("the program left a verdict that is not the exam's: {why}");
    Verdict::new(exercise, Outcome::Crashed, sentence)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_output_is_cut_and_said_to_be() {
        let place = std::env::temp_dir().join(format!("printed-{}", std::process::id()));
        keep(io::repeat(b'x').take(3_000_000), &place).expect("a place for files that do not last");
        let text = fs::read_to_string(&place).expect("it was written");
        fs::remove_file(&place).expect("it is there");
        assert!(text.len() < MOST_OUTPUT + 100);
        assert!(text.ends_with("… and 2000000 bytes more, which were not kept\n"));
    }
}
