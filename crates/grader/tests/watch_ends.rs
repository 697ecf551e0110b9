// SPDX-License-Identifier: MIT OR Apache-2.0
//! What `cargo course watch` has started ends when nobody waits for it any more: a compiler, and what the compiler started.
//!
//! The compiler of these tests never ends by itself. It and a child of it hold a pipe open; the pipe's end is their end.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Longer than a slow machine takes; it decides nothing but when to give up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Says that it built a kit.
const CARGO: &str = r#"#!/bin/sh
echo '{"reason":"compiler-artifact","target":{"name":"kit","kind":["lib"]},"filenames":["'"$PLACE"'/target/debug/libkit.rlib"]}'
"#;

/// Each call holds the next pipe open, together with a child, for ever.
const RUSTC: &str = r#"#!/bin/sh
if mkdir "$PLACE/first" 2>/dev/null; then exec 3>"$PLACE/one"; else exec 3>"$PLACE/two"; fi
cat "$PLACE/never" &
echo begun >&3
wait
"#;

struct Watching {
    root: PathBuf,
    child: Child,
}

impl Watching {
    fn start(name: &str) -> Watching {
        let root = std::env::temp_dir().join(format!("inflight-ends-{name}-{}", std::process::id()));
        for folder in ["crates/kit", "exercises/queues/src/bin"] {
            fs::create_dir_all(root.join(folder)).expect("a folder for the test");
        }
        for pipe in ["one", "two", "never"] {
            let made = Command::new("mkfifo").arg(root.join(pipe)).status();
            assert!(made.expect("every unix has it").success());
        }
        let cargo = program(&root.join("cargo"), CARGO);
        let rustc = program(&root.join("rustc"), RUSTC);
        save(&root, "fn main() {}\n");
        let child = Command::new(env!("CARGO_BIN_EXE_course"))
            .args(["watch", "resequencer"])
            .current_dir(&root)
            .env("PLACE", &root)
            .env("CARGO", cargo)
            .env("RUSTC", rustc)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it was built");
        Watching { root, child }
    }

    /// The lines that a compiler writes; the channel closes when the compiler and its child are gone.
    fn compiler(&self, pipe: &str) -> Receiver<String> {
        let place = self.root.join(pipe);
        let (said, lines) = channel();
        thread::spawn(move || {
            let pipe = BufReader::new(File::open(place).expect("it was made"));
            pipe.lines().map_while(Result::ok).try_for_each(|line| said.send(line))
        });
        lines
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn program(place: &Path, text: &str) -> PathBuf {
    fs::write(place, text).expect("written");
    fs::set_permissions(place, fs::Permissions::from_mode(0o755)).expect("it is ours");
    place.to_owned()
}

fn save(root: &Path, text: &str) {
    fs::write(root.join("exercises/queues/src/bin/resequencer.rs"), text).expect("written");
}

fn begins(compiler: &Receiver<String>) {
    assert_eq!(compiler.recv_timeout(PATIENCE).expect("it begins"), "begun");
}

fn is_gone(compiler: &Receiver<String>) {
    use std::sync::mpsc::RecvTimeoutError::Disconnected;
    assert_eq!(compiler.recv_timeout(PATIENCE), Err(Disconnected), "it goes on");
}

#[test]
fn a_save_ends_the_compiler_and_so_does_leaving() {
    let mut watching = Watching::start("save");
    let (first, second) = (watching.compiler("one"), watching.compiler("two"));
    begins(&first);
    save(&watching.root, "fn main() { }\n");
    is_gone(&first);
    begins(&second);
    let keys = watching.child.stdin.as_mut().expect("as asked for");
    writeln!(keys, "q").expect("it listens");
    is_gone(&second);
    assert!(watching.child.wait().expect("it ends").success());
}

#[test]
fn a_signal_ends_the_compiler_with_the_loop() {
    let mut watching = Watching::start("signal");
    let first = watching.compiler("one");
    begins(&first);
    kill(Pid::from_raw(watching.child.id() as i32), Signal::SIGTERM).expect("it goes on");
    is_gone(&first);
    let ended = watching.child.wait().expect("it ends");
    assert_eq!(ended.code(), Some(128 + Signal::SIGTERM as i32));
}

#[test]
fn a_loop_that_is_killed_takes_its_compiler_along() {
    let mut watching = Watching::start("kill");
    let (first, second) = (watching.compiler("one"), watching.compiler("two"));
    begins(&first);
    // One that is over is forgotten, and the one that goes on is not.
    save(&watching.root, "fn main() { }\n");
    is_gone(&first);
    begins(&second);
    watching.child.kill().expect("it goes on");
    is_gone(&second);
}
