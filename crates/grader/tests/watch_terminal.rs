// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo course watch` on a terminal: single keys count, and the terminal is given back as it was.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, Termios, tcgetattr};
use nix::unistd::Pid;

/// Longer than a slow machine takes; it decides nothing but when to give up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The loop, in a folder that looks like the course and in which nothing can be built, on a terminal of its own.
struct Watching {
    root: PathBuf,
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// All that was shown and not yet looked for.
    shown: String,
    terminal: OwnedFd,
    before: Termios,
}

impl Watching {
    fn start(name: &str) -> Watching {
        let root = std::env::temp_dir().join(format!("inflight-pty-{name}-{}", std::process::id()));
        for folder in ["crates/kit", "exercises/queues/src/bin"] {
            fs::create_dir_all(root.join(folder)).expect("a folder for the test");
        }
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let pair = openpty(Some(&size), None).expect("a terminal for the test");
        let before = tcgetattr(&pair.slave).expect("it is a terminal");
        let end = || pair.slave.try_clone().expect("a file more");
        let child = Command::new(env!("CARGO_BIN_EXE_course"))
            .args(["watch", "resequencer"])
            .current_dir(&root)
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .expect("it was built");
        let keyboard = File::from(pair.master);
        let mut output = keyboard.try_clone().expect("a file more");
        let (sent, screen) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                if sent.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Watching { root, child, keyboard, screen, shown: String::new(), terminal: pair.slave, before }
    }

    /// Looks on until these words were shown.
    fn see(&mut self, words: &str) {
        while !self.shown.contains(words) {
            let more = self.screen.recv_timeout(PATIENCE);
            let more = more.unwrap_or_else(|_| panic!("nothing of {words} in {:?}", self.shown));
            self.shown += &String::from_utf8_lossy(&more);
        }
        self.shown.clear();
    }

    fn press(&mut self, key: &str) {
        self.keyboard.write_all(key.as_bytes()).expect("it listens");
    }

    fn settings(&self) -> Termios {
        tcgetattr(&self.terminal).expect("it is a terminal")
    }

    /// Whether keys count one by one, and are not shown as they are typed.
    fn is_raw(&self) -> bool {
        !self.settings().local_flags.intersects(LocalFlags::ICANON | LocalFlags::ECHO)
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
fn a_key_works_without_a_new_line_and_leaving_gives_the_terminal_back() {
    let mut watching = Watching::start("keys");
    // Of before it began: it may be quick.
    assert!(watching.before.local_flags.contains(LocalFlags::ICANON), "a new terminal waits for whole lines");
    watching.see("q quit");
    assert!(watching.is_raw());
    watching.press("l");
    watching.see("at_most_once");
    watching.press("q");
    assert!(watching.child.wait().expect("it ends").success());
    assert_eq!(watching.settings(), watching.before);
}

#[test]
fn a_signal_gives_the_terminal_back() {
    let mut watching = Watching::start("signal");
    watching.see("q quit");
    assert!(watching.is_raw());
    kill(Pid::from_raw(watching.child.id() as i32), Signal::SIGTERM).expect("it goes on");
    let ended = watching.child.wait().expect("it ends");
    assert_eq!(ended.code(), Some(128 + Signal::SIGTERM as i32));
    assert_eq!(watching.settings(), watching.before);
}
