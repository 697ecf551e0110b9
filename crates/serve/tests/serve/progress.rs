// SPDX-License-Identifier: MIT OR Apache-2.0
//! The page and the terminal know the same.

use std::fs;

use grader::{Outcome, Verdict, Workspace};
use serde_json::{Value, json};

use crate::course::{Course, failed, says};

fn row(course: &Course, exercise: &str) -> Value {
    let rows = course.ask("GET", "/api/exercises", &Value::Null).json();
    let rows = rows.as_array().expect("a list");
    assert_eq!(rows.len(), course::exercises().len());
    rows.iter().find(|row| row["name"] == exercise).expect("it is there").clone()
}

#[test]
fn a_check_counts_for_hints_solutions_and_progress() {
    let course = Course::start();
    let workspace = Workspace::find(&course.root).expect("as made");
    let path = "/api/exercises/bounded";
    assert_eq!(row(&course, "bounded")["state"], "untouched");
    assert_eq!(row(&course, "bounded")["path"], "exercises/queues/src/bin/bounded.rs");
    assert_eq!(row(&course, "bounded")["chapter"], "the-spike");
    assert_eq!(course.ask("GET", &format!("{path}/solution"), &Value::Null).status, 403);
    let solution = course.ask("GET", &format!("{path}/solution?confirmed=true"), &Value::Null);
    let reference = course::find_exercise("bounded").expect("it is there").solution;
    assert_eq!(solution.json()["text"], reference);
    course.edit("bounded", &says(&failed("bounded"), "{}"));
    course.begin("POST", &format!("{path}/check"), &Value::Null).rest();
    let (tried, listed) = (row(&course, "bounded"), &grader::list(&workspace).expect("it can be read"));
    assert_eq!((&tried["state"], &tried["attempts"]), (&json!("tried"), &json!(1)));
    let bounded = listed.iter().find(|listed| listed.exercise.name == "bounded").expect("it is there");
    assert_eq!(bounded.attempts, 1);
    for (level, exhausted) in [(1, false), (2, false), (3, true), (3, true)] {
        let hint = course.ask("POST", &format!("{path}/hint"), &Value::Null).json();
        assert_eq!(
            (&hint["level"], &hint["of"], &hint["exhausted"]),
            (&json!(level), &json!(3), &json!(exhausted))
        );
        assert!(hint["text"].as_str().is_some_and(|text| text.len() > 20));
    }
    let mut passed = Verdict::new("bounded", Outcome::Passed, "all is well");
    (passed.runs.calm, passed.runs.rough) = (1, 1);
    course.edit("bounded", &says(&passed, ""));
    course.begin("POST", &format!("{path}/check"), &Value::Null).rest();
    assert_eq!(row(&course, "bounded")["state"], "passed");
    assert_eq!(course.ask("GET", path, &Value::Null).json()["passed"], true);
    assert_eq!(course.ask("GET", &format!("{path}/solution"), &Value::Null).status, 200);
    // What the terminal exports is what the page gets, to the byte.
    let exported = course.ask("GET", "/api/progress", &Value::Null);
    assert_eq!(
        String::from_utf8_lossy(&exported.body),
        grader::export(&workspace, false).expect("it can be")
    );
}

#[test]
fn the_pages_progress_is_taken_in_once() {
    let course = Course::start();
    // As the page writes it: no attempts beside a standing, hints as pairs.
    let page = json!({
        "inflight_progress": 1, "course": "",
        "exercises": { "bounded": { "standing": "passed", "hints": [["no-overflow", 2]], "seeds": ["7"] } },
        "chapters": { "the-spike": { "read": 80, "bets": { "half": "b" } } },
        "files": { "smooth": "from the page\n" },
    });
    let reply = course.ask("POST", "/api/progress", &page);
    assert_eq!(reply.status, 200, "{}", reply.json());
    let news = reply.json()["news"].as_array().expect("a list").len();
    assert_eq!(news, 4, "{}", reply.json());
    assert_eq!(course.kept("smooth").0, "from the page\n");
    let again = course.ask("POST", "/api/progress", &page).json();
    assert_eq!(again, json!({ "news": [], "beside": [] }));
    let now = course.ask("GET", "/api/progress", &Value::Null).json();
    assert_eq!(now["exercises"]["bounded"]["standing"], "passed");
    assert_eq!(now["chapters"]["the-spike"], json!({ "read": 80, "bets": { "half": "b" } }));
    // Damage changes nothing.
    let damaged = json!({ "inflight_progress": 1, "chapters": { "the-spike": { "read": 101 } } });
    assert_eq!(course.ask("POST", "/api/progress", &damaged).status, 400);
    assert_eq!(course.ask("GET", "/api/progress", &Value::Null).json(), now);
}

#[test]
fn pages_are_told_what_others_change() {
    let course = Course::start();
    let workspace = Workspace::find(&course.root).expect("as made");
    let mut events = course.begin("GET", "/api/events", &Value::Null);
    assert_eq!(events.status, 200);
    assert_eq!(events.line().as_deref(), Some(": from here on"));
    let mut next = |kind: &str| loop {
        let line = events.line().expect("it goes on");
        if line == format!("event: {kind}") {
            let data = events.line().expect("it goes on");
            return serde_json::from_str::<Value>(data.strip_prefix("data: ").expect("data")).expect("JSON");
        }
    };
    course.edit("bounded", "from an editor\n");
    let told = next("exercise");
    assert_eq!(told, json!({ "name": "bounded", "version": course.kept("bounded").1 }));
    grader::note_reading(&workspace, "the-spike", 40).expect("written");
    next("progress");
    fs::remove_file(course.file("smooth")).expect("it was there");
    assert_eq!(next("exercise")["name"], "smooth");
}
