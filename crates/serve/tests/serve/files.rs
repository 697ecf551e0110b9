// SPDX-License-Identifier: MIT OR Apache-2.0
//! Nothing that a learner wrote is lost.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use serde_json::{Value, json};

use crate::browser::try_send;
use crate::course::Course;

const FILE: &str = "/api/exercises/bounded";

#[test]
fn a_text_is_written_over_the_version_that_was_read_and_over_no_other() {
    let course = Course::start();
    let (stub, first) = course.kept("bounded");
    assert_eq!(stub, course::find_exercise("bounded").expect("it is there").stub);
    let put =
        |text: &str, version: &str| course.ask("PUT", FILE, &json!({ "text": text, "version": version }));
    let reply = put("one\n", &first);
    let second = reply.json()["version"].as_str().expect("a text").to_owned();
    assert_eq!((reply.status, course.kept("bounded")), (200, ("one\n".to_owned(), second.clone())));
    assert_ne!(first, second);
    // The page comes too late.
    course.edit("bounded", "from an editor\n");
    let reply = put("two\n", &second);
    assert_eq!(reply.status, 409);
    assert_eq!(reply.json()["text"], "from an editor\n");
    assert!(reply.json()["error"].as_str().is_some_and(|error| error.contains("changed elsewhere")));
    assert_eq!(fs::read_to_string(course.file("bounded")).expect("it is there"), "from an editor\n");
    let version = reply.json()["version"].as_str().expect("a text").to_owned();
    assert_eq!(put("two\n", &version).status, 200);
    // What is there already is not written over by being written again.
    assert_eq!(put("two\n", "whatever").status, 200);
    // A check that brings a text saves it in the same way, and nothing is run where it cannot.
    let body = json!({ "text": "three\n", "version": version });
    assert_eq!(course.ask("POST", &format!("{FILE}/check"), &body).status, 409);
    assert_eq!(course.kept("bounded").0, "two\n");
    assert!(
        course.ask("GET", "/api/exercises", &Value::Null).json().as_array().is_some_and(|rows| {
            rows.iter().all(|row| row["attempts"] == 0 && row["state"] == "untouched")
        })
    );
}

#[test]
fn a_file_that_is_gone_is_empty_and_one_that_is_none_is_said_to_be() {
    let course = Course::start();
    fs::remove_file(course.file("bounded")).expect("it was there");
    let (text, version) = course.kept("bounded");
    assert_eq!(text, "");
    let reply = course.ask("PUT", FILE, &json!({ "text": "again\n", "version": version }));
    assert_eq!((reply.status, course.kept("bounded").0), (200, "again\n".to_owned()));
    fs::write(course.file("bounded"), [0xFF, 0xFE]).expect("written");
    assert_eq!(course.ask("GET", FILE, &Value::Null).status, 500);
    let reply = course.ask("PUT", FILE, &json!({ "text": "over\n", "version": version }));
    assert_eq!((reply.status, fs::read(course.file("bounded")).expect("there")), (500, vec![0xFF, 0xFE]));
    // A link to where the learner keeps the file stays a link.
    let elsewhere = course.root.join("mine.rs");
    fs::write(&elsewhere, "mine\n").expect("written");
    fs::remove_file(course.file("bounded")).expect("it was there");
    std::os::unix::fs::symlink(&elsewhere, course.file("bounded")).expect("made");
    let (_, version) = course.kept("bounded");
    assert_eq!(course.ask("PUT", FILE, &json!({ "text": "ours\n", "version": version })).status, 200);
    assert_eq!(fs::read_to_string(elsewhere).expect("it is there"), "ours\n");
    assert!(course.file("bounded").is_symlink());
}

/// The same program, which the system kills when it has written so much into one file.
fn killed_in_the_middle(command: &mut Command) {
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "ulimit -f 64; exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(command.get_args());
    let set = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    limited.envs(set).current_dir(command.get_current_dir().expect("it has one"));
    *command = limited;
}

#[test]
fn a_server_that_is_killed_while_it_writes_tears_nothing() {
    let mut course = Course::start_with(killed_in_the_middle);
    let (old, version) = course.kept("bounded");
    let new = "x".repeat(200_000);
    let body = json!({ "text": new, "version": version });
    let unanswered = try_send(course.port, &course.request("PUT", FILE, &[], &body.to_string()));
    assert!(unanswered.is_err());
    assert!(course.ended().signal().is_some(), "it was killed while it wrote");
    assert_eq!(fs::read_to_string(course.file("bounded")).expect("it is there"), old);
    course.start_again();
    assert_eq!(course.kept("bounded"), (old, version));
    let folder = course.file("bounded").parent().expect("it lies in one").to_owned();
    let left = fs::read_dir(folder).expect("it is there").flatten().map(|entry| entry.file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().ends_with(".new")));
    assert_eq!(course.ask("PUT", FILE, &body).status, 200);
    assert_eq!(course.kept("bounded").0, new);
}

#[test]
fn what_a_killed_server_left_beside_a_file_is_tidied_up_and_nothing_else() {
    let mut course = Course::start();
    course.signal("KILL");
    course.ended();
    let folder = course.file("bounded").parent().expect("it lies in one").to_owned();
    for name in ["bounded.rs.4711.new", "bounded.rs.mine.new", "other.4711.new"] {
        fs::write(folder.join(name), "half").expect("written");
    }
    course.start_again();
    assert!(!folder.join("bounded.rs.4711.new").exists());
    assert!(folder.join("bounded.rs.mine.new").exists() && folder.join("other.4711.new").exists());
}

#[test]
fn a_reset_keeps_what_was_there() {
    let course = Course::start();
    course.edit("bounded", "mine\n");
    let reply = course.ask("POST", &format!("{FILE}/reset"), &Value::Null);
    let (text, version) = course.kept("bounded");
    assert_eq!((reply.status, reply.json()), (200, json!({ "text": text, "version": version })));
    assert_eq!(text, course::find_exercise("bounded").expect("it is there").stub);
    let kept = course.root.join(".inflight/replaced/bounded-1.rs");
    assert_eq!(fs::read_to_string(kept).expect("as `course reset` keeps it"), "mine\n");
}
