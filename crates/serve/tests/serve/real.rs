// SPDX-License-Identifier: MIT OR Apache-2.0
//! A stub and a solution, with the kit as it is and the compiler that is installed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::course::Course;

#[test]
fn a_stub_fails_with_a_run_to_watch_and_a_solution_passes() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    // The kit is built where it lies; the learner's file and the journal are the test's own.
    let script = format!("#!/bin/sh\ncd '{}' && exec '{}' \"$@\"\n", workspace.display(), env!("CARGO"));
    let course = Course::start_with(|command| {
        command.env("RUSTC", rustc);
    });
    let cargo = course.root.join("tools/cargo");
    fs::write(&cargo, script).expect("written");
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("made here");
    let exercise = course::find_exercise("bounded").expect("it is one of the course's");
    let checked = |text: &str| {
        let (_, version) = course.kept("bounded");
        let body = json!({ "text": text, "version": version });
        let lines = course.begin("POST", "/api/exercises/bounded/check", &body).rest();
        let last = lines.last().expect("it says something").clone();
        assert!(last["verdict"].is_object(), "{last}");
        conforms(&last["verdict"]);
        last
    };
    let stub = checked(exercise.stub);
    assert_eq!(stub["verdict"]["outcome"], "failed");
    let trace = stub["trace"].as_str().expect("a run that breaks a promise");
    assert!(
        trace.lines().count() > 1 && trace.lines().all(|line| serde_json::from_str::<Value>(line).is_ok())
    );
    let address = json!({ "address": stub["verdict"]["address"] });
    let again = course.begin("POST", "/api/exercises/bounded/check", &address).rest();
    let promise = |said: &Value| said["verdict"]["broken"]["promise"].clone();
    assert_eq!(promise(again.last().expect("it says something")), promise(&stub));
    assert!(promise(&stub).is_string());
    let solution = checked(exercise.solution);
    assert_eq!((&solution["verdict"]["outcome"], &solution["trace"]), (&json!("passed"), &Value::Null));
    let refused = checked("fn main() { nothing }");
    assert_eq!(refused["verdict"]["outcome"], "did-not-compile");
    assert_eq!(course.ask("GET", "/api/exercises/bounded", &Value::Null).json()["passed"], true);
    let rows = course.ask("GET", "/api/exercises", &Value::Null).json();
    let row = rows.as_array().and_then(|rows| rows.iter().find(|row| row["name"] == "bounded"));
    assert_eq!(row.expect("it is there")["attempts"], 3, "a run by its address is no attempt");
}

fn conforms(verdict: &Value) {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/verdict-v1.schema.json");
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(schema).expect("it is in docs/")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let faults: Vec<String> = validator.iter_errors(verdict).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
}
