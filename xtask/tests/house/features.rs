// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a newcomer builds once is built once: `cargo run -p tui`, `cargo course` and the check of an exercise ask for the same
//! features of every crate that they share. Where they do not, cargo builds that crate again, and everything above it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::tree;

/// The packages that these commands build, one after the other.
const BUILT_IN_TURN: [&str; 3] = ["tui", "grader", "exercises-queues"];

#[test]
fn commands_that_follow_each_other_build_nothing_twice() {
    let mut asked: BTreeMap<String, BTreeMap<&str, BTreeSet<String>>> = BTreeMap::new();
    for package in BUILT_IN_TURN {
        let tree = tree::output(Command::new(env!("CARGO")).args([
            "tree",
            "--package",
            package,
            "--edges=normal,build",
            "--prefix=none",
            "--format={p}|{f}",
        ]));
        for line in tree.lines() {
            let Some((name, features)) = line.trim_end_matches(" (*)").split_once('|') else { continue };
            let name: Vec<&str> = name.split(' ').take(2).collect();
            asked.entry(name.join(" ")).or_default().entry(package).or_default().insert(features.to_owned());
        }
    }
    let differ = asked.iter().filter(|(_, by)| by.values().collect::<BTreeSet<_>>().len() > 1);
    let faults: Vec<String> = differ.map(|(name, by)| format!("{name}: {by:?}")).collect();
    tree::assert_no_faults(
        "the commands of the README ask for the same features of a crate; name the missing ones in crates/trace/Cargo.toml",
        &faults,
    );
}
