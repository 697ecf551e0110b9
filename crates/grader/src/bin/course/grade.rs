// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo course grade`: a learner's own files, or the folder of a class.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::databases;
use anyhow::{Context, Result, bail};
use clap::Args;
use grader::grade::{self, Gathered, GradeOptions, Grades, Row, Skipped, Step, Submission};
use grader::{Outcome, Workspace};

/// What a shell expects of a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;
/// A line of progress is no wider than a narrow terminal.
const WIDE: usize = 78;

#[derive(Args)]
pub struct Grade {
    /// The folder of a class: in it each learner's folder, in that files named after exercises. Without it your own files
    /// are graded.
    folder: Option<PathBuf>,
    /// Print the grades as JSON (schema v1).
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print the grades as CSV, one line for each answer.
    #[arg(long)]
    csv: bool,
    /// Write the grades into this file instead.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only this exercise; may be given several times.
    #[arg(long, value_name = "EXERCISE")]
    exercise: Vec<String>,
    /// Only this learner; may be given several times.
    #[arg(long, value_name = "LEARNER", requires = "folder")]
    learner: Vec<String>,
    /// The first seed, the same for all.
    #[arg(long)]
    seed: Option<u64>,
    /// How many runs with faults; fewer than an exam asks for pass nobody.
    #[arg(long)]
    runs: Option<u64>,
    /// How many to grade at a time [default: one on each core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
    /// The authors are strangers: hold what their programs may do.
    #[arg(long)]
    untrusted: bool,
    /// Grade again what was graded before.
    #[arg(long)]
    again: bool,
    /// The file that keeps results from one grading to the next [default: .inflight/grades.jsonl].
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,
}

pub fn grade(workspace: &Workspace, order: &Grade) -> Result<ExitCode> {
    if order.out.is_some() && !order.json && !order.csv {
        bail!("--out needs to know how to write: add --json or --csv");
    }
    let options = GradeOptions {
        seed: order.seed,
        runs: order.runs,
        jobs: order.jobs.map(usize::from),
        untrusted: order.untrusted,
        again: order.again,
        results: order.results.clone(),
    };
    let gathered = gathered(workspace, order)?;
    let mut packages = gathered.submissions.iter().map(|submission| submission.exercise.package);
    if order.untrusted && packages.any(databases::are_missing) {
        return databases::again(workspace);
    }
    let stop = on_interrupt()?;
    let mut progress = Progress { live: io::stderr().is_terminal() };
    let mut each = |step: &Step<'_>| progress.show(step);
    let run = if order.folder.is_some() { grade::grade } else { grade::own };
    let rows = run(workspace, &gathered.submissions, &options, &stop, &mut each);
    progress.end();
    let rows: Vec<Option<Row>> = rows?;
    let of = rows.len();
    let rows: Vec<Row> = rows.into_iter().flatten().collect();
    if rows.len() < of {
        eprintln!("{} of {of} graded. They are kept: the same command goes on from here.", rows.len());
        return Ok(ExitCode::from(INTERRUPTED));
    }
    show(order, &rows, &gathered, &options)?;
    let good = |row: &Row| match order.folder {
        Some(_) => row.outcome.is_some(),
        None => row.outcome == Some(Outcome::Passed),
    };
    Ok(if rows.iter().all(good) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is to be graded.
fn gathered(workspace: &Workspace, order: &Grade) -> Result<Gathered> {
    let exercises = order.exercise.iter().map(|name| super::named(name).map(|exercise| exercise.name));
    let exercises: Vec<&str> = exercises.collect::<Result<_>>()?;
    let mut gathered = match &order.folder {
        Some(folder) => grade::gather(folder)?,
        None => {
            let (submissions, skipped) = grade::own_submissions(workspace);
            Gathered { submissions, skipped, more_skipped: 0 }
        }
    };
    if let (true, Some(folder)) = (gathered.submissions.is_empty(), &order.folder) {
        tell(&gathered);
        bail!("there are no answers in {}.\n{LAYOUT}", folder.display());
    }
    if let Some(unknown) =
        order.learner.iter().find(|name| !gathered.submissions.iter().any(|s| s.learner == **name))
    {
        bail!("there is no learner `{}` who handed something in", grade::printable(unknown));
    }
    gathered.submissions.retain(|one: &Submission| {
        (exercises.is_empty() || exercises.contains(&one.exercise.name))
            && (order.learner.is_empty() || order.learner.contains(&one.learner))
    });
    Ok(gathered)
}

/// A flag that the first Ctrl-C raises; the second ends the program at once.
fn on_interrupt() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    {
        use signal_hook::consts::SIGINT;
        use signal_hook::flag;
        let cannot = "cannot listen to Ctrl-C";
        flag::register_conditional_shutdown(SIGINT, i32::from(INTERRUPTED), Arc::clone(&stop))
            .context(cannot)?;
        flag::register(SIGINT, Arc::clone(&stop)).context(cannot)?;
    }
    Ok(stop)
}

/// Where the grades go.
fn show(order: &Grade, rows: &[Row], gathered: &Gathered, options: &GradeOptions) -> Result<()> {
    let Gathered { skipped, more_skipped, .. } = gathered;
    let text = if order.json {
        grade::to_json(&Grades::new(rows, skipped, *more_skipped, options))?
    } else if order.csv {
        grade::to_csv(rows)?
    } else if order.folder.is_some() {
        grade::to_table(rows)
    } else {
        grade::to_own_table(rows)
    };
    match &order.out {
        Some(file) => grader::replace(file, &text)?,
        None => io::stdout().write_all(text.as_bytes()).context("the grades cannot be printed")?,
    }
    tell(gathered);
    for row in rows.iter().filter(|row| row.outcome.is_none()) {
        eprintln!("not graded: {}: {}", grade::printable(&row.file), grade::printable(&row.sentence));
    }
    Ok(())
}

/// Says what was passed over.
fn tell(gathered: &Gathered) {
    for Skipped { file, why } in &gathered.skipped {
        eprintln!("passed over: {}: {}", grade::printable(file), grade::printable(why));
    }
    if gathered.more_skipped > 0 {
        eprintln!("passed over: {} files more", gathered.more_skipped);
    }
}

/// Says how far it is: one line that changes where somebody watches, a line each elsewhere.
struct Progress {
    live: bool,
}

impl Progress {
    fn show(&mut self, step: &Step<'_>) {
        let said = match step.verdict {
            Ok(verdict) => verdict.outcome.words(),
            Err(_) => "not graded",
        };
        let who = grade::printable(&step.submission.learner);
        let left = step
            .left
            .filter(|_| step.done < step.of)
            .map_or(String::new(), |left| format!(", about {} left", in_words(left)));
        let what = step.submission.exercise.name;
        let line = format!("{}/{}{left}  {who} {what}: {said}", step.done, step.of);
        let line: String = line.chars().take(WIDE).collect();
        // What was known before is news for nobody who reads a log.
        if self.live {
            eprint!("\r{line}\x1b[K");
        } else if step.left.is_some() {
            eprintln!("{line}");
        }
    }

    /// The line is not needed any more.
    fn end(&self) {
        if self.live {
            eprint!("\r\x1b[K");
        }
    }
}

fn in_words(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=99 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}

const LAYOUT: &str = "\
A class's folder holds a folder for each learner, and files named after exercises in it: <learner>/resequencer.rs, at any \
depth. Files beside the folders are named after both: <learner>-resequencer.rs.";
