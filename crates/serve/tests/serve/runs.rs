// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs: what they say, how many there are, and that none outlives whoever asked for it.

use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::browser::Coming;
use crate::course::{COMPILER_WAITS, Course, WAITS, failed, says};

fn check(course: &Course, exercise: &str) -> Coming {
    course.begin("POST", &format!("/api/exercises/{exercise}/check"), &Value::Null)
}

fn error(lines: &[Value]) -> &str {
    lines.last().and_then(|line| line["error"].as_str()).unwrap_or_else(|| panic!("{lines:?}"))
}

#[test]
fn a_run_says_how_far_it_is_and_ends_with_its_verdict_and_its_trace() {
    let course = Course::start();
    let (_, version) = course.kept("bounded");
    let text = says(&failed("bounded"), "{\"one\":1}");
    let body = json!({ "text": text, "version": version, "seed": "18446744073709551615", "runs": 5 });
    let coming = course.begin("POST", "/api/exercises/bounded/check", &body);
    assert_eq!(coming.status, 200);
    let is_lines =
        |(name, value): &(String, String)| name == "content-type" && value == "application/x-ndjson";
    assert!(coming.headers.iter().any(is_lines), "{:?}", coming.headers);
    let lines = coming.rest();
    let stages: Vec<&Value> = lines[..lines.len() - 1].iter().map(|line| &line["stage"]).collect();
    assert_eq!(stages, ["kit", "compile", "run"]);
    let last = &lines[lines.len() - 1];
    assert_eq!(last["verdict"]["sentence"], "a promise broke");
    assert_eq!(last["trace"], "{\"one\":1}");
    assert_eq!(course.kept("bounded").0, text);
}

#[test]
fn whoever_goes_away_takes_the_run_along() {
    let course = Course::start();
    // In the exam, and already in the compiler; with all that either has started.
    for (exercise, text) in [("bounded", WAITS), ("smooth", COMPILER_WAITS)] {
        course.edit(exercise, text);
        let coming = check(&course, exercise);
        let ended = course.alive();
        drop(coming);
        ended();
    }
    let rows = course.ask("GET", "/api/exercises", &Value::Null).json();
    let attempts = |row: &Value| row["attempts"] == 0;
    assert!(rows.as_array().expect("a list").iter().all(attempts), "what was ended is no attempt");
}

#[test]
fn a_later_run_of_an_exercise_ends_the_earlier_and_waits_until_it_is_gone() {
    let course = Course::start();
    course.edit("bounded", WAITS);
    let earlier = check(&course, "bounded");
    let ended = course.alive();
    course.edit("bounded", &says(&failed("bounded"), ""));
    let later = check(&course, "bounded").rest();
    assert_eq!(later.last().expect("it says something")["verdict"]["outcome"], "failed");
    assert!(error(&earlier.rest()).contains("a later check"));
    ended();
}

#[test]
fn a_hundred_at_once_are_bounded_and_each_is_answered() {
    let mut course = Course::start();
    let all = course::exercises();
    all.iter().for_each(|exercise| course.edit(exercise.name, WAITS));
    let begin = Barrier::new(100);
    let answers: Vec<Coming> = thread::scope(|scope| {
        let (course, begin) = (&course, &begin);
        let asking: Vec<_> = (0..100)
            .map(|number| {
                scope.spawn(move || {
                    begin.wait();
                    check(course, all[number % all.len()].name)
                })
            })
            .collect();
        asking.into_iter().map(|asked| asked.join().expect("it is answered")).collect()
    });
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert!(answers.iter().all(|answer| [200, 429].contains(&answer.status)));
    // None of them ends by itself, and there are more exercises than places.
    assert!(refused > 0, "all had a place");
    course.signal("TERM");
    for answer in answers {
        let said = answer.rest();
        let why = error(&said);
        assert!(
            ["a later check", "was stopped", "try again"].iter().any(|words| why.contains(words)),
            "{why}"
        );
    }
    assert_eq!(course.ended().code(), Some(0));
}

#[test]
fn the_server_ends_in_good_order() {
    for signal in ["TERM", "INT"] {
        let mut course = Course::start();
        course.edit("bounded", WAITS);
        let mut events = course.begin("GET", "/api/events", &Value::Null);
        assert!(events.line().is_some());
        let run = check(&course, "bounded");
        let ended = course.alive();
        course.signal(signal);
        assert!(error(&run.rest()).contains("the server was stopped"));
        // To its proper end: where it is cut off instead, this fails.
        while events.line().is_some() {}
        assert_eq!(course.ended().code(), Some(0));
        ended();
    }
}

#[test]
fn a_server_that_is_killed_leaves_no_compiler_and_no_answer_behind() {
    for text in [WAITS, COMPILER_WAITS] {
        let mut course = Course::start();
        course.edit("bounded", text);
        let run = check(&course, "bounded");
        let ended = course.alive();
        course.signal("KILL");
        assert_eq!(course.ended().code(), None, "a signal ended it");
        ended();
        drop(run);
    }
}

#[test]
fn what_is_wrong_with_the_machine_is_said() {
    let course = Course::start();
    std::fs::write(course.root.join("tools/cargo"), "#!/bin/sh\necho no kit >&2\nexit 101\n")
        .expect("written");
    assert!(error(&check(&course, "bounded").rest()).contains("no kit"));
}
