// SPDX-License-Identifier: MIT OR Apache-2.0
//! Strangers' answers: the gallery of hostile ones, and what a kernel must have for `--untrusted`.
#![cfg(target_os = "linux")]

#[path = "untrusted/databases.rs"]
mod databases;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use course::{Exercise, exercises, find_exercise};
use grader::{Compiler, Options, Outcome, Verdict, Workspace, untrusted};
use nix::libc;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};

fn workspace() -> Workspace {
    Workspace::find(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the tests lie in the course")
}

fn examined(exercise: &Exercise, source: &Path) -> anyhow::Result<Verdict> {
    let options = Options { seed: Some(1), ..Options::default() };
    untrusted::examine(&workspace(), exercise, source, &options, &mut |_| {})
}

/// Whether this kernel can confine; where it cannot, that nothing is examined was seen just now.
fn confines() -> bool {
    let exercise = find_exercise("at_most_once").expect("an exercise");
    match examined(exercise, &workspace().stub(exercise)) {
        Ok(_) => true,
        Err(error) => {
            let said = format!("{error:#}");
            assert!(said.starts_with("--untrusted is refused, for nothing is run half confined"), "{said}");
            eprintln!("this kernel cannot confine, and --untrusted refuses: {said}");
            false
        }
    }
}

/// Works on all of these, two at a time.
fn each<T: Send, R: Send>(all: Vec<T>, work: impl Fn(&T) -> R + Sync) -> Vec<(T, R)> {
    let (left, done) = (Mutex::new(all), Mutex::new(Vec::new()));
    let worker = || {
        loop {
            let Some(next) = left.lock().expect("nobody panics holding it").pop() else { return };
            let result = work(&next);
            done.lock().expect("nobody panics holding it").push((next, result));
        }
    };
    thread::scope(|scope| (0..2).for_each(|_| _ = scope.spawn(worker)));
    done.into_inner().expect("nobody panics holding it")
}

/// What a hostile answer says of itself.
fn says(source: &Path, word: &str) -> String {
    let text = fs::read_to_string(source).expect("a file");
    let line = text.lines().find_map(|line| line.strip_prefix("//! ")?.strip_prefix(word)).map(str::trim);
    line.unwrap_or_else(|| panic!("{}: no line `//! {word}`", source.display())).to_owned()
}

#[test]
fn hostile_answers_are_contained_and_named_while_others_are_graded() {
    if !confines() {
        return;
    }
    let workspace = workspace();
    let mut all: Vec<(&Exercise, PathBuf)> = Vec::new();
    for exercise in exercises() {
        let hostile = workspace.answers(exercise, "hostile").unwrap_or_default();
        all.extend(hostile.into_iter().map(|source| (exercise, source)));
    }
    assert!(all.len() >= 20, "the gallery is there");
    let honest = find_exercise("bounded").expect("an exercise");
    all.insert(all.len() / 2, (honest, workspace.solution(honest)));
    let mut table = BTreeMap::new();
    for ((exercise, source), verdict) in each(all, |(exercise, source)| examined(exercise, source)) {
        let verdict = verdict.unwrap_or_else(|error| panic!("{}: {error:#}", source.display()));
        let name = format!("{}/{}", exercise.name, source.file_stem().unwrap_or_default().display());
        if exercise.name == honest.name {
            assert_eq!(verdict.outcome, Outcome::Passed, "{name}: {}", verdict.sentence);
            continue;
        }
        assert_eq!(verdict.outcome.words(), says(&source, "Comes out as: "), "{name}: {}", verdict.sentence);
        table.insert(name, format!("{}\n    {}", says(&source, "Is: "), verdict.sentence));
    }
    for left in [Path::new("/tmp/filler"), &workspace.root().join("verdict"), Path::new("verdict")] {
        assert!(!left.exists(), "{} was written", left.display());
    }
    let table: Vec<String> = table.into_iter().map(|(name, said)| format!("{name}: {said}")).collect();
    insta::assert_snapshot!("gallery", table.join("\n"));
}

#[test]
fn a_stranger_gets_the_verdict_that_a_learner_gets() {
    if !confines() {
        return;
    }
    let workspace = workspace();
    let folder = std::env::temp_dir().join(format!("learners-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test");
    let mut all: Vec<(&Exercise, PathBuf)> = Vec::new();
    for exercise in exercises().iter().filter(|exercise| kit::lockstep::is_known(exercise.name)) {
        all.push((exercise, workspace.solution(exercise)));
        let wrong = workspace.answers(exercise, "wrong").expect("there are wrong answers");
        // What is kept in a static is there for a learner, and is not for a stranger.
        let same = wrong.into_iter().filter(|source| !source.to_string_lossy().contains("static"));
        all.extend(same.take(1).map(|source| (exercise, source)));
    }
    let verdicts = each(all, |(exercise, source)| {
        let stranger = examined(exercise, source).expect("examined");
        let copy = folder.join(source.file_name().expect("a name"));
        fs::copy(source, &copy).expect("copied");
        let compiler = Compiler::for_package(&workspace, exercise.package).expect("a compiler");
        let learner = grader::examine_file(&workspace, &compiler, exercise, &copy).expect("examined");
        (stranger, learner)
    });
    fs::remove_dir_all(&folder).expect("made here");
    for ((exercise, source), (mut stranger, mut learner)) in verdicts {
        // Where files lie, and how the compiler calls them, is not the exam's.
        for verdict in [&mut stranger, &mut learner] {
            (verdict.trace_file, verdict.detail) = (None, None);
        }
        assert_eq!(stranger, learner, "{}: {}", exercise.name, source.display());
    }
}

#[test]
fn what_is_handed_in_is_a_file() {
    if !confines() {
        return;
    }
    let folder = std::env::temp_dir().join(format!("handed-in-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test");
    let (link, large) = (folder.join("link.rs"), folder.join("large.rs"));
    std::os::unix::fs::symlink("/etc/passwd", &link).expect("a link");
    fs::write(&large, vec![b' '; (1 << 20) + 1]).expect("a large file");
    let exercise = find_exercise("smooth").expect("an exercise");
    let expected = [
        (
            &link,
            "what was handed in is no file that can be read: Too many levels of symbolic links (os error 40)",
        ),
        (&folder, "what was handed in is no file"),
        (&large, "the file is larger than 1024 KB; no answer is"),
    ];
    for (source, sentence) in expected {
        let verdict = examined(exercise, source).expect("examined");
        assert_eq!((verdict.outcome, verdict.sentence.as_str()), (Outcome::DidNotCompile, sentence));
    }
    fs::remove_dir_all(&folder).expect("made here");
}

/// Asks for a check with `--untrusted` where the kernel refuses this call.
fn refused_without(call: i64) -> (Option<i32>, String) {
    let without = move || {
        let rules = BTreeMap::from([(call, Vec::new())]);
        let machine = std::env::consts::ARCH.try_into().expect("a machine with filters");
        let enosys = SeccompAction::Errno(libc::ENOSYS as u32);
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, enosys, machine).expect("a filter");
        apply_filter(&BpfProgram::try_from(filter).expect("a program")).expect("a kernel with filters");
        let output = Command::new(env!("CARGO_BIN_EXE_course"))
            .args(["check", "at_most_once", "--untrusted"])
            .current_dir(workspace().root())
            .stdin(Stdio::null())
            .output()
            .expect("the course");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    // A filter belongs to a thread, and to what it starts.
    thread::spawn(without).join().expect("no panic")
}

#[test]
fn what_the_kernel_lacks_is_said_and_nothing_is_run() {
    if !confines() {
        return;
    }
    let lacks = [
        (libc::SYS_landlock_create_ruleset, "Landlock"),
        (libc::SYS_seccomp, "seccomp"),
        (libc::SYS_ptrace, "traced"),
    ];
    for (call, missing) in lacks {
        let (code, said) = refused_without(call);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.starts_with("--untrusted is refused, for nothing is run half confined"), "{said}");
        assert!(said.contains(missing), "{said}");
    }
    // Namespaces are a second wall: without them the first stands alone.
    let (code, said) = refused_without(libc::SYS_unshare);
    assert_eq!(code, Some(1), "a stub fails, and is examined: {said}");
}
