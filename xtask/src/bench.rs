// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask bench`: us and our peers, measured in one run.
//!
//! A run is a list of sections; each measures one thing on the machine described above it and answers with a table for
//! people and the same figures for programs. To add one: a file in `bench/`, a function `measure() -> Result<Section>`, a line
//! in [`SECTIONS`]. Nothing here passes or fails by a time: a slow machine is not a broken build.

mod delivery;
mod exams;
mod grades;
mod machine;
mod mm10;
mod newcomer;
mod page;
mod runs;
mod rustlings;
mod save;
mod section;
mod serve;
mod served;
mod simpy;
mod statistics;
mod terminal;
mod wrk;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use machine::Machine;
use section::Section;

/// The shape of what `--json` prints. It grows when a field goes or changes its meaning, not when one is added.
const FORMAT_VERSION: u32 = 1;

/// Who measures a section.
type Measure = fn() -> Result<Section>;

/// What is measured, in the order in which it is printed: the section's name in JSON, and who measures it.
const SECTIONS: &[(&str, Measure)] = &[
    ("mm10", mm10::measure),
    ("delivery", delivery::measure),
    ("runs", runs::measure),
    ("terminal", terminal::measure),
    ("page", page::measure),
    ("newcomer", newcomer::measure),
    ("save", save::measure),
    ("exams", exams::measure),
    ("grades", grades::measure),
    ("serve", serve::measure),
];

/// Measures the sections of these names, or all if none is given, and prints tables, or with `json` one JSON document.
/// Progress goes to standard error.
///
/// # Errors
/// There is no section of a name, or one could not be measured. The others are measured and printed all the same.
pub(crate) fn run(names: &[String], json: bool) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| !SECTIONS.iter().any(|section| section.0 == **name)) {
        let known: Vec<&str> = SECTIONS.iter().map(|section| section.0).collect();
        bail!("there is no section `{unknown}`; there are {}", known.join(", "));
    }
    let machine = Machine::here();
    if !json {
        println!("{machine}");
    }
    let mut documents = Vec::new();
    let mut failed = Vec::new();
    let wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    for &(name, measure) in SECTIONS.iter().filter(|section| wanted(section.0)) {
        let measured = measure();
        match &measured {
            Ok(section) if !json => println!("\n{section}"),
            Ok(_) => {}
            Err(why) => failed.push(format!("{name}: {why:#}")),
        }
        documents.push(document(name, measured));
    }
    if json {
        let whole = json!({ "version": FORMAT_VERSION, "machine": machine.json(), "sections": documents });
        println!("{}", serde_json::to_string_pretty(&whole)?);
    }
    if failed.is_empty() { Ok(()) } else { bail!("not everything was measured\n  {}", failed.join("\n  ")) }
}

/// A section for programs. One that was not measured says why, and its figures are null.
fn document(name: &str, measured: Result<Section>) -> Value {
    match measured {
        Ok(section) => json!({ "name": name, "title": section.title, "figures": section.figures }),
        Err(why) => json!({ "name": name, "figures": null, "not_run": format!("{why:#}") }),
    }
}
