// SPDX-License-Identifier: MIT OR Apache-2.0
//! Build the book and its WASM, test everything, bench.

mod bench;
mod book;
mod bundle;
mod chromium;
mod command;
mod editor_build;
mod node;
mod number;
mod packages;
mod shots;
mod test;
mod wasm_build;
mod wasm_toolchain;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own chores; each sets up what it needs and is missing.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build the site into book/dist
    Book {
        /// Then serve it on this machine, and build again when a source changes
        #[arg(long)]
        serve: bool,
    },
    /// Run everything that CI runs
    Test {
        /// Only these steps, by name; all of them if none is given
        steps: Vec<String>,
    },
    /// Measure us and our peers in one run
    Bench {
        /// Only these sections, by name; all of them if none is given
        sections: Vec<String>,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Make the README's pictures anew, of the terminal and of the page
    Shots,
    /// Compute a number of the book and print it with what was run for it
    Number {
        /// Its name, such as overtaken-3; all names if none is given
        name: Option<String>,
    },
    /// Build only the WASM module of the book's pages and print its sizes
    Wasm(wasm_build::Options),
    /// Print an exercise's exam as the one file that the page sends to the Rust Playground behind the reader's
    Bundle {
        /// The exercise
        exercise: String,
    },
    /// Print the hash of the trace of each address on standard input; `test` starts this in fresh processes
    #[command(hide = true)]
    TraceHashes,
}

fn main() -> ExitCode {
    let done = |()| ExitCode::SUCCESS;
    let outcome = match Arguments::parse().chore {
        Chore::Book { serve } => book::run(serve).map(done),
        Chore::Test { steps } => test::run(&steps),
        Chore::Bench { sections, json } => bench::run(&sections, json).map(done),
        Chore::Shots => shots::run().map(done),
        Chore::Number { name } => number::run(name.as_deref()).map(done),
        Chore::Wasm(options) => wasm_build::run(&options).map(done),
        Chore::Bundle { exercise } => bundle::print(&exercise).map(done),
        Chore::TraceHashes => test::print_trace_hashes().map(done),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
