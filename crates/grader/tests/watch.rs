// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo course watch` as a program: what it prints, what it does with keys, and that it ends.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// Longer than a slow machine takes; it decides nothing but when to give up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder that looks like the course and in which nothing can be built: a check says so at once.
struct Watching {
    root: PathBuf,
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(name: &str) -> Watching {
        let root = std::env::temp_dir().join(format!("inflight-watch-{name}-{}", std::process::id()));
        for folder in ["crates/kit", "exercises/queues/src/bin"] {
            fs::create_dir_all(root.join(folder)).expect("a folder for the test");
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_course"))
            .args(["watch", "resequencer"])
            .current_dir(&root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it was built");
        let out = BufReader::new(child.stdout.take().expect("as asked for"));
        let (said, lines) = channel();
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
        Watching { root, child, lines }
    }

    fn press(&mut self, key: &str) {
        let keys = self.child.stdin.as_mut().expect("as asked for");
        writeln!(keys, "{key}").expect("it listens");
    }

    /// Reads on until a line has these words in it.
    fn hear(&self, words: &str) {
        while !self
            .lines
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("nothing of {words}"))
            .contains(words)
        {}
    }

    fn file(&self) -> PathBuf {
        self.root.join("exercises/queues/src/bin/resequencer.rs")
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.root);
    }
}

#[test]
fn a_save_is_checked_a_loss_is_said_and_keys_are_obeyed() {
    let mut watching = Watching::start("loop");
    watching.hear("cannot read");
    watching.hear("Waiting for you to save");
    fs::write(watching.file(), "fn main() {}\n").expect("written");
    watching.hear("the kit does not build");
    fs::remove_file(watching.file()).expect("it is there");
    watching.hear("is gone");
    watching.press("l");
    watching.hear("at_most_once");
    watching.press("w");
    watching.hear("no run that could be watched");
    watching.press("x");
    watching.hear("x once more");
    watching.press("x");
    watching.hear("is there again");
    // The stub came back, and that is a save.
    watching.hear("the kit does not build");
    watching.press("q");
    assert!(watching.child.wait().expect("it ends").success());
}

#[test]
fn without_keys_it_ends_with_the_first_verdict() {
    let mut watching = Watching::start("deaf");
    drop(watching.child.stdin.take());
    watching.hear("cannot read");
    assert!(watching.child.wait().expect("it ends").success());
}
