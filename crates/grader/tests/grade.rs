// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo course grade` as a program, on a small class: interrupted, it goes on where it stopped.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A class in a folder, and where its results are kept.
struct Class(PathBuf);

impl Class {
    fn new(name: &str) -> Class {
        let root = std::env::temp_dir().join(format!("class-{name}-{}", std::process::id()));
        fs::create_dir_all(root.join("class")).expect("a folder for files that do not last");
        Class(root)
    }

    fn hands_in(&self, learner: &str, text: &str) {
        let folder = self.0.join("class").join(learner);
        fs::create_dir_all(&folder).expect("a folder for files that do not last");
        fs::write(folder.join("bounded.rs"), text).expect("it was made");
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_course"));
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let (class, results) = (self.0.join("class"), self.0.join("results.jsonl"));
        command.current_dir(root).arg("grade").arg(class).arg("--results").arg(results).args(more);
        command
    }

    fn graded(&self, more: &[&str]) -> Output {
        self.command(more).output().expect("it was built")
    }
}

impl Drop for Class {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn answer(name: &str) -> String {
    let place = format!("{}/tests/answers/{name}.rs", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(place).expect("it is there")
}

#[test]
fn interrupted_it_goes_on_where_it_stopped() {
    let class = Class::new("interrupted");
    class.hands_in("a", "fn main() { 1 }");
    class.hands_in("b", &answer("timed_out"));
    class.hands_in("c", &answer("failed"));
    class.hands_in("d", &answer("failed"));
    let mut first = class.command(&["--jobs", "1"]).stderr(Stdio::piped()).spawn().expect("it was built");
    let mut said = BufReader::new(first.stderr.take().expect("as asked for")).lines().map_while(Result::ok);
    // The first is known; the second hangs for two seconds, and is interrupted.
    assert!(said.next().expect("a line").contains("a bounded: did not compile"));
    let killed =
        Command::new("kill").args(["-INT", &first.id().to_string()]).status().expect("kill is there");
    assert!(killed.success());
    let rest: Vec<String> = said.collect();
    assert!(rest[0].contains("b bounded: timed out"), "what was begun is finished: {rest:?}");
    assert_eq!(
        rest.last().map(String::as_str),
        Some("2 of 4 graded. They are kept: the same command goes on from here.")
    );
    assert_eq!(first.wait().expect("it ends").code(), Some(130));
    let second = class.graded(&["--csv", "--jobs", "1"]);
    let said = text(&second.stderr);
    assert_eq!(said.lines().count(), 2, "only what was not known is graded, equal sources once: {said}");
    assert_eq!(second.status.code(), Some(0), "all were graded, whatever came out");
    let rows = text(&second.stdout);
    let outcomes: Vec<&str> = rows.lines().skip(1).filter_map(|row| row.split("\",\"").nth(2)).collect();
    assert_eq!(outcomes, ["did not compile", "timed out", "failed", "failed"]);
    // The same again comes from what is kept, to the byte; another file is graded anew.
    assert_eq!(text(&class.graded(&["--csv"]).stdout), rows);
    class.hands_in("d", "fn main() { 2 }");
    assert_eq!(text(&class.graded(&[]).stderr).lines().count(), 1);
}

/// Whatever one of them tries, the others get their grade.
#[test]
fn strangers_are_held_or_refused() {
    let class = Class::new("strangers");
    let solutions = concat!(env!("CARGO_MANIFEST_DIR"), "/../../solutions");
    let solution = fs::read_to_string(format!("{solutions}/queues/src/bin/bounded.rs")).expect("it is there");
    class.hands_in("a", &solution.replacen("fn main", "fn other", 1));
    class.hands_in("b", "fn main() { std::fs::write(\"/tmp/stranger\", \"was here\").unwrap() }");
    class.hands_in("c", &answer("failed"));
    let output = class.graded(&["--untrusted", "--csv"]);
    let said = text(&output.stderr);
    if said.contains("nothing is run half confined") || said.contains("needs Linux") {
        assert_eq!(output.status.code(), Some(2), "refused: {said}");
        return;
    }
    let rows = text(&output.stdout);
    let outcomes: Vec<&str> = rows.lines().skip(1).filter_map(|row| row.split("\",\"").nth(2)).collect();
    assert_eq!(outcomes, ["passed", "crashed", "failed"], "{said}{rows}");
    assert!(!std::path::Path::new("/tmp/stranger").exists());
}

#[test]
fn an_empty_class_is_told_what_one_looks_like() {
    let class = Class::new("empty");
    fs::write(class.0.join("class/resequencer.rs"), "").expect("it was made");
    let output = class.graded(&[]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("passed over: resequencer.rs: lies in no learner's folder"), "{said}");
    assert!(said.contains("<learner>/resequencer.rs"), "{said}");
}
