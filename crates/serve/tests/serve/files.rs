// SPDX-License-Identifier: MIT OR Apache-2.0
//! Nothing that a learner wrote is lost.

use std::fs;
use std::sync::mpsc;
use std::thread;

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

#[test]
fn a_server_that_is_killed_while_it_writes_leaves_the_old_text_or_the_new_one() {
    let mut course = Course::start();
    let texts = ["a".repeat(200_000), "b".repeat(200_000)];
    let folder = course.file("bounded").parent().expect("it lies in one").to_owned();
    for round in 1..=8 {
        let (done, written) = mpsc::channel();
        thread::scope(|scope| {
            let course = &course;
            let texts = &texts;
            scope.spawn(move || {
                let mut version = course.kept("bounded").1;
                for text in texts.iter().cycle() {
                    let body = json!({ "text": text, "version": version }).to_string();
                    let Ok(coming) = try_send(course.port, &course.request("PUT", FILE, &[], &body)) else {
                        break;
                    };
                    // Of one that was killed in between there is no whole answer.
                    let Ok(lines) = std::panic::catch_unwind(move || coming.rest()) else { break };
                    let Some(new) = lines.first().and_then(|line| line["version"].as_str()) else { break };
                    version = new.to_owned();
                    let _ = done.send(());
                }
            });
            // After so many it is writing the next one, or about to.
            written.iter().take(round).for_each(drop);
            course.signal("KILL");
        });
        course.ended();
        let left = fs::read_to_string(course.file("bounded")).expect("it is there");
        assert!(texts.contains(&left), "round {round}: {} bytes", left.len());
        course.start_again();
        assert_eq!(course.kept("bounded").0, left);
        let torn = fs::read_dir(&folder).expect("it is there").flatten();
        let torn: Vec<_> = torn
            .map(|entry| entry.file_name())
            .filter(|name| name.to_string_lossy().ends_with(".new"))
            .collect();
        assert!(torn.is_empty(), "{torn:?}");
    }
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
