// SPDX-License-Identifier: MIT OR Apache-2.0
//! The `main` of every answer: reads the budget, examines, writes the verdict; a watchdog beside it.
//!
//! The grader starts the program with `--verdict <file> --trace <file> --seed <n> --runs <n> --first <n,n,…>`, or
//! with `--address <address>` for one run. Started by hand without them it prints the verdict for people.

use std::ffi::OsString;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{env, fs, io, panic, thread};

use trace::Trace;

use crate::brought;
use crate::exam::{Budget, Exam};
use crate::spot::{self, Spot};
use crate::verdict::{Outcome, Verdict};

/// A call into the learner's code that takes longer than this does not come back.
const CALL_LIMIT: Duration = Duration::from_secs(2);
/// An exam takes a fraction of a second; one that takes so long would not be waited for.
const EXAM_LIMIT: Duration = Duration::from_secs(25);
/// The longest trace that is printed, in bytes: the Playground takes an output of 640 KiB, in all.
const MOST_TOLD: usize = 400 << 10;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How the file ends that says what broke before its story is known; its beginning is that of the verdict's file.
pub const FIRST: &str = "first";

/// Where the verdict goes.
#[derive(Clone, Debug, Default)]
struct Places {
    verdict: Option<PathBuf>,
    trace: Option<PathBuf>,
    /// Both to standard output, as one line of JSON.
    stdout: bool,
}

