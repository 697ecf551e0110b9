// SPDX-License-Identifier: MIT OR Apache-2.0
//! How soon the exams reject the named wrong answers: in runs, and in time with compiling and shrinking.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::section::{Align, Section, Table, grouped};
use super::statistics::Spread;
use crate::{command, workspace};

/// What is known of the wrong answers of one exercise.
#[derive(Default)]
struct Wrong {
    runs: Vec<u64>,
    took_ms: Vec<f64>,
}

/// Runs the course's own check and adds up what it says of wrong answers.
///
/// # Errors
/// It cannot be run, or says something else than lines of JSON.
pub(crate) fn measure() -> Result<Section> {
    eprintln!("every wrong answer under its exam");
    let arguments = ["course", "verify", "--json"];
    let text = command::read(command::cargo().current_dir(workspace::root()).args(arguments))?;
    let mut all = Wrong::default();
    let mut exercises: BTreeMap<String, Wrong> = BTreeMap::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).context("verify --json prints JSON")?;
        if line["kind"] == "wrong" {
            let name = line["exercise"].as_str().context("a line has an exercise")?;
            for wrong in [&mut all, exercises.entry(name.to_owned()).or_default()] {
                wrong.runs.extend(line["runs_needed"].as_u64());
                wrong.took_ms.extend(line["took_ms"].as_f64());
            }
        }
    }
    let mut table = Table::new(vec![
        ("exercise", Align::Left),
        ("wrong answers", Align::Right),
        ("runs to reject: median", Align::Right),
        ("worst", Align::Right),
        ("time to the shortest run, ms", Align::Right),
    ]);
    let mut figures = serde_json::Map::new();
    for (name, wrong) in
        exercises.iter_mut().map(|(name, wrong)| (name.as_str(), wrong)).chain([("all", &mut all)])
    {
        wrong.runs.sort_unstable();
        let runs = |n: usize| wrong.runs.get(n).copied();
        let (median, worst) = (runs(wrong.runs.len() / 2), wrong.runs.last().copied());
        let took = Spread::of(wrong.took_ms.clone());
        let shown = |n: Option<u64>| n.map_or(String::new(), grouped);
        let count = grouped(wrong.took_ms.len() as u64);
        table.push(vec![name.to_owned(), count, shown(median), shown(worst), took.shown(1.0, 0)]);
        let figure = json!({ "runs_median": median, "runs_worst": worst, "took_ms": took.json() });
        figures.insert(name.to_owned(), figure);
    }
    let notes = vec![
        "time: compiling, examining and shrinking, two or more answers at once; median [least..most]; answers that hang are ended after 2 s"
            .to_owned(),
    ];
    let title = "How soon wrong answers are rejected".to_owned();
    Ok(Section { title, table, notes, figures: figures.into() })
}
