// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a newcomer builds once is built once: `cargo run -p tui`, `cargo course`, the check of an exercise and `cargo course
//! serve` ask for the same features of every crate that they share. Where they do not, cargo builds that crate again, and
//! everything above it. And what the server alone needs, nobody else builds.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::tree;

/// The packages that these commands build, one after the other.
const BUILT_IN_TURN: [&str; 4] = ["tui", "grader", "exercises-queues", "serve"];

/// The libraries of the server.
const THE_SERVERS: [&str; 4] = ["axum", "hyper", "hyper-util", "tokio"];

#[test]
fn the_servers_libraries_are_built_for_the_server_alone() {
    let built = |package: &str| -> BTreeSet<String> {
        let tree = tree::output(Command::new(env!("CARGO")).args([
            "tree",
            "--package",
            package,
            "--edges=normal,build",
            "--prefix=none",
            "--format={p}",
        ]));
        tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
    };
    let server = built("serve");
    assert!(THE_SERVERS.iter().all(|name| server.contains(*name)), "the list is out of date: {server:?}");
    for package in BUILT_IN_TURN.into_iter().filter(|package| *package != "serve") {
        let others = built(package);
        let shared: Vec<String> = THE_SERVERS
            .iter()
            .filter(|name| others.contains(**name))
            .map(|name| (*name).to_owned())
            .collect();
        tree::assert_no_faults(&format!("{package} is built without the server's libraries"), &shared);
    }
}

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
