// SPDX-License-Identifier: MIT OR Apache-2.0
//! Imports run downward: a room uses what the table in ARCHITECTURE.md lets it use, and nothing else of ours.
//!
//! The table is read, not repeated: whoever changes what a room may use changes the one place where people look it up.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree;

#[test]
fn rooms_import_only_what_the_table_allows() {
    let table = allowed();
    let mut faults = Vec::new();
    for (room, imports) in imports() {
        match table.get(&room) {
            None => faults.push(format!("{room}: ARCHITECTURE.md has no row for this room")),
            Some(allowed) => faults.extend(
                imports
                    .difference(allowed)
                    .map(|import| format!("{room} depends on {import}, which its row does not name")),
            ),
        }
    }
    tree::assert_no_faults(
        "a room depends only on rooms that its row in ARCHITECTURE.md names (last column)",
        &faults,
    );
}

#[test]
fn the_table_itself_runs_downward() {
    let table = allowed();
    // Rooms are removed from the top of the house, that is those that nobody left uses, until none is left; a circle stays.
    let mut left: BTreeSet<&String> = table.keys().collect();
    loop {
        let used: BTreeSet<&String> = left.iter().flat_map(|room| &table[*room]).collect();
        let before = left.len();
        left.retain(|room| used.contains(room));
        if left.len() == before {
            break;
        }
    }
    let faults: Vec<String> = left.into_iter().cloned().collect();
    tree::assert_no_faults("no room may be reached from itself; in a circle, or below one, are", &faults);
}

/// Which rooms may be used, for each room: the rows of the table in ARCHITECTURE.md whose first cell is a folder.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let text = tree::text("ARCHITECTURE.md");
    let rows: Vec<(String, &str)> = text.lines().flat_map(row).collect();
    let rooms: BTreeSet<String> = rows.iter().map(|(room, _)| room.clone()).collect();
    assert!(
        rooms.len() >= 8,
        "ARCHITECTURE.md holds no table of rooms (| `crates/sim` | … | what it may use |)"
    );
    let allowed = rows.into_iter().map(|(room, cell)| {
        // "grader (as a library without server), course": only names of rooms count, and what stands in brackets does not.
        let outside: String = cell.split('(').map(|part| part.rsplit(')').next().unwrap_or(part)).collect();
        let words = outside.split(|c: char| !c.is_alphanumeric() && c != '-').map(str::to_owned);
        (room, words.filter(|word| rooms.contains(word)).collect())
    });
    allowed.collect()
}

/// The rooms that a table row such as ``| `exercises/`, `solutions/` | … | kit |`` is about, and its last cell.
fn row(line: &str) -> Vec<(String, &str)> {
    let Some(inside) = line.trim().strip_prefix('|').and_then(|rest| rest.strip_suffix('|')) else {
        return Vec::new();
    };
    let (Some((first, _)), Some((_, last))) = (inside.split_once('|'), inside.rsplit_once('|')) else {
        return Vec::new();
    };
    let folders = first.split('`').skip(1).step_by(2);
    folders.filter_map(room_of).map(|room| (room, last.trim())).collect()
}

/// The room that a folder belongs to: `crates/sim` is `sim`, `exercises/queues` is part of `exercises`.
fn room_of(folder: &str) -> Option<String> {
    let mut parts = folder.trim_end_matches('/').split('/');
    let first = parts.next()?;
    let name = if first == "crates" { parts.next()? } else { first };
    Some(name.to_owned())
}

/// For each room with a manifest, the other rooms that its manifests name, for builds, tests and build scripts alike.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = tree::metadata(false);
    let root = metadata["workspace_root"].as_str().expect("a path");
    let room_at = |folder: &str| {
        let inside =
            folder.strip_prefix(root).unwrap_or_else(|| panic!("{folder} lies outside the workspace"));
        room_of(inside.trim_start_matches('/')).expect("a package lies in a room")
    };
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let room =
            room_at(package["manifest_path"].as_str().expect("a path").trim_end_matches("/Cargo.toml"));
        let named = imports.entry(room.clone()).or_default();
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            if let Some(folder) = dependency["path"].as_str() {
                named.insert(room_at(folder));
            }
        }
        named.remove(&room);
    }
    imports
}
