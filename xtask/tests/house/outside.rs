// SPDX-License-Identifier: MIT OR Apache-2.0
//! The deterministic rooms touch nothing of the outside: no clock, thread, file, socket, process, environment or terminal,
//! and no map whose order differs from run to run. Neither do the crates that they link.

use std::collections::BTreeSet;
use std::process::Command;

use crate::tree::{self, DETERMINISTIC_ROOMS};

/// Names that have no place in these rooms, whatever path they are reached by, and what to use instead.
const BANNED_NAMES: [(&str, &str); 19] = [
    ("Instant", "time is the engine's, in integer nanoseconds"),
    ("SystemTime", "time is the engine's, in integer nanoseconds"),
    ("UNIX_EPOCH", "time is the engine's, in integer nanoseconds"),
    ("HashMap", "its order differs from run to run: BTreeMap"),
    ("HashSet", "its order differs from run to run: BTreeSet"),
    ("RandomState", "its order differs from run to run: BTreeMap or BTreeSet"),
    ("stdin", "the caller reads"),
    ("stdout", "the caller writes"),
    ("stderr", "the caller writes"),
    ("println", "answer with a value; the caller writes"),
    ("print", "answer with a value; the caller writes"),
    ("eprintln", "answer with a value; the caller writes"),
    ("eprint", "answer with a value; the caller writes"),
    ("dbg", "answer with a value; the caller writes"),
    ("thread_local", "state belongs to the run"),
    ("available_parallelism", "these rooms know no machine"),
    ("StdRng", "its values are not promised to stay: the engine's streams"),
    ("SmallRng", "its values are not promised to stay: the engine's streams"),
    ("ThreadRng", "it is seeded by the machine: the engine's streams"),
];

/// Modules of std that lead outside.
const BANNED_MODULES: [&str; 7] = ["thread", "fs", "net", "process", "env", "os", "random"];

/// Every crate of others that the deterministic rooms link, directly or not. None of them touches the outside, in the
/// versions and with the features in Cargo.lock. A new one is looked at before it is written here; one that goes, goes here too.
const LINKED: [&str; 10] = [
    "byteorder",
    "hdrhistogram",
    "libm",
    "memchr",
    "num-traits",
    "rand",
    "rand_core",
    "serde",
    "serde_core",
    "thiserror",
];

#[test]
fn deterministic_rooms_name_nothing_of_the_outside() {
    let mut faults = Vec::new();
    let sources = tree::files().into_iter().filter(|file| {
        let mut parts = file.split('/');
        parts.next() == Some("crates")
            && parts.next().is_some_and(|room| DETERMINISTIC_ROOMS.contains(&room))
            && parts.next() == Some("src")
            && file.ends_with(".rs")
    });
    let mut seen = 0;
    for file in sources {
        seen += 1;
        faults.extend(
            names_outside(&tree::text(&file))
                .into_iter()
                .map(|(line, fault)| format!("{file}:{line}: {fault}")),
        );
    }
    assert!(
        seen >= DETERMINISTIC_ROOMS.len(),
        "only {seen} source files were found in the deterministic rooms"
    );
    tree::assert_no_faults("trace, sim, stage, queues and course touch nothing of the outside", &faults);
}

#[test]
fn deterministic_rooms_link_only_crates_that_were_looked_at() {
    let mut linked = BTreeSet::new();
    for room in DETERMINISTIC_ROOMS {
        // Only what is linked: macros and build scripts run in the compiler. One room at a time: the features that another
        // member asks for (a test that wants random seeds, say) are not what a page or a learner's file links.
        let tree = tree::output(Command::new(env!("CARGO")).args([
            "tree",
            "--package",
            room,
            "--edges",
            "normal,no-proc-macro",
            "--target",
            "all",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]));
        linked.extend(
            tree.lines()
                .filter(|line| !line.contains(" (/") && !line.contains("(proc-macro)"))
                .filter_map(|line| line.split(' ').next())
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
        );
    }
    let known: BTreeSet<String> = LINKED.iter().map(|name| (*name).to_owned()).collect();
    let mut faults: Vec<String> =
        linked.difference(&known).map(|name| format!("{name} is linked, and not listed")).collect();
    faults.extend(known.difference(&linked).map(|name| format!("{name} is listed, and no longer linked")));
    tree::assert_no_faults(
        "LINKED names exactly the crates of others that the deterministic rooms link",
        &faults,
    );
}

