// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo course serve`: the built book on this machine, and behind its pages the installed toolchain.
//!
//! ```text
//!  page ──► guard ──┬──► site     the files of book/dist
//!   ▲  who asks?    └──► api ──┬─ files    the learner's own, with versions
//!   │                          ├─ run_queue runs: one an exercise, few at a time, ended with whoever asked
//!   └── events ◄── file system └─ grader   verdicts, hints, progress: the same as the terminal's
//! ```
//!
//! Whoever may ask can run code here as the learner. So only this machine is listened to, only a page of this server is
//! answered, and only with the token that was printed. docs/serve.md is the contract with the page.

mod answer;
mod api;
mod book;
mod check;
mod events;
mod files;
mod guard;
mod lines;
mod opening;
mod run_queue;
mod server;
mod site;

use std::env;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use grader::Workspace;

#[derive(Parser)]
#[command(
    name = "serve",
    bin_name = "cargo course serve",
    about = "The book on this machine, with editors in its pages that your own compiler answers",
    version
)]
struct Cli {
    /// The port; without it 8485, or any that is free.
    #[arg(long)]
    port: Option<u16>,
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: &Cli) -> Result<ExitCode> {
    let here = env::current_dir().context("the current folder is not there any more")?;
    let workspace = Workspace::find(&here)?;
    let site = book::built(&workspace)?;
    files::tidy(&workspace);
    server::serve(workspace, &site, cli.port, cli.open)
}
