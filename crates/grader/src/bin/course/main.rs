// SPDX-License-Identifier: MIT OR Apache-2.0
//! The `course` command: `cargo course list`, `check`, `watch`, `serve`, `hint`, `reset`, `export`, `import`, `grade`,
//! `queues`, `verify`.

mod databases;
mod grade;
mod queues;
mod serve;
mod transfer;
mod watch;

use std::env;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use course::{Exercise, exercises, find_exercise};
use grader::verify::{Kind, Line};
use grader::{Options, Outcome, Stage, Workspace};

#[derive(Parser)]
#[command(name = "course", bin_name = "cargo course", about = "The exercises of the course", version)]
struct Cli {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Show all exercises and where you stand.
    List,
    /// Check your file of an exercise.
    Check {
        /// The exercise; `list` shows them.
        exercise: String,
        /// The first seed; the seeds that broke something before are left out then.
        #[arg(long)]
        seed: Option<u64>,
        /// How many runs with faults.
        #[arg(long)]
        runs: Option<u64>,
        /// Try every placement of two faults in small runs, too, and not of one alone: takes some seconds.
        #[arg(long)]
        thorough: bool,
        /// The address of one run, as a verdict prints it: that run and no other. It counts as no attempt.
        #[arg(long, conflicts_with_all = ["seed", "runs", "thorough"])]
        address: Option<String>,
        /// The file is a stranger's: confine it, and lead it through the exam call by call (Linux). It counts as no attempt.
        #[arg(long)]
        untrusted: bool,
        /// Check this file instead of yours.
        #[arg(long, requires = "untrusted")]
        file: Option<PathBuf>,
        /// Print the verdict as one line of JSON (schema v1).
        #[arg(long)]
        json: bool,
    },
    /// Check your file again each time you save it, and tell what to do next with one key.
    Watch(watch::Watch),
    /// Serve the book on this machine, with editors in its pages that your own compiler answers.
    Serve(serve::Serve),
    /// Show a hint; each time one level further.
    Hint {
        /// The exercise.
        exercise: String,
    },
    /// Put the file of an exercise back to its beginning.
    Reset {
        /// The exercise.
        exercise: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Write your progress into one file, to take it to another machine or into the book's page.
    Export(transfer::Export),
    /// Add a file of progress to yours: the best of both, and nothing is lost.
    Import {
        /// What `export` wrote.
        file: PathBuf,
    },
    /// Count what nine queue systems lose, duplicate and refuse under faults, setting by setting.
    Queues(queues::Queues),
    /// Grade your own files, or those of a class.
    Grade(grade::Grade),
    /// Check the course itself: stubs fail, solutions pass, wrong answers are rejected for their own reason.
    Verify {
        /// Only this exercise.
        exercise: Option<String>,
        /// Print each answer as one line of JSON, and nothing else.
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    if let Some(code) = grader::untrusted::inside(env::args_os()) {
        return code;
    }
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    let here = env::current_dir().context("the current folder is not there any more")?;
    let workspace = Workspace::find(&here)?;
    match cli.command {
        Verb::List => say(&listing(&workspace)?),
        Verb::Check { exercise, seed, runs, thorough, address, untrusted, file, json } => {
            let colour = !json && in_colour();
            let options = Options { seed, runs, thorough, address, colour, ..Options::default() };
            let exercise = named(&exercise)?;
            if untrusted && databases::are_missing(exercise.package) {
                return databases::again(&workspace);
            }
            check(&workspace, exercise, &options, untrusted.then_some(file), json)
        }
        Verb::Watch(asked) => watch::watch(&workspace, &asked),
        Verb::Serve(order) => serve::serve(&workspace, &order),
        Verb::Hint { exercise } => say(&hint(&workspace, named(&exercise)?)?),
        Verb::Reset { exercise, yes } => reset(&workspace, named(&exercise)?, yes),
        Verb::Export(order) => transfer::export(&workspace, &order),
        Verb::Import { file } => transfer::import(&workspace, &file),
        Verb::Queues(asked) => queues::queues(&asked),
        Verb::Grade(grade) => grade::grade(&workspace, &grade),
        Verb::Verify { exercise, json } => {
            let only = exercise.as_deref().map(named).transpose()?;
            verify(&workspace, only, json)
        }
    }
}

fn say(text: &str) -> Result<ExitCode> {
    print!("{text}");
    Ok(ExitCode::SUCCESS)
}

fn named(name: &str) -> Result<&'static Exercise> {
    find_exercise(name).with_context(|| {
        let names: Vec<&str> = exercises().iter().map(|exercise| exercise.name).collect();
        format!("there is no exercise `{name}`; there are: {}", names.join(", "))
    })
}

/// Where the learner stands.
fn listing(workspace: &Workspace) -> Result<String> {
    let listed = grader::list(workspace)?;
    let wide = listed.iter().map(|line| line.exercise.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for line in &listed {
        let exercise = line.exercise;
        let (dot, name, minutes) = (line.standing.dot(), exercise.name, exercise.minutes);
        let (points, title) = (exercise.points(), exercise.title);
        text += &format!("{dot} {name:<wide$}  {minutes:>3} min  {points:>3} points  {title}\n");
    }
    Ok(text + "\n○ untouched  ◐ tried  ● passed\n")
}

/// How long a line may be: as wide as the terminal is, where there is one.
fn columns() -> usize {
    let wide = io::stdout().is_terminal().then(crossterm::terminal::size);
    wide.and_then(|size| size.ok()).map_or(usize::MAX, |(columns, _)| usize::from(columns).max(40))
}

/// Whether to write in colours to a terminal.
fn in_colour() -> bool {
    io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn check(
    workspace: &Workspace,
    exercise: &Exercise,
    options: &Options,
    stranger: Option<Option<PathBuf>>,
    json: bool,
) -> Result<ExitCode> {
    let watched = io::stderr().is_terminal();
    let mut say = |stage: Stage| {
        if let Stage::Shorten(first) = &stage {
            // Who reads the output as a file reads one verdict, the last.
            if !json && io::stdout().is_terminal() {
                println!("{}", grader::report_within(first, columns()));
            }
        } else if watched {
            eprintln!("{} …", stage.words());
        }
    };
    let is_own = stranger.is_none();
    let verdict = match stranger {
        None => grader::check(workspace, exercise, options, &mut say)?,
        Some(file) => {
            let file = file.unwrap_or_else(|| workspace.file(exercise));
            grader::untrusted::examine(workspace, exercise, &file, options, &mut say)?
        }
    };
    if json {
        println!("{}", verdict.to_json());
    } else {
        print!("{}", grader::report_within(&verdict, columns()));
        if let Some(file) = &verdict.trace_file {
            let file = from_here(&workspace.root().join(file));
            println!("\nWatch it:  cargo run -p tui -- replay {}", file.display());
        }
        if is_own && matches!(verdict.outcome, Outcome::Failed | Outcome::Crashed) {
            println!("A hint:    cargo course hint {}", exercise.name);
        }
        if is_own {
            print!("{}", printed(workspace, exercise));
        }
    }
    Ok(if verdict.outcome == Outcome::Passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where what the answer printed stands, if it printed anything.
fn printed(workspace: &Workspace, exercise: &Exercise) -> String {
    grader::output(workspace, exercise).map_or(String::new(), |file| {
        format!("Your code printed something: {}\n", from_here(&file).display())
    })
}

/// The next hint.
fn hint(workspace: &Workspace, exercise: &Exercise) -> Result<String> {
    let hint = grader::hint(workspace, exercise)?;
    let about = hint.promise.map_or(String::new(), |promise| format!(" on {promise}"));
    Ok(format!("Hint {} of {}{about}\n\n{}\n", hint.level, hint.of, hint.text))
}

fn reset(workspace: &Workspace, exercise: &Exercise, yes: bool) -> Result<ExitCode> {
    if !yes && !agreed(exercise)? {
        println!("Nothing was changed.");
        return Ok(ExitCode::FAILURE);
    }
    print!("{}", put_back(workspace, exercise)?);
    Ok(ExitCode::SUCCESS)
}

/// Puts the stub back, and says so.
fn put_back(workspace: &Workspace, exercise: &Exercise) -> Result<String> {
    let file = exercise.file();
    Ok(match grader::reset(workspace, exercise)? {
        Some(kept) => {
            let kept = from_here(&kept);
            format!("{file} is as it was in the beginning. Yours is kept in {}.\n", kept.display())
        }
        None => format!("{file} is there again.\n"),
    })
}

fn agreed(exercise: &Exercise) -> Result<bool> {
    print!("Put {} back to its beginning? [y/n] ", exercise.file());
    io::stdout().flush().context("cannot ask")?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).context("cannot read the answer")?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// A path as one types it where one is.
fn from_here(path: &Path) -> PathBuf {
    let Ok(here) = env::current_dir() else { return path.to_owned() };
    let common = here.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return path.to_owned();
    }
    let up = here.components().skip(common).map(|_| Component::ParentDir);
    up.chain(path.components().skip(common)).collect()
}

fn verify(workspace: &Workspace, only: Option<&Exercise>, json: bool) -> Result<ExitCode> {
    let shown = |line: &Line| if json { line.json().to_string() } else { row(line) };
    let lines = grader::verify::verify(workspace, only, &mut |line| println!("{}", shown(line)))?;
    let passed = lines.iter().filter(|line| line.good).count();
    let failed = lines.len() - passed;
    if !json {
        print!("\n{}", grader::verify::table(&lines));
        println!("\n{passed} passed, {failed} failed");
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn row(line: &Line) -> String {
    let mark = if line.good { "ok " } else { "BAD" };
    let runs = line.runs_needed.map_or(String::new(), |runs| format!("{runs} runs"));
    let kind = match &line.kind {
        Kind::Wrong(_) => "wrong",
        other => other.word(),
    };
    let text = format!("{mark} {} {kind:<8} {:<24} {runs:>8}  {}", line.exercise, line.answer, line.what);
    text.trim_end().to_owned()
}
