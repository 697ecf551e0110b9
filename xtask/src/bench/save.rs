// SPDX-License-Identifier: MIT OR Apache-2.0
//! From saving a file to its verdict: every exercise under `cargo course watch`, beside rustlings.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use course::Exercise;
use serde_json::{Map, Value, json};

use super::newcomer::{cargo, clone};
use super::rustlings::{self, Rustlings};
use super::section::{Align, Section, Table, grouped};
use super::statistics::Spread;
use crate::command;

/// Odd, so that the median is one of them.
const SAVES: usize = 9;
/// The first check builds what exercises of its kind link. It decides nothing but when to give up.
const PATIENCE: Duration = Duration::from_secs(600);

/// Saves the reference answer of each exercise again and again, and waits for the loop's verdicts.
///
/// # Errors
/// The course does not build in a fresh clone, or a reference answer does not pass there.
pub(crate) fn measure() -> Result<Section> {
    let folder = clone("save")?;
    command::run(cargo(&folder).args(["build", "--quiet", "--package", "grader"]))?;
    let mut table = Table::new(vec![
        ("what", Align::Left),
        ("lines", Align::Right),
        ("runs with faults", Align::Right),
        ("from saving to the verdict, ms", Align::Right),
    ]);
    let mut figures = Map::new();
    for exercise in course::exercises() {
        eprintln!("{} saved {SAVES} times", exercise.name);
        let (lines, runs, took) = saves(&folder, exercise).with_context(|| exercise.name.to_owned())?;
        table.push(vec![exercise.name.to_owned(), lines.to_string(), grouped(runs), took.shown(1.0, 0)]);
        let figure = json!({ "lines": lines, "runs": runs, "save_to_verdict_ms": took.json() });
        figures.insert(exercise.name.to_owned(), figure);
    }
    eprintln!("rustlings");
    let name = format!("rustlings {}", rustlings::VERSION);
    figures.insert(
        "rustlings".to_owned(),
        match peer() {
            Ok((lines, took)) => {
                table.push(vec![name, lines.to_string(), String::new(), took.shown(1.0, 0)]);
                json!({ "version": rustlings::VERSION, "lines": lines, "save_to_verdict_ms": took.json() })
            }
            Err(why) => {
                table.push(vec![name, format!("not run: {why:#}")]);
                json!({ "version": rustlings::VERSION, "not_run": format!("{why:#}") })
            }
        },
    );
    let notes = vec![
        format!("an answer that passes, changed by a line each time; median of {SAVES} [least..most]"),
        "ours: `cargo course watch --json`, the time until it notices the save included; wanted of simulated exams: at most 1 000"
            .to_owned(),
        format!("rustlings: `rustlings run` builds, tests, lints and runs {}", rustlings::ANSWER),
    ];
    Ok(Section { title: "From saving to the verdict".to_owned(), table, notes, figures: figures.into() })
}

/// The text with a line more, so that the compiler has something to do.
fn changed(answer: &str, n: usize) -> String {
    format!("{answer}\nconst _: usize = {n};\n")
}

/// Lines of the answer, runs with faults, and how long the verdicts took.
fn saves(folder: &Path, exercise: &Exercise) -> Result<(usize, u64, Spread)> {
    let file = folder.join(exercise.file());
    let solution = folder.join(exercise.file().replacen("exercises", "solutions", 1));
    let answer = fs::read_to_string(&solution)
        .with_context(|| format!("the reference answer {} cannot be read", solution.display()))?;
    let save = |n| fs::write(&file, changed(&answer, n)).context("the exercise cannot be written");
    save(0)?;
    let watching = Watching::start(folder, exercise)?;
    let mut runs = watching.verdict()?;
    let mut took = Vec::new();
    for n in 1..=SAVES {
        let begun = Instant::now();
        save(n)?;
        runs = watching.verdict()?;
        took.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok((answer.lines().count(), runs, Spread::of(took)))
}

fn peer() -> Result<(usize, Spread)> {
    let rustlings = Rustlings::new()?;
    let answer = rustlings::answer()?;
    // The first builds nothing that is measured.
    rustlings.save_to_verdict_ms(&changed(&answer, 0))?;
    let took: Result<Vec<f64>> =
        (1..=SAVES).map(|n| rustlings.save_to_verdict_ms(&changed(&answer, n))).collect();
    Ok((answer.lines().count(), Spread::of(took?)))
}

/// The loop, as an editor has it. It ends with this value.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(folder: &Path, exercise: &Exercise) -> Result<Watching> {
        // The program itself and not through cargo, which would outlive it where it is no replacement for itself.
        let program = folder.join("target/debug").join(format!("course{}", std::env::consts::EXE_SUFFIX));
        let mut child = Command::new(&program)
            .args(["watch", exercise.name, "--json"])
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let out = BufReader::new(child.stdout.take().context("its output was asked for as a pipe")?);
        let (said, lines) = channel();
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
        Ok(Watching { child, lines })
    }

    /// Waits for a verdict, which has to be a pass, and how many runs with faults it is of.
    fn verdict(&self) -> Result<u64> {
        let line = self.lines.recv_timeout(PATIENCE).context("there was no verdict")?;
        let verdict: Value = serde_json::from_str(&line).context("verdicts are JSON")?;
        ensure!(verdict["outcome"] == "passed", "the reference answer does not pass: {line}");
        let runs = verdict["runs"]["rough"].as_str().and_then(|runs| runs.parse().ok());
        runs.context("a verdict counts its runs")
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
