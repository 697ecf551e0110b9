// SPDX-License-Identifier: MIT OR Apache-2.0
//! Checks an answer, and says on the way how far it is: one JSON object a line.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use course::Exercise;
use grader::{Options, Stage, Stop, Verdict, Workspace};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;

use crate::answer::Problem;
use crate::lines::lines;
use crate::run_queue::{Ender, Reader, Run, RunQueue};

/// A check may take so long, its wait for others not counted: the kit's first build takes a minute or two.
const LIMIT: Duration = Duration::from_secs(600);
/// A longer trace is not sent, in bytes; it is on disk.
const MOST_TRACE: u64 = 8 << 20;

/// What is to be checked, and how.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asked {
    /// The answer, which is saved first.
    pub text: Option<String>,
    /// What the page believes to be on disk.
    pub version: Option<String>,
    address: Option<String>,
    seed: Option<Number>,
    runs: Option<Number>,
}

/// A number of 64 bits, which JavaScript has to send as a string.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Plain(u64),
    Text(String),
}

impl Number {
    fn read(self) -> Result<u64, Problem> {
        match self {
            Number::Plain(number) => Ok(number),
            Number::Text(text) => text.parse().map_err(|_| {
                Problem::new(StatusCode::BAD_REQUEST, format!("`{text}` is no number from 0 to {}", u64::MAX))
            }),
        }
    }
}

impl Asked {
    /// How to check.
    ///
    /// # Errors
    /// A number is none, or one run is asked for and many are.
    pub fn options(&mut self) -> Result<Options, Problem> {
        let number = |number: Option<Number>| number.map(Number::read).transpose();
        let (seed, runs) = (number(self.seed.take())?, number(self.runs.take())?);
        let address = self.address.take();
        if address.is_some() && (seed.is_some() || runs.is_some()) {
            let sentence = "an address names one run: there is neither a seed nor a number of runs beside it";
            return Err(Problem::new(StatusCode::BAD_REQUEST, sentence));
        }
        Ok(Options { seed, runs, address, ..Options::default() })
    }
}

/// Starts a run, and answers with what it will say. Who drops the body ends the run.
pub fn start(
    workspace: Arc<Workspace>,
    queue: &RunQueue,
    exercise: &'static Exercise,
    options: Options,
    place: tokio::sync::OwnedSemaphorePermit,
) -> Body {
    let run = queue.begin(exercise, place);
    let (to, body) = lines(Reader(run.ender.clone()));
    tokio::spawn(examine(workspace, exercise, options, run, to));
    body
}

async fn examine(
    workspace: Arc<Workspace>,
    exercise: &'static Exercise,
    options: Options,
    run: Run,
    to: Sender<Bytes>,
) {
    let ender = run.ender.clone();
    let last = match run.turn().await {
        None => ended(&ender),
        Some(going) => {
            let (said, stop) = (to.clone(), ender.stop.clone());
            let check = tokio::task::spawn_blocking(move || {
                let found = found(&workspace, exercise, options, stop, &said);
                // Its place is free when its last file is written.
                drop(going);
                found
            });
            let late = ender.clone();
            let limit = tokio::spawn(async move {
                tokio::time::sleep(LIMIT).await;
                late.end("a check may take ten minutes, and this one took longer");
            });
            let found = check.await;
            limit.abort();
            match found {
                Ok(Ok((verdict, trace))) => json!({ "verdict": verdict, "trace": trace }),
                Ok(Err(_)) if ender.stop.is_said() => ended(&ender),
                Ok(Err(error)) => json!({ "error": format!("{error:#}") }),
                Err(_) => json!({ "error": "the grader made a mistake; the server's terminal says more" }),
            }
        }
    };
    say(&to, &last);
}

fn ended(ender: &Ender) -> Value {
    json!({ "error": format!("the check was ended: {}", ender.why().unwrap_or("nobody waits for it")) })
}

/// Never waits: a reader who is slow holds up no run, and there are fewer lines than places for them.
fn say(to: &Sender<Bytes>, line: &Value) {
    let _ = to.try_send(Bytes::from(format!("{line}\n")));
}

fn found(
    workspace: &Workspace,
    exercise: &'static Exercise,
    options: Options,
    stop: Stop,
    to: &Sender<Bytes>,
) -> Result<(Verdict, Option<String>)> {
    if stop.is_said() {
        bail!("it was ended before it began");
    }
    let options = Options { stop, ..options };
    let mut progress = |stage: Stage| say(to, &line(stage));
    let verdict = grader::check(workspace, exercise, &options, &mut progress)?;
    let trace = verdict.trace_file.as_ref().and_then(|file| {
        let path = workspace.root().join(file);
        let small = fs::metadata(&path).is_ok_and(|known| known.len() <= MOST_TRACE);
        fs::read_to_string(path).ok().filter(|_| small)
    });
    Ok((verdict, trace))
}

/// How far the check is; what broke is said before the run that shows it has been made short.
fn line(stage: Stage) -> Value {
    match stage {
        Stage::Kit => json!({ "stage": "kit" }),
        Stage::Compile => json!({ "stage": "compile" }),
        Stage::Run => json!({ "stage": "run" }),
        Stage::Shorten(verdict) => json!({ "first": verdict }),
    }
}
