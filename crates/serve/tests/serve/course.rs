// SPDX-License-Identifier: MIT OR Apache-2.0
//! A small course in a folder of its own, a server on it, and answers that are shell scripts.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use grader::{Outcome, Verdict};

/// Longer than a slow machine takes; it decides nothing but when to give up.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Says that it built the kit.
const CARGO: &str = r#"#!/bin/sh
echo '{"reason":"compiler-artifact","target":{"name":"kit","kind":["lib"]},"filenames":["ROOT/target/debug/libkit.rlib"]}'
"#;

/// Copies the source; waits where the source says so. Its last word is the source.
const RUSTC: &str = r#"#!/bin/sh
for word; do [ "$before" = -o ] && out=$word; before=$word; done
if grep -q 'the compiler waits' "$before"; then exec 3>"$ALIVE"; sleep 3600; fi
cp "$before" "$out" && chmod +x "$out"
"#;

/// An answer whose exam goes on until it is ended. So does a process that it starts; both hold `alive`.
pub const WAITS: &str = "#!/bin/sh\nexec 3>\"$ALIVE\"\nsleep 3600\n";
/// An answer that the compiler does not get done with.
pub const COMPILER_WAITS: &str = "#!/bin/sh\n# the compiler waits\n";

/// An answer whose exam says this, and leaves a trace.
pub fn says(verdict: &Verdict, trace: &str) -> String {
    let (json, code) = (verdict.to_json(), i32::from(verdict.outcome != Outcome::Passed));
    format!(
        "#!/bin/sh\nwhile [ $# -gt 0 ]; do\ncase \"$1\" in --verdict) v=$2;; --trace) t=$2;; esac\nshift\ndone\n\
         cat > \"$v\" <<'END'\n{json}\nEND\nprintf '%s' '{trace}' > \"$t\"\nexit {code}\n"
    )
}

/// A verdict that an exam could have written.
pub fn failed(exercise: &str) -> Verdict {
    let mut verdict = Verdict::new(exercise, Outcome::Failed, "a promise broke");
    verdict.trace_file = Some("trace".to_owned());
    verdict
}

/// A server and its course.
pub struct Course {
    /// Its folder.
    pub root: PathBuf,
    /// Where the server answers.
    pub port: u16,
    /// What it wants of who changes anything.
    pub token: String,
    child: Child,
}

impl Course {
    /// With the stand-ins for cargo and the compiler.
    pub fn start() -> Course {
        Course::start_with(|_| {})
    }

    /// With whatever else is set.
    pub fn start_with(set: impl FnOnce(&mut Command)) -> Course {
        static COURSES: AtomicU32 = AtomicU32::new(0);
        let number = COURSES.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("inflight-serve-{}-{number}", std::process::id()));
        for folder in ["crates/kit", "book/dist/wasm", "tools", "target/debug"] {
            fs::create_dir_all(root.join(folder)).expect("a folder for the test");
        }
        for exercise in course::exercises() {
            let file = root.join(exercise.file());
            fs::create_dir_all(file.parent().expect("it lies in a folder")).expect("made");
            fs::write(file, exercise.stub).expect("written");
        }
        for (name, text) in [("index.html", "<p>the book"), ("404.html", "<p>no such page")] {
            fs::write(root.join("book/dist").join(name), text).expect("written");
        }
        let root = fs::canonicalize(root).expect("it was made");
        let here = root.display().to_string();
        for (name, text) in [("cargo", CARGO.replace("ROOT", &here)), ("rustc", RUSTC.to_owned())] {
            let tool = root.join("tools").join(name);
            fs::write(&tool, text).expect("written");
            fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).expect("made here");
        }
        let made = Command::new("mkfifo").arg(root.join("alive")).status().expect("every Unix has it");
        assert!(made.success());
        let mut command = command(&root);
        set(&mut command);
        let (child, port, token) = started(&mut command);
        Course { root, port, token, child }
    }

    /// Another server on the same course, in the place of the one that is gone.
    pub fn start_again(&mut self) {
        (self.child, self.port, self.token) = started(&mut command(&self.root));
    }

    /// The learner's file of an exercise.
    pub fn file(&self, exercise: &str) -> PathBuf {
        self.root.join(course::find_exercise(exercise).expect("it is one of the course's").file())
    }

    /// Sends the server a signal.
    pub fn signal(&self, name: &str) {
        let number = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &number]).status().expect("every Unix has it");
        assert!(sent.success());
    }

    /// How the server ended.
    pub fn ended(&mut self) -> ExitStatus {
        self.child.wait().expect("it was started here")
    }

    /// Waits until an answer that waits is running, and returns what waits for its end and that of all that it started.
    pub fn alive(&self) -> impl FnOnce() + use<> {
        let (open, opened) = mpsc::channel();
        let (close, closed) = mpsc::channel();
        let fifo = self.root.join("alive");
        thread::spawn(move || {
            // Opens when somebody opens it to write, and ends when nobody has it open any more.
            let mut alive = fs::File::open(fifo).expect("it was made");
            open.send(()).expect("somebody waits");
            let _ = alive.read_to_end(&mut Vec::new());
            let _ = close.send(());
        });
        opened.recv_timeout(PATIENCE).expect("the answer is started");
        move || closed.recv_timeout(PATIENCE).expect("the answer and what it started are ended")
    }
}

fn command(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_serve"));
    command
        .args(["--port", "0"])
        .current_dir(root)
        .env("CARGO", root.join("tools/cargo"))
        .env("RUSTC", root.join("tools/rustc"))
        .env("ALIVE", root.join("alive"));
    command
}

fn started(command: &mut Command) -> (Child, u16, String) {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it was built");
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().expect("as asked for"));
    out.read_line(&mut line).expect("it says where it is");
    let address = line.trim().strip_prefix("http://127.0.0.1:").expect("on this machine");
    let (port, token) = address.split_once("/?token=").expect("with its token");
    (child, port.parse().expect("a port"), token.to_owned())
}

impl Drop for Course {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.root);
    }
}
