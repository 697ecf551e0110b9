// SPDX-License-Identifier: MIT OR Apache-2.0
//! Strangers' threads: what they did is told by their own process, and comes out as it does for a learner.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};

use course::{Exercise, find_exercise};
use grader::{Compiler, Options, Outcome, Verdict, Workspace, untrusted};

fn workspace() -> Workspace {
    Workspace::find(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the tests lie in the course")
}

fn exercise() -> &'static Exercise {
    find_exercise("bounded_queue").expect("an exercise")
}

fn stranger(source: &Path, options: &Options) -> Verdict {
    untrusted::examine(&workspace(), exercise(), source, options, &mut |_| {}).expect("examined")
}

/// Answers of this kind, all of them or those of these names.
fn answers(kind: &str, names: &[&str]) -> Vec<PathBuf> {
    let all = workspace().answers(exercise(), kind).expect("there are such answers");
    let wanted = |source: &PathBuf| {
        names.is_empty() || names.iter().any(|name| source.file_stem().is_some_and(|stem| stem == *name))
    };
    all.into_iter().filter(wanted).collect()
}

#[test]
fn a_strangers_threads_get_the_verdict_that_a_learners_get() {
    if untrusted::ready().is_err() {
        return;
    }
    let workspace = workspace();
    let folder = std::env::temp_dir().join(format!("threads-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test");
    let compiler = Compiler::for_package(&workspace, exercise().package).expect("a compiler");
    // One for each way to break: safety, a wake-up, a lock, a panic.
    let mut sources =
        answers("wrong", &["last-in-first-out", "close-wakes-one", "locks-itself-out", "panics-when-empty"]);
    assert_eq!(sources.len(), 4, "they are there");
    sources.push(workspace.solution(exercise()));
    for source in sources {
        let copy = folder.join(source.file_name().expect("a name"));
        fs::copy(&source, &copy).expect("copied");
        let mut learner = grader::examine_file(&workspace, &compiler, exercise(), &copy).expect("examined");
        let mut stranger = stranger(&source, &Options { seed: Some(1), ..Options::default() });
        // Where files lie, and how the compiler calls them, is not the exam's.
        for verdict in [&mut stranger, &mut learner] {
            (verdict.trace_file, verdict.detail) = (None, None);
        }
        assert_eq!(stranger, learner, "{}", source.display());
    }
    fs::remove_dir_all(&folder).expect("made here");
}

#[test]
fn other_right_shapes_break_no_promise() {
    if untrusted::ready().is_err() {
        return;
    }
    let sources = answers("right", &[]);
    assert!(sources.len() >= 3, "they are there");
    for source in sources {
        let verdict = stranger(&source, &Options { seed: Some(1), runs: Some(50), ..Options::default() });
        let sentence = "no promise broke in 50 runs; it takes 2000 to pass";
        assert_eq!((verdict.outcome, verdict.sentence.as_str()), (Outcome::Unknown, sentence));
    }
}

#[test]
fn what_the_scheduler_would_not_see_is_refused_for_strangers_too() {
    if untrusted::ready().is_err() {
        return;
    }
    let sources = answers("wrong", &["std-mutex"]);
    let verdict = stranger(&sources[0], &Options::default());
    assert_eq!(verdict.outcome, Outcome::DidNotCompile);
    assert_eq!(verdict.sentence, "the file is refused: `std::sync` cannot be used here");
}
