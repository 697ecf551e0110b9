// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exams of databases with the answer elsewhere: the run is the same run, and so is what is said of it.

use std::fs;
use std::path::Path;
use std::process::Command;

use course::{Exercise, find_exercise};
use grader::{Compiler, Options, Outcome, Verdict, untrusted};

use super::{confines, each, workspace};

/// A run takes long enough: these break early.
const RUNS: u64 = 12;

/// The exercise, the answer, and the promise that it breaks.
const ANSWERS: [(&str, &str, Option<&str>); 6] = [
    ("transfer", "database/src/bin/transfer.rs", None),
    ("transfer", "right/transfer/rollback-journal.rs", None),
    ("transfer", "wrong/transfer/never-flushes.rs", Some("done-is-durable")),
    ("transfer", "wrong/transfer/two-commits.rs", Some("sum-kept")),
    ("idempotent_consumer", "database/src/bin/idempotent_consumer.rs", None),
    ("idempotent_consumer", "wrong/idempotent_consumer/mark-before-effect.rs", Some("acked-is-applied")),
];

fn stranger(exercise: &Exercise, source: &Path, options: Options) -> Verdict {
    untrusted::examine(&workspace(), exercise, source, &options, &mut |_| {}).expect("examined")
}

/// What the exam says in the answer's own process.
fn learner(compiler: &Compiler, source: &Path) -> Verdict {
    let compiled = compiler
        .compile(source, false, false, &grader::Stop::default())
        .expect("compiled")
        .expect("accepted");
    let place = source.with_extension("json");
    let status = Command::new(&compiled.program)
        .args(["--seed", "1", "--runs", &RUNS.to_string(), "--verdict"])
        .arg(&place)
        .status();
    status.expect("it runs");
    let verdict = fs::read_to_string(&place).expect("a verdict");
    serde_json::from_str(&verdict).expect("as the schema says")
}

#[test]
fn a_strangers_database_is_judged_as_a_learners() {
    if !confines() {
        return;
    }
    let folder = std::env::temp_dir().join(format!("databases-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test");
    let compiler = Compiler::for_package(&workspace(), "database").expect("a compiler");
    let verdicts = each(ANSWERS.to_vec(), |(name, answer, _)| {
        let exercise = find_exercise(name).expect("an exercise");
        let source = workspace().root().join("solutions").join(answer);
        let copy = folder.join(answer.replace('/', "-"));
        fs::copy(&source, &copy).expect("copied");
        let options = Options { seed: Some(1), runs: Some(RUNS), ..Options::default() };
        (stranger(exercise, &source, options), learner(&compiler, &copy))
    });
    fs::remove_dir_all(&folder).expect("made here");
    for ((_, answer, promise), (mut stranger, mut learner)) in verdicts {
        // Where files lie, and how the compiler calls them, is not the exam's.
        for verdict in [&mut stranger, &mut learner] {
            (verdict.trace_file, verdict.detail) = (None, None);
        }
        assert_eq!(stranger.promise(), promise, "{answer}: {}", stranger.sentence);
        assert_eq!(stranger, learner, "{answer}");
    }
}

#[test]
fn one_run_of_a_strangers_database_can_be_made_again() {
    if !confines() {
        return;
    }
    let exercise = find_exercise("transfer").expect("an exercise");
    let source = workspace().root().join("solutions/wrong/transfer/never-flushes.rs");
    // Somewhere in these the power goes between an answer and a flush that never comes.
    let address = (1..=20).find_map(|seed| {
        let address =
            format!("exam/transfer?seed={seed}&requests=4&faults=crash-machine:bank@6ms;restart:bank@7ms");
        let options = Options { address: Some(address.clone()), ..Options::default() };
        (stranger(exercise, &source, options).outcome == Outcome::Failed).then_some(address)
    });
    let options = Options { address: Some(address.expect("one of them")), ..Options::default() };
    let verdict = stranger(exercise, &source, options);
    assert_eq!((verdict.outcome, verdict.promise()), (Outcome::Failed, Some("done-is-durable")));
    assert!(verdict.trace_file.is_some());
}