/// Runs an exam as a program.
pub fn main(exam: &dyn Exam) -> ExitCode {
    let (budget, places) = match read_arguments(given()) {
        Ok(read) => read,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    keep_panics_quiet();
    watch(exam.name(), places.clone());
    let Ok(mut examined) = panic::catch_unwind(AssertUnwindSafe(|| {
        exam.examine_telling(&budget, &mut |first| tell(first, &places))
    })) else {
        return deliver(&our_own_mistake(exam.name()), &places);
    };
    if let (Some(place), Some(trace)) = (&places.trace, &examined.counterexample) {
        match fs::write(place, trace.to_json_lines()) {
            Ok(()) => examined.verdict.trace_file = Some(place.display().to_string()),
            // The verdict is worth more than the trace.
            Err(error) => eprintln!("the trace could not be written to {}: {error}", place.display()),
        }
    }
    if examined.verdict.outcome == Outcome::Crashed {
        let place = PANIC.lock().ok().and_then(|mut place| place.take());
        examined.verdict.detail = place.or(examined.verdict.detail);
    }
    if places.stdout {
        return print_line(&examined.verdict, examined.counterexample.as_ref());
    }
    deliver(&examined.verdict, &places)
}

/// What the program was started with.
fn given() -> impl Iterator<Item = OsString> {
    brought::ARGUMENTS.iter().map(OsString::from).chain(env::args_os().skip(1))
}

/// Tells whoever waits what broke, while the run that broke it is made shorter: beside the verdict's place, in a file that ends
/// in `first`. People who started the program by hand wait for the whole of it.
fn tell(first: &Verdict, places: &Places) {
    if let Some(place) = &places.verdict {
        // Without it the verdict comes later, and no less true.
        let _ = write_whole(&place.with_extension(FIRST), first);
    }
}

/// First beside it, then moved: whoever finds the file finds all of it.
fn write_whole(place: &Path, verdict: &Verdict) -> io::Result<()> {
    let beside = place.with_extension("part");
    fs::write(&beside, verdict.to_json()).and_then(|()| fs::rename(&beside, place))
}

/// Writes the verdict where it is wanted; the exit code says whether all is well.
fn deliver(verdict: &Verdict, places: &Places) -> ExitCode {
    let passed = verdict.outcome == Outcome::Passed;
    let result = match &places.verdict {
        Some(place) => write_whole(place, verdict),
        None if places.stdout => return print_line(verdict, None),
        #[cfg(not(bundled))]
        None => {
            print!("{}", crate::report::report(verdict));
            Ok(())
        }
        #[cfg(bundled)]
        None => Ok(()),
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

/// Verdict and counterexample as one line, `{"verdict":…,"trace":…}`: for who reads what a program printed and can read
/// nothing else. The line begins a line, whatever the answer printed before it.
fn print_line(verdict: &Verdict, trace: Option<&Trace>) -> ExitCode {
    let trace = trace.map(Trace::to_json_lines).filter(|lines| lines.len() <= MOST_TOLD);
    let trace = serde_json::to_string(&trace).expect("text is JSON");
    println!("\n{{\"verdict\":{},\"trace\":{trace}}}", verdict.to_json());
    if verdict.outcome == Outcome::Passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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

/// Looks whether the learner's code comes back, and whether the exam ends; when not, says where it is and ends the
/// process.
fn watch(exercise: &'static str, places: Places) {
    let watcher = move || {
        let begun = Instant::now();
        let (mut seen, mut since) = (0, begun);
        loop {
            thread::sleep(LOOK_EVERY);
            let calls = spot::calls();
            if calls != seen {
                (seen, since) = (calls, Instant::now());
            } else if calls % 2 == 1 && since.elapsed() > CALL_LIMIT {
                deliver(&hangs(exercise), &places);
                std::process::exit(1);
            }
            if begun.elapsed() > EXAM_LIMIT {
                deliver(&too_slow(exercise), &places);
                std::process::exit(1);
            }
        }
    };
    // Without a watcher the grader's own limit still ends the run.
    let _ = thread::Builder::new().name("watchdog".to_owned()).spawn(watcher);
}

fn hangs(exercise: &str) -> Verdict {
    let Spot { call, seed, calm } = spot::last();
    let sentence = format!("{call} did not come back within {} s", CALL_LIMIT.as_secs());
    let mut verdict = Verdict::new(exercise, Outcome::TimedOut, sentence);
    // Runs without faults come first anyway: their seeds are nothing to begin with next time.
    verdict.seed = (!calm).then_some(seed);
    verdict.advice =
        Some(format!("Look for a loop in this handler that does not end. The run is of seed {seed}."));
    verdict
}

fn too_slow(exercise: &str) -> Verdict {
    let Spot { call, seed, calm } = spot::last();
    let sentence =
        format!("the exam was not over after {} s; the last call was {call}", EXAM_LIMIT.as_secs());
    let mut verdict = Verdict::new(exercise, Outcome::TimedOut, sentence);
    verdict.seed = (!calm).then_some(seed);
    verdict.advice = Some(format!(
        "Every call comes back, but all of them together take too long. Look for work that grows with everything \
         that ever came. The run is of seed {seed}."
    ));
    verdict
}

/// What panicked was not the learner's code.
fn our_own_mistake(exercise: &str) -> Verdict {
    let sentence = "the exam itself panicked: this is a mistake of the course, not yours";
    let mut verdict = Verdict::new(exercise, Outcome::Crashed, sentence);
    verdict.detail = PANIC.lock().ok().and_then(|mut place| place.take());
    verdict.advice = Some("Please report it with your file.".to_owned());
    verdict
}

fn read_arguments(mut arguments: impl Iterator<Item = OsString>) -> Result<(Budget, Places), String> {
    let (mut budget, mut places) = (Budget::default(), Places::default());
    while let Some(name) = arguments.next() {
        let name = name.to_string_lossy().into_owned();
        match name.as_str() {
            "--thorough" => {
                budget.thorough = true;
                continue;
            }
            "--stdout" => {
                places.stdout = true;
                continue;
            }
            _ => {}
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value; {USAGE}"))?;
        let number =
            |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is not a whole number; {USAGE}"));
        let text = value.to_string_lossy();
        match name.as_str() {
            "--verdict" => places.verdict = Some(value.into()),
            "--trace" => places.trace = Some(value.into()),
            "--seed" => budget.seed = number(&text)?,
            "--runs" => budget.runs = Some(number(&text)?),
            "--first" => budget.first = text.split(',').map(number).collect::<Result<_, _>>()?,
            #[cfg(not(bundled))]
            "--address" => {
                let address = text.parse().map_err(|error| format!("{error}"))?;
                budget.only = Some(address);
            }
            _ => return Err(format!("there is no option {name}; {USAGE}")),
        }
    }
    Ok((budget, places))
}

const USAGE: &str = "usage: [--seed <n>] [--runs <n>] [--first <n,n,…>] [--thorough] [--address <address>] [--verdict <file>] \
    [--trace <file>] [--stdout]";
