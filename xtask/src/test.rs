// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask test`: everything that CI runs, in one order, on a machine that it sets up itself.
//!
//! Cheap steps come first. The first that fails ends the run. All of them build with the same flags, so that no crate is
//! built twice: warnings are denied by an argument to clippy and not by `RUSTFLAGS`, which would be part of every build.

mod browser;
mod bundles;
mod dist;
mod field;
mod links;
mod sizes;
mod traces;

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

pub(crate) use traces::print_hashes as print_trace_hashes;

use crate::{book, chromium, command, node, wasm_build, wasm_toolchain, workspace};

/// One thing to be done or found in order.
struct Step {
    /// What to call it on the command line, and in the table.
    name: &'static str,
    /// What it does, in one line.
    about: &'static str,
    /// Does it, and answers with what was seen, in a few words.
    run: fn() -> Result<String>,
}

const STEPS: [Step; 14] = [
    Step { name: "set-up", about: "what the other steps need, installed where it is missing", run: set_up },
    Step { name: "format", about: "the sources are as rustfmt writes them", run: format },
    Step { name: "lint", about: "clippy finds nothing, in any target", run: lint },
    Step {
        name: "test",
        about: "the tests of all packages, and the examples in their documentation",
        run: test,
    },
    Step { name: "verify", about: "stubs fail, solutions pass, wrong answers are told apart", run: verify },
    Step {
        name: "mutants",
        about: "exams notice every slip in a solution, or it is explained",
        run: mutants,
    },
    Step {
        name: "field",
        about: "the recorded table of nine systems is what the models give",
        run: field::check,
    },
    Step { name: "bundles", about: "exams as one file say what linked ones say", run: bundles::check },
    Step { name: "wasm", about: "the module of the book's pages", run: wasm },
    Step { name: "book", about: "the site", run: build_book },
    Step { name: "links", about: "whatever the site refers to exists", run: links::check },
    Step { name: "sizes", about: "what a reader downloads stays small", run: sizes::check },
    Step { name: "traces", about: "the same runs natively and in WASM, to the byte", run: traces::check },
    Step { name: "browser", about: "the pages in a real Chromium", run: browser::check },
];

/// How a step ended.
enum Outcome {
    Passed { seen: String, took: Duration },
    Failed { took: Duration },
    NotRun,
}

/// Runs the steps of these names, or all if none is given, and prints a table of how they ended.
///
/// The last line counts the steps, so that a script needs no more than that; a step that failed is an exit code and no error.
///
/// # Errors
/// A name is none of a step.
pub(crate) fn run(names: &[String]) -> Result<ExitCode> {
    if let Some(unknown) = names.iter().find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`; the steps are {}", known.join(", "));
    }
    let steps: Vec<&Step> =
        STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)).collect();
    let mut outcomes = Vec::new();
    let mut failure = None;
    for step in &steps {
        if failure.is_some() {
            outcomes.push(Outcome::NotRun);
            continue;
        }
        println!("\n== {}: {}", step.name, step.about);
        let started = Instant::now();
        let result = (step.run)();
        let took = started.elapsed();
        outcomes.push(match result {
            Ok(seen) => Outcome::Passed { seen, took },
            Err(error) => {
                eprintln!("\n{error:#}");
                failure = Some(step.name);
                Outcome::Failed { took }
            }
        });
    }
    if let Some(name) = failure {
        eprintln!("\nthe step `{name}` failed; alone it is `cargo xtask test {name}`");
    }
    print_table(&steps, &outcomes);
    Ok(if failure.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_table(steps: &[&Step], outcomes: &[Outcome]) {
    println!("\n{:<9}{:<9}{:>8}   seen", "step", "result", "time");
    for (step, outcome) in steps.iter().zip(outcomes) {
        let (result, took, seen) = match outcome {
            Outcome::Passed { seen, took } => ("passed", seconds(*took), seen.as_str()),
            Outcome::Failed { took } => ("failed", seconds(*took), ""),
            Outcome::NotRun => ("not run", String::new(), ""),
        };
        println!("{}", format!("{:<9}{result:<9}{took:>8}   {seen}", step.name).trim_end());
    }
    let passed = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Passed { .. })).count();
    let failed = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Failed { .. })).count();
    println!("\n{passed} passed, {failed} failed");
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn cargo(arguments: &[&str]) -> Result<()> {
    command::run(command::cargo().current_dir(workspace::root()).args(arguments))
}

/// First of all, so that what is missing is said within seconds and not after minutes.
fn set_up() -> Result<String> {
    for component in ["fmt", "clippy"] {
        command::read(command::cargo().args([component, "--version"])).with_context(|| {
            format!("cargo {component} is missing: `rustup component add {}`", component_of(component))
        })?;
    }
    node::packages_ready(&browser::folder())?;
    let browser = chromium::ready()?;
    let browser = command::read(Command::new(browser).arg("--version"))?;
    wasm_toolchain::ready()?;
    // For all targets: the licences of what is built elsewhere count too.
    cargo(&["fetch", "--quiet"])?;
    let node = command::read(Command::new("node").arg("--version"))?;
    Ok(format!("{browser}, Node.js {node}"))
}

fn component_of(tool: &str) -> &str {
    if tool == "fmt" { "rustfmt" } else { tool }
}

fn format() -> Result<String> {
    cargo(&["fmt", "--all", "--check"])
        .context("some sources are not as rustfmt writes them: `cargo fmt --all`")?;
    Ok(String::new())
}

fn lint() -> Result<String> {
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    Ok(String::new())
}

fn test() -> Result<String> {
    cargo(&["test", "--workspace"])?;
    Ok(String::new())
}

fn verify() -> Result<String> {
    cargo(&["course", "verify"])?;
    Ok(String::new())
}

fn mutants() -> Result<String> {
    cargo(&["run", "--quiet", "--package", "mutants"])?;
    Ok(String::new())
}

fn wasm() -> Result<String> {
    let module = wasm_build::build()?;
    Ok(module.script.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

fn build_book() -> Result<String> {
    book::run(false)?;
    Ok(String::new())
}
