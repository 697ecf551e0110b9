// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exams as one file say the same as exams that are linked: the same verdict, the same counterexample, to the byte.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use course::Exercise;

use crate::{bundle, command, workspace};

/// What both are started with.
const ARGUMENTS: [&str; 3] = ["--stdout", "--seed", "5"];

/// Compiles each bundle behind its stub and behind its solution, in an empty package with crates of the Playground alone, and
/// compares what comes out with what the linked program says.
///
/// # Errors
/// A bundle does not compile, or says something else.
pub(super) fn check() -> Result<String> {
    let root = workspace::root();
    let mut compiled = Vec::new();
    for (exercise, exam) in bundle::bundles(&root)? {
        let answers = [
            (root.join(exercise.file()), ["exercises-queues", exercise.name].map(str::to_owned)),
            (
                root.join(format!("solutions/queues/src/bin/{}.rs", exercise.name)),
                ["solutions-queues".to_owned(), format!("solution-{}", exercise.name)],
            ),
        ];
        for (file, linked) in answers {
            let answer =
                fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let (bundled, took) = run_bundled(exercise, &answer, &exam)?;
            compiled.push(took);
            let linked = run_linked(&linked)?;
            ensure!(
                bundled == linked,
                "{} says as one file\n  {bundled}\nand linked\n  {linked}",
                file.display()
            );
        }
    }
    compiled.sort();
    let median = compiled[compiled.len() / 2].as_secs_f64();
    Ok(format!("{} programs, median {median:.1} s to compile", compiled.len()))
}

/// The line with verdict and trace, and how long it took to compile.
fn run_bundled(exercise: &Exercise, answer: &str, exam: &str) -> Result<(String, Duration)> {
    let folder = workspace::target().join("playground");
    fs::create_dir_all(folder.join("src")).with_context(|| format!("cannot make {}", folder.display()))?;
    for name in ["Cargo.toml", "Cargo.lock"] {
        let from = workspace::root().join("xtask/playground").join(name);
        fs::copy(&from, folder.join(name)).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    let given = format!("const ARGUMENTS: &[&str] = &{ARGUMENTS:?};");
    fs::write(folder.join("src/main.rs"), [answer, &given, exam].join("\n"))
        .context("cannot write the bundle")?;
    let cargo = |what: &str| {
        let mut cargo = command::cargo();
        cargo.current_dir(&folder).args([what, "--quiet", "--locked"]);
        // As on the Playground; and what was built for the workspace stays as it is.
        cargo.env("CARGO_INCREMENTAL", "0").env("CARGO_TARGET_DIR", folder.join("target"));
        cargo
    };
    let began = Instant::now();
    command::run(&mut cargo("build")).with_context(|| format!("the bundle of {}", exercise.name))?;
    let took = began.elapsed();
    Ok((verdict(&mut cargo("run"))?, took))
}

fn run_linked([package, program]: &[String; 2]) -> Result<String> {
    let mut cargo = command::cargo();
    cargo.current_dir(workspace::root()).args([
        "run",
        "--quiet",
        "--package",
        package,
        "--bin",
        program,
        "--",
    ]);
    verdict(cargo.args(ARGUMENTS))
}

/// The line that holds the verdict. A program whose verdict is not "passed" ends with another code than 0.
fn verdict(program: &mut Command) -> Result<String> {
    let output = program.output().context("a program could not be started")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find(|line| line.starts_with("{\"verdict\":"));
    let errors = || format!("no verdict, but: {}", String::from_utf8_lossy(&output.stderr));
    line.map(str::to_owned).with_context(errors)
}
