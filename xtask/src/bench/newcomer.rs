// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a newcomer waits for: the first build, the first verdict, and a verdict after each change.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::section::{Align, Section, Table};
use super::statistics::Spread;
use crate::{command, workspace};

/// Odd, so that the median is one of them.
const CHECKS: usize = 9;
const EXERCISE: &str = "exercises/queues/src/bin/resequencer.rs";
/// An answer that passes, so that the whole exam is run.
const ANSWER: &str = "solutions/queues/src/bin/resequencer.rs";

/// Clones the last commit into a fresh folder, and does there what the README says.
///
/// # Errors
/// There is no git, or something did not build.
pub(crate) fn measure() -> Result<Section> {
    let folder = clone("newcomer")?;
    eprintln!("the first build of `cargo run -p tui`");
    let build = seconds(|| command::run(cargo(&folder).args(["build", "--quiet", "--package", "tui"])))?;
    eprintln!("the first check");
    let first = seconds(|| check(&folder, false))?;
    let mut warm = Vec::new();
    let answer = fs::read_to_string(folder.join(ANSWER)).context("the reference answer cannot be read")?;
    for n in 1..=CHECKS {
        eprintln!("check {n} of {CHECKS}");
        // Another text each time, so that the compiler has something to do.
        let text = format!("{answer}\n// {n}\nconst _: usize = {n};\n");
        fs::write(folder.join(EXERCISE), text).context("the exercise cannot be written")?;
        warm.push(seconds(|| check(&folder, true))? * 1e3);
    }
    let warm = Spread::of(warm);
    let mut table =
        Table::new(vec![("what", Align::Left), ("measured", Align::Right), ("wanted", Align::Right)]);
    table.push(vec![
        "build of `cargo run -p tui` in a fresh clone, s".to_owned(),
        format!("{build:.0}"),
        "at most 90".to_owned(),
    ]);
    table.push(vec![
        "first check of an exercise after that, s".to_owned(),
        format!("{first:.1}"),
        String::new(),
    ]);
    table.push(vec![
        "from saving an answer that passes to its verdict, ms".to_owned(),
        warm.shown(1.0, 0),
        "at most 1000".to_owned(),
    ]);
    let notes = vec![
        "packages are fetched already; nothing is built".to_owned(),
        format!(
            "the verdict: `cargo course check resequencer`, cargo's own start included; median of {CHECKS} [least..most]"
        ),
    ];
    let figures = json!({ "build_tui_s": build, "first_check_s": first, "save_to_verdict_ms": warm.json() });
    Ok(Section { title: "What a newcomer waits for".to_owned(), table, notes, figures })
}

/// The last commit in a fresh folder of this name, with all that it needs fetched and nothing built.
pub(super) fn clone(name: &str) -> Result<PathBuf> {
    let folder = workspace::target().join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    command::run(
        Command::new("git")
            .args(["clone", "--quiet", "--depth=1"])
            .arg(from(&workspace::root()))
            .arg(&folder),
    )?;
    // Whoever begins has nothing built; what is in the registry's cache need not be fetched again.
    command::run(cargo(&folder).args(["fetch", "--quiet"]))?;
    Ok(folder)
}

/// As an address, or git would ignore `--depth`.
fn from(folder: &Path) -> String {
    format!("file://{}", folder.display())
}

/// Cargo in the clone, with its own target folder whatever ours is.
pub(super) fn cargo(folder: &Path) -> Command {
    let mut command = command::cargo();
    command.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    command
}

fn check(folder: &Path, passes: bool) -> Result<()> {
    let output =
        cargo(folder).args(["course", "check", "resequencer"]).output().context("cargo does not start")?;
    ensure!(
        output.status.success() == passes,
        "the check came out otherwise: {}",
        String::from_utf8_lossy(&output.stdout)
    );
    Ok(())
}

fn seconds(act: impl FnOnce() -> Result<()>) -> Result<f64> {
    let began = Instant::now();
    act()?;
    Ok(began.elapsed().as_secs_f64())
}