#[test]
fn names_are_found_whatever_path_leads_to_them() {
    let faulty = [
        "use std::time::Instant;",
        "use std::time::{Duration, Instant as Now};",
        "use std::{fmt, thread};",
        "use std::{fmt::{self, Write}, fs::{self, File}};",
        "fn f() { std :: fs::read(\"x\"); }",
        "fn f() { println!(\"x\"); }",
        "let m: std::collections::HashMap<u8, u8>;",
        "use core::net::IpAddr;",
    ];
    for source in faulty {
        assert!(!names_outside(source).is_empty(), "not found in: {source}");
    }
    let right = [
        "// std::fs is not for us\nuse std::collections::BTreeMap;",
        "/* HashMap */ let thread = 1;",
        "let s = \"println! std::thread HashMap\"; let c = '\"'; let i: Instantaneous;",
        "fn f<'a>(x: &'a str) -> &'a str { x } // 'stdout'",
        "let r = r#\"std::fs \"quoted\" HashMap\"#;",
        "use std::{fmt, iter}; mod process { }",
    ];
    for source in right {
        assert_eq!(names_outside(source), [], "found in: {source}");
    }
}

/// The banned names in Rust source, each with its line and the reason; comments and texts do not count.
fn names_outside(source: &str) -> Vec<(usize, String)> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    for (index, (line, token)) in tokens.iter().enumerate() {
        if let Some((name, instead)) = BANNED_NAMES.iter().find(|(name, _)| name == token) {
            found.push((*line, format!("{name} ({instead})")));
        }
        if token == "std" || token == "core" {
            found.extend(
                modules_after(&tokens[index + 1..])
                    .into_iter()
                    .map(|(line, module)| (line, format!("{token}::{module} leads outside"))),
            );
        }
    }
    found
}

/// The banned modules that a path beginning with `std` reaches: `::fs`, or any of `::{fmt, fs::{self, File}}`.
fn modules_after(tokens: &[(usize, String)]) -> Vec<(usize, String)> {
    let is = |index: usize, text: &str| tokens.get(index).is_some_and(|(_, token)| token == text);
    if !(is(0, ":") && is(1, ":")) {
        return Vec::new();
    }
    let banned = |(line, token): &(usize, String)| {
        BANNED_MODULES.contains(&token.as_str()).then(|| (*line, token.clone()))
    };
    if !is(2, "{") {
        return tokens.get(2).and_then(banned).into_iter().collect();
    }
    let mut depth = 0;
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate().skip(2) {
        match token.1.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            // The first name of each branch: what follows `{` or `,` at the outer level.
            _ if depth == 1 && (is(index - 1, "{") || is(index - 1, ",")) => found.extend(banned(token)),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// Names and single signs of Rust source with their lines, without comments, texts and white space.
fn tokens(source: &str) -> Vec<(usize, String)> {
    let mut tokens = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (length, kept) = match first {
            _ if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), false),
            _ if rest.starts_with("/*") => (rest.find("*/").map_or(rest.len(), |end| end + 2), false),
            'r' if raw_text(rest).is_some() => (raw_text(rest).expect("just found"), false),
            '"' => (text_length(rest), false),
            '\'' => (character_length(rest), false),
            _ if first.is_alphanumeric() || first == '_' => {
                (rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()), true)
            }
            _ => (first.len_utf8(), !first.is_whitespace()),
        };
        let (token, after) = rest.split_at(length);
        if kept {
            tokens.push((line, token.to_owned()));
        }
        line += token.matches('\n').count();
        rest = after;
    }
    tokens
}

/// The length of a raw text such as `r#"…"#` at the start of `source`.
fn raw_text(source: &str) -> Option<usize> {
    let after = source.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = 1 + hashes + 1;
    Some(source[start..].find(&end).map_or(source.len(), |found| start + found + end.len()))
}

/// The length of a text in quotation marks at the start of `source`.
fn text_length(source: &str) -> usize {
    let mut escaped = false;
    for (index, sign) in source.char_indices().skip(1) {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return index + 1,
            _ => {}
        }
    }
    source.len()
}

/// The length of a character such as `'x'` or `'\n'` at the start of `source`; of a lifetime only its mark.
fn character_length(source: &str) -> usize {
    let mut signs = source.char_indices().skip(1);
    match signs.next() {
        Some((_, '\\')) => source[3.min(source.len())..].find('\'').map_or(source.len(), |end| end + 4),
        Some((_, _)) => match signs.next() {
            Some((index, '\'')) => index + 1,
            _ => 1,
        },
        None => 1,
    }
}
