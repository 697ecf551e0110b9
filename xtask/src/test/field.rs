// SPDX-License-Identifier: MIT OR Apache-2.0
//! The table that chapters and screens show is a file; here it is counted again.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use crate::{command, workspace};

/// Where the table is, from the workspace's root.
const TABLE: &str = "crates/course/src/field/table.tsv";

/// Counts every case again, a quarter of a million runs, and compares line by line.
///
/// # Errors
/// A line differs; the message shows the first few, and says how to record the table anew.
pub(super) fn check() -> Result<String> {
    let counted = workspace::root().join("target/field.tsv");
    let mut course = command::cargo();
    course.current_dir(workspace::root());
    course.args(["run", "--quiet", "--package", "grader", "--bin", "course", "--", "queues", "--record"]);
    command::run(course.arg(&counted))?;
    let read = |path: PathBuf| {
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))
    };
    let (counted, recorded) = (read(counted)?, read(workspace::root().join(TABLE))?);
    let (counted, recorded): (Vec<&str>, Vec<&str>) = (counted.lines().collect(), recorded.lines().collect());
    ensure!(
        counted.len() == recorded.len(),
        "{} cases were counted, and {} are recorded",
        counted.len(),
        recorded.len()
    );
    let differ: Vec<String> = counted
        .iter()
        .zip(&recorded)
        .filter(|(counted, recorded)| counted != recorded)
        .map(|(counted, recorded)| format!("  recorded {recorded}\n  counted  {counted}"))
        .collect();
    if !differ.is_empty() {
        let some = differ[..differ.len().min(5)].join("\n");
        bail!(
            "{} of {} cases are not as recorded:\n{some}\nIf the models are right: cargo course queues --record {TABLE}, and read \
             the chapters again that speak of it",
            differ.len(),
            recorded.len()
        );
    }
    Ok(format!("{} cases", recorded.len()))
}
