// SPDX-License-Identifier: MIT OR Apache-2.0
//! An exam as one source file, for the Rust Playground, which takes one file and knows no crates of ours.
//!
//! ```text
//!  crates/trace, sim, queues, kit ──syn──► items without tests and comments ──paths──► mod trace { … } mod sim { … } …
//!                                                        what the exam cannot come to ◄──prune──┘
//!
//!  what is sent:  the reader's file │ `const ARGUMENTS` │ the bundle
//! ```
//!
//! It is made of the rooms' own sources, so that no rule exists twice. The reader's file comes first and unchanged: the
//! compiler's messages then name its own lines.

mod paths;
mod prune;
mod source;

use std::path::Path;

use anyhow::{Context, Result};
use course::Exercise;

use crate::workspace;

/// The rooms that an answer to an exam on the simulator is linked with, each before those that use it.
const ROOMS: [&str; 4] = ["trace", "sim", "queues", "kit"];

/// The exercises that can be examined in one file: those whose exams run on the simulator.
fn exercises() -> impl Iterator<Item = &'static Exercise> {
    course::exercises().iter().filter(|exercise| is_bundled(exercise))
}

/// Whether an exercise can be examined in one file.
pub(crate) fn is_bundled(exercise: &Exercise) -> bool {
    exercise.package == "queues"
}

/// The bundles of all exercises that can have one.
///
/// # Errors
/// As [`bundle`].
pub(crate) fn bundles(root: &Path) -> Result<Vec<(&'static Exercise, String)>> {
    exercises().map(|exercise| Ok((exercise, bundle(root, exercise)?))).collect()
}

/// Prints the bundle of an exercise of this name.
///
/// # Errors
/// There is none, or as [`bundle`].
pub(crate) fn print(exercise: &str) -> Result<()> {
    let found = exercises().find(|known| known.name == exercise).with_context(|| {
        let names: Vec<&str> = exercises().map(|known| known.name).collect();
        format!("no exam of `{exercise}` runs on the simulator; those that do: {}", names.join(", "))
    })?;
    print!("{}", bundle(&workspace::root(), found)?);
    Ok(())
}

/// The file that stands behind the reader's; `root` is the workspace's folder.
///
/// # Errors
/// A source cannot be read, or is not as the bundle needs it.
pub(crate) fn bundle(root: &Path, exercise: &Exercise) -> Result<String> {
    // The exams of the other exercises stay at home.
    let others: Vec<&str> =
        exercises().map(|other| other.name).filter(|name| *name != exercise.name).collect();
    let mut bundle = Vec::new();
    for room in ROOMS {
        let folder = root.join("crates").join(room).join("src");
        let without: &[&str] = if room == "kit" { &others } else { &[] };
        let items = source::items(&folder.join("lib.rs"), &folder, without)
            .with_context(|| format!("the bundle of {}", exercise.name))?;
        let items = paths::rooted(items, room, &ROOMS);
        let name = quote::format_ident!("{room}");
        bundle.push(syn::parse_quote!(#[allow(warnings)] mod #name { #items }));
    }
    Ok(prune::pruned(bundle, exercise.name)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Models and tables that no exam uses cost the reader no time.
    #[test]
    fn what_an_exam_does_not_use_is_not_in_its_bundle() {
        for (exercise, bundle) in bundles(&workspace::root()).expect("the sources are there") {
            for needed in ["fn main", "struct World", "fn to_json_lines"] {
                assert!(bundle.contains(needed), "{} has no `{needed}`", exercise.name);
            }
            for idle in [
                "fn lease_is_over",
                "struct Journal",
                "struct Accounts",
                "SCENARIOS",
                "PARAMETERS",
                "fn one_run",
                "struct Desk",
            ] {
                assert!(!bundle.contains(idle), "{} has `{idle}`", exercise.name);
            }
        }
    }
}
