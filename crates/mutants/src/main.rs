// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo run -p mutants [-- <exercise>…]`: every solution's mutants, and which of them their exam lets pass.

use std::env;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use course::{Exercise, exercises, find_exercise};
use grader::Workspace;
use mutants::operators::Mutant;
use mutants::survey::{Fate, Survey, survey};

#[derive(Parser)]
#[command(
    name = "mutants",
    about = "Changes solutions in one place at a time and asks whether their exams notice"
)]
struct Cli {
    /// Only these exercises.
    exercises: Vec<String>,
    /// How many to examine at once; by default as many as there are cores.
    #[arg(long)]
    jobs: Option<usize>,
    /// Also print every mutant that was killed, and by which promise.
    #[arg(long)]
    all: bool,
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: &Cli) -> Result<bool> {
    let workspace =
        Workspace::find(&env::current_dir().context("the current folder is not there any more")?)?;
    let chosen: Vec<&'static Exercise> = if cli.exercises.is_empty() {
        exercises().iter().collect()
    } else {
        let found =
            |name: &String| find_exercise(name).with_context(|| format!("there is no exercise `{name}`"));
        cli.exercises.iter().map(found).collect::<Result<_>>()?
    };
    let jobs = cli.jobs.unwrap_or_else(grader::cores);
    let (mut killed, mut survived) = (0, 0);
    for exercise in chosen {
        let survey = survey(&workspace, exercise, jobs, &mut |mutant, fate| {
            if *fate == Fate::Survived || cli.all {
                println!("{}", line(exercise, mutant, fate));
            }
        })?;
        report(exercise, &survey);
        killed += survey.count(|fate| matches!(fate, Fate::Killed(_) | Fate::Explained(_)));
        survived += survey.count(|fate| *fate == Fate::Survived) + survey.idle.len();
    }
    println!("\n{killed} passed, {survived} failed");
    Ok(survived == 0)
}

fn report(exercise: &Exercise, survey: &Survey) {
    let unviable = survey.count(|fate| *fate == Fate::Unviable);
    let killed = survey.count(|fate| matches!(fate, Fate::Killed(_)));
    let explained = survey.count(|fate| matches!(fate, Fate::Explained(_)));
    let survived = survey.count(|fate| *fate == Fate::Survived);
    println!(
        "{:<20} {killed:>4} killed {explained:>3} explained {survived:>3} survived  ({unviable} did not compile)",
        exercise.name
    );
    for idle in &survey.idle {
        println!("  explained, but it does not survive: `{}` for `{}` on `{}`", idle.is, idle.was, idle.line);
    }
}

fn line(exercise: &Exercise, mutant: &Mutant, fate: &Fate) -> String {
    let what = match fate {
        Fate::Unviable => "did not compile".to_owned(),
        Fate::Killed(by) => format!("killed: {by}"),
        Fate::Explained(why) => format!("explained: {why}"),
        Fate::Survived => "SURVIVED".to_owned(),
    };
    let short = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (was, is) = (short(&mutant.was), short(&mutant.is));
    format!("{}:{}: `{was}` became `{is}`: {what}", exercise.name, mutant.line)
}
