// SPDX-License-Identifier: MIT OR Apache-2.0
//! `--open`: the browser gets the address, and nobody else sees the token.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::course::{Course, PATIENCE};

/// Writes down what it was started with, and keeps what it was to open.
const OPENER: &str = r#"#!/bin/sh
cp -p "$1" "${ALIVE%alive}shown"
printf '%s\n' "$#" "$@" > "${ALIVE%alive}written"
mv "${ALIVE%alive}written" "${ALIVE%alive}opened"
"#;

/// A server that opens a browser: this one, or none.
fn opening(opener: Option<&str>) -> Course {
    Course::start_with(|command| {
        let root = command.get_current_dir().expect("it has one").to_owned();
        let tools = root.join("openers");
        fs::create_dir_all(&tools).expect("made");
        // What Linux has, and what macOS has.
        for name in ["xdg-open", "open"] {
            if let Some(text) = opener {
                fs::write(tools.join(name), text).expect("written");
                fs::set_permissions(tools.join(name), fs::Permissions::from_mode(0o755)).expect("made here");
            }
        }
        // Nothing but the opener is found: the rest of the course has its paths.
        let rest = if opener.is_some() { ":/usr/bin:/bin" } else { "" };
        command.arg("--open").env("PATH", format!("{}{rest}", tools.display()));
    })
}

/// What appears there.
fn awaited(file: &Path) -> String {
    let begun = Instant::now();
    loop {
        match fs::read_to_string(file) {
            Ok(text) => return text,
            Err(_) => assert!(begun.elapsed() < PATIENCE, "{} does not appear", file.display()),
        }
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_browser_is_led_to_the_address_and_the_command_line_does_not_tell_it() {
    let mut course = opening(Some(OPENER));
    let started_with = awaited(&course.root.join("opened"));
    let [count, file] = started_with.lines().collect::<Vec<_>>()[..] else { panic!("{started_with}") };
    assert_eq!(count, "1");
    assert!(!started_with.contains(&course.token), "every user of the machine can read that");
    let file = PathBuf::from(file);
    assert!(file.starts_with(course.root.join(".inflight")), "{}", file.display());
    let mode = fs::metadata(&file).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only its owner reads it");
    let shown = awaited(&course.root.join("shown"));
    let address = format!("url=http://127.0.0.1:{}/?token={}\"", course.port, course.token);
    assert!(shown.contains(&address), "{shown}");
    course.signal("TERM");
    assert_eq!(course.ended().code(), Some(0));
    assert!(!file.exists(), "it goes with the server");
}

#[test]
fn without_a_browser_the_server_is_there_all_the_same() {
    let course = opening(None);
    assert_eq!(course.ask("GET", "/api/exercises", &Value::Null).status, 200);
}
