// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every file says its licence in its first line, and is short enough to be read.

use crate::tree;

/// Files with these endings say under what they may be used: text under the one licence, code under the others.
const TEXT: [&str; 1] = ["md"];
const CODE: [&str; 9] = ["rs", "toml", "css", "js", "mjs", "sh", "hbs", "html", "py"];

/// What code is licensed under, and what text is.
const CODE_LICENCE: &str = "MIT OR Apache-2.0";
const TEXT_LICENCE: &str = "CC-BY-4.0";

/// The longest that a source file should be, in lines.
const MAX_LINES: usize = 450;

/// Files that may be longer, with what they may reach and why they are one thing.
const LONGER: [(&str, usize, &str); 0] = [];

#[test]
fn every_file_says_its_licence_first() {
    let mut faults = Vec::new();
    for file in tree::files() {
        let licence = match ending(&file) {
            Some(ending) if TEXT.contains(&ending) => TEXT_LICENCE,
            Some(ending) if CODE.contains(&ending) => CODE_LICENCE,
            _ => continue,
        };
        let text = tree::text(&file);
        // A script's first line belongs to the system that starts it.
        let first = text.lines().find(|line| !line.starts_with("#!")).unwrap_or_default();
        if !first.contains(&format!("SPDX-License-Identifier: {licence}")) {
            faults.push(format!("{file}: begins with `{first}`"));
        }
    }
    tree::assert_no_faults(
        &format!(
            "the first line says SPDX-License-Identifier: {CODE_LICENCE} (code) or {TEXT_LICENCE} (text)"
        ),
        &faults,
    );
}

#[test]
fn no_file_is_too_long_to_read() {
    let mut faults = Vec::new();
    for file in tree::files() {
        if !ending(&file).is_some_and(|ending| CODE.contains(&ending) && ending != "toml") {
            continue;
        }
        let lines = tree::text(&file).lines().count();
        match LONGER.iter().find(|(path, ..)| *path == file) {
            None if lines > MAX_LINES => faults.push(format!("{file}: {lines} lines, at most {MAX_LINES}")),
            Some((_, most, why)) if lines > *most => {
                faults.push(format!("{file}: {lines} lines, at most {most} even though {why}"));
            }
            Some(_) if lines <= MAX_LINES => {
                faults.push(format!("{file}: {lines} lines, so it is no exception any more"))
            }
            _ => {}
        }
    }
    let files = tree::files();
    let gone = LONGER.iter().filter(|(path, ..)| !files.iter().any(|file| file == path));
    faults.extend(gone.map(|(path, ..)| format!("{path}: does not exist, so it is no exception any more")));
    tree::assert_no_faults("a file that is too long wants to be two", &faults);
}

fn ending(file: &str) -> Option<&str> {
    file.rsplit('/').next()?.rsplit_once('.').map(|(_, ending)| ending)
}
