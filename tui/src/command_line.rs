// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::io::{IsTerminal, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
use queues::{Address, AddressError};
use stage::Material;

use crate::app::App;
use crate::desk::{self, Desk};
use crate::palette::Environment;
use crate::run::Run;
use crate::runs::Runs;
use crate::{bench_draw, picture, terminal};

/// Distributed systems, seen happening: the course in your terminal.
#[derive(Parser)]
#[command(name = "tui", version, disable_help_subcommand = true)]
struct Options {
    #[command(subcommand)]
    command: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// Open one run, such as order/concurrent-consumers?seed=7, or two beside each other
    Figure {
        /// The run's address, or two: '<address> beside <address>'
        #[arg(required = true)]
        address: Vec<String>,
    },
    /// Open the table of nine queue systems under faults
    Field,
    /// Play a trace file
    Replay {
        /// The file, JSON Lines
        file: PathBuf,
    },
    /// Print a picture of one run at its address's moment, as SVG
    #[command(hide = true)]
    Picture {
        /// The run's address
        #[arg(default_value = picture::README)]
        address: String,
        /// Light instead of dark
        #[arg(long)]
        light: bool,
    },
    /// Measure how long drawing takes
    #[command(hide = true)]
    BenchDraw {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// The scenarios of exams, whose runs are made by the reader's program.
const EXAM: &str = "exam/";
/// Bad input: what was given cannot be used.
const BAD_INPUT: u8 = 2;

/// Does what the command line says. `started` is when the process began, for the bench.
pub fn main(started: Instant) -> ExitCode {
    let options = Options::parse();
    let environment = Environment::read(|name| std::env::var(name).ok());
    let desk = Desk::find();
    let memory = desk.memory();
    let app = match options.command {
        Some(What::BenchDraw { json }) => return bench_draw::main(started, json),
        Some(What::Picture { address, light }) => {
            let material = if light { Material::Paper } else { Material::Night };
            return print_picture(picture::of_figure(&address, picture::SCREEN, material));
        }
        Some(What::Figure { address }) => open_runs(&address.join(" ")).map(|runs| {
            let address = runs.lead.address().filter(|_| runs.second().is_none());
            let title = address.map_or_else(|| "two runs".to_owned(), |address| address.scenario);
            App::figure(environment, memory, runs, &title)
        }),
        Some(What::Field) => Ok(App::field(environment, memory)),
        Some(What::Replay { file }) => {
            open_file(&file).map(|run| App::figure(environment, memory, run, "replay"))
        }
        None => Ok(App::course(environment, memory, course::outline(), desk.progress(), desk.graded())),
    };
    // Bad input is told before the screen is touched, and also where there is no screen.
    match app.and_then(|app| has_terminal().map(|()| app)) {
        Ok(app) => match terminal::run(app, desk) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error:#}");
                ExitCode::FAILURE
            }
        },
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::from(BAD_INPUT)
        }
    }
}

fn print_picture(picture: Result<String, String>) -> ExitCode {
    match picture {
        Ok(svg) => {
            print!("{svg}");
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::from(BAD_INPUT)
        }
    }
}

fn has_terminal() -> Result<(), String> {
    if stdin().is_terminal() && stdout().is_terminal() {
        return Ok(());
    }
    Err("The course needs a terminal: its input and output must not be redirected.".to_owned())
}

/// Opens a run, or two with `beside` between them.
fn open_runs(text: &str) -> Result<Runs, String> {
    let (first, second) = pairs::split(text);
    let mut runs = Runs::from(open_address(first)?);
    if let Some(second) = second {
        let run = open_address(second).map_err(|why| format!("The second run: {why}"))?;
        runs.put_beside(run)?;
    }
    Ok(runs)
}

fn open_address(text: &str) -> Result<Run, String> {
    let address: Address = text.parse().map_err(|error: AddressError| error.to_string())?;
    if let Some(exercise) = address.scenario.strip_prefix(EXAM) {
        return Err(of_exam(text, exercise));
    }
    Run::open(&address).map_err(|error| {
        // Its place is that in the address as we would write it; the reader knows the one that was typed.
        let typed = text.find(&error.part).map(|at| text[..at].chars().count() + 1);
        AddressError { position: typed.unwrap_or(error.position), ..error }.to_string()
    })
}

/// Only the reader's program makes such a run; says what does.
fn of_exam(address: &str, exercise: &str) -> String {
    if course::find_exercise(exercise).is_none() {
        let names: Vec<&str> = course::exercises().iter().map(|exercise| exercise.name).collect();
        return format!("{EXAM}{exercise}: there is no such exercise; there are {}", names.join(", "));
    }
    format!(
        "{EXAM}{exercise} is a run of your own program, which the simulator alone cannot make.\n\
         This makes it again, and says where its trace is:\n  \
         cargo course check {exercise} --address '{address}'\n\
         and this plays the trace:\n  \
         cargo run -p tui -- replay <file>"
    )
}

fn open_file(file: &Path) -> Result<Run, String> {
    Ok(Run::of_trace(
        desk::read_trace(file)?,
        "This run comes from a file, and the simulator cannot make it again; it can only be played",
    ))
}
