// SPDX-License-Identifier: MIT OR Apache-2.0
//! The `main` of every answer: reads the budget, examines, writes the verdict; a watchdog beside it.
//!
//! The grader starts the program with `--verdict <file> --trace <file> --seed <n> --runs <n> --first <n,n,…>`. Started
//! by hand without them it prints the verdict for people.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{env, fs, panic, thread};

use crate::exam::{Budget, Exam};
use crate::spot;
use crate::verdict::{Outcome, Verdict};

/// A call into the learner's code that takes longer than this does not come back.
const CALL_LIMIT: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Where the verdict goes.
#[derive(Clone, Debug, Default)]
struct Places {
    verdict: Option<PathBuf>,
    trace: Option<PathBuf>,
}

/// Runs an exam as a program.
pub fn main(exam: &dyn Exam) -> ExitCode {
    let (budget, places) = match read_arguments(env::args_os().skip(1)) {
        Ok(read) => read,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    keep_panics_quiet();
    watch(exam.name(), places.clone());
    let mut examined = exam.examine(&budget);
    if let (Some(place), Some(trace)) = (&places.trace, &examined.counterexample) {
        if let Err(error) = fs::write(place, trace.to_json_lines()) {
            eprintln!("the trace could not be written to {}: {error}", place.display());
            return ExitCode::from(2);
        }
        examined.verdict.trace_file = Some(place.display().to_string());
    }
    if examined.verdict.outcome == Outcome::Crashed {
        let place = PANIC.lock().ok().and_then(|mut place| place.take());
        examined.verdict.detail = place.or(examined.verdict.detail);
    }
    deliver(&examined.verdict, &places)
}

/// Writes the verdict where it is wanted; the exit code says whether all is well.
fn deliver(verdict: &Verdict, places: &Places) -> ExitCode {
    let passed = verdict.outcome == Outcome::Passed;
    let result = match &places.verdict {
        // First beside it, then moved: whoever finds the file finds all of it.
        Some(place) => {
            let beside = place.with_extension("part");
            fs::write(&beside, verdict.to_json()).and_then(|()| fs::rename(&beside, place))
        }
        None => {
            print!("{}", crate::report::report(verdict));
            Ok(())
        }
    };
    match result {
        Ok(()) if passed => ExitCode::SUCCESS,
        Ok(()) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the verdict could not be written: {error}");
            ExitCode::from(2)
        }
    }
}

/// What the last panic of the learner's code said, and where.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// A panic of the learner's code is a finding with an input, not a stack on the screen.
fn keep_panics_quiet() {
    panic::set_hook(Box::new(|info| {
        if let Ok(mut place) = PANIC.lock() {
            *place = Some(info.to_string());
        }
    }));
}

/// Looks whether the learner's code comes back; when it does not, says where it is and ends the process.
fn watch(exercise: &'static str, places: Places) {
    let watcher = move || {
        let (mut seen, mut since) = (0, Instant::now());
        loop {
            thread::sleep(LOOK_EVERY);
            let calls = spot::calls();
            if calls != seen {
                (seen, since) = (calls, Instant::now());
            } else if calls % 2 == 1 && since.elapsed() > CALL_LIMIT {
                deliver(&timed_out(exercise), &places);
                std::process::exit(1);
            }
        }
    };
    // Without a watcher the grader's own limit still ends the run.
    let _ = thread::Builder::new().name("watchdog".to_owned()).spawn(watcher);
}

fn timed_out(exercise: &str) -> Verdict {
    let (call, seed) = spot::last();
    let sentence = format!("{call} did not come back within {} s", CALL_LIMIT.as_secs());
    let mut verdict = Verdict::new(exercise, Outcome::TimedOut, sentence);
    verdict.seed = Some(seed);
    verdict.advice =
        Some(format!("Look for a loop in this handler that does not end. The run is of seed {seed}."));
    verdict
}

fn read_arguments(mut arguments: impl Iterator<Item = OsString>) -> Result<(Budget, Places), String> {
    let (mut budget, mut places) = (Budget::default(), Places::default());
    while let Some(name) = arguments.next() {
        let name = name.to_string_lossy().into_owned();
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value; {USAGE}"))?;
        let number =
            |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is not a whole number; {USAGE}"));
        let text = value.to_string_lossy();
        match name.as_str() {
            "--verdict" => places.verdict = Some(value.into()),
            "--trace" => places.trace = Some(value.into()),
            "--seed" => budget.seed = number(&text)?,
            "--runs" => budget.runs = number(&text)?,
            "--first" => budget.first = text.split(',').map(number).collect::<Result<_, _>>()?,
            _ => return Err(format!("there is no option {name}; {USAGE}")),
        }
    }
    Ok((budget, places))
}

const USAGE: &str = "usage: [--seed <n>] [--runs <n>] [--first <n,n,…>] [--verdict <file>] [--trace <file>]";
