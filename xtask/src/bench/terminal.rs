// SPDX-License-Identifier: MIT OR Apache-2.0
//! How long the terminal application needs for a picture, and for its first one.

use std::env::consts::EXE_SUFFIX;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::section::{Align, Section, Table};
use super::statistics::Spread;
use crate::{command, workspace};

/// Odd, so that the median is one of them.
const ROUNDS: usize = 7;

/// What is shown of what the application measures of itself: its field, its words, and what is wanted.
const FIGURES: [(&str, &str, &str); 4] = [
    ("first_frame_ms", "first picture after the start, ms", "at most 200"),
    ("p50_ms", "a picture while much moves, p50, ms", ""),
    ("p95_ms", "the same, p95, ms", "at most 5"),
    ("paused_draws", "pictures of a figure that stands still", "0"),
];

/// Builds the application for release and lets it measure itself.
///
/// # Errors
/// It could not be built, or printed something else than its figures.
pub(crate) fn measure() -> Result<Section> {
    command::run(command::cargo().current_dir(workspace::root()).args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "tui",
    ]))?;
    let program = workspace::target().join("release").join(format!("tui{EXE_SUFFIX}"));
    let mut rounds = Vec::new();
    for round in 1..=ROUNDS {
        eprintln!("terminal, round {round} of {ROUNDS}");
        let line = command::read(Command::new(&program).args(["bench-draw", "--json"]))?;
        rounds.push(serde_json::from_str::<Value>(&line).with_context(|| format!("`{line}` is not JSON"))?);
    }
    let mut table =
        Table::new(vec![("what", Align::Left), ("measured", Align::Right), ("wanted", Align::Right)]);
    let mut figures = json!({ "rounds": ROUNDS });
    for (field, words, wanted) in FIGURES {
        let values: Option<Vec<f64>> = rounds.iter().map(|round| round[field].as_f64()).collect();
        let spread = Spread::of(values.with_context(|| format!("the application said nothing of {field}"))?);
        let decimals = if field == "paused_draws" { 0 } else { 2 };
        table.push(vec![words.to_owned(), spread.shown(1.0, decimals), wanted.to_owned()]);
        figures[field] = spread.json();
    }
    let first = &rounds[0];
    let notes = vec![
        format!(
            "{} columns, {} rows, at least {} messages on their way, {} pictures a round; time passes, the scene is made, \
             painted and compared with the one before",
            first["columns"], first["rows"], first["messages_in_flight_least"], first["frames"]
        ),
        "median of the rounds [least..most]".to_owned(),
    ];
    Ok(Section { title: "The terminal's pictures".to_owned(), table, notes, figures })
}
