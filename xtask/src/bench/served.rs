// SPDX-License-Identifier: MIT OR Apache-2.0
//! The server of `cargo course serve`, built as for release, on a course of its own: the book and the kit are the workspace's, the
//! answers and the journal are not.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use course::{Exercise, exercises};
use serde_json::Value;

use crate::{book, command, workspace};

/// Longer than any answer takes; it decides nothing but when to give up.
const PATIENCE: Duration = Duration::from_secs(600);
/// The kit is built where its sources lie.
const CARGO: &str = "#!/bin/sh\ncd \"$WORKSPACE\" && exec \"$REAL_CARGO\" \"$@\"\n";

/// A running server; it ends with the value.
pub(crate) struct Served {
    child: Child,
    port: u16,
    token: String,
}

/// How a check was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// With a verdict.
    Verdict,
    /// It had begun or waited, and a later check of the same exercise took its place.
    Replaced,
    /// Too many were there: status 429.
    Refused,
}

impl Served {
    /// Builds the server and the book, lays out a course whose answers are the references, and starts the server on it.
    ///
    /// # Errors
    /// Something does not build, or the server does not begin.
    pub(crate) fn start() -> Result<Served> {
        let root = workspace::root();
        // However old it is: what is measured is the server.
        let built = root.join("book/dist");
        let site = if built.join("index.html").is_file() { built } else { book::make()? };
        command::run(command::cargo().current_dir(&root).args([
            "build",
            "--quiet",
            "--release",
            "--package",
            "serve",
        ]))?;
        let own = workspace::target().join("serve-bench");
        lay_out(&own, &site).with_context(|| format!("cannot lay out a course in {}", own.display()))?;
        let mut child = Command::new(workspace::target().join("release/serve"))
            .args(["--port", "0"])
            .current_dir(&own)
            .env("REAL_CARGO", command::cargo().get_program())
            .env("CARGO", own.join("cargo"))
            .env("WORKSPACE", &root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("the server cannot be started")?;
        let mut line = String::new();
        let out = child.stdout.take().context("its output was asked for as a pipe")?;
        BufReader::new(out).read_line(&mut line)?;
        let address = line.trim().strip_prefix("http://127.0.0.1:");
        let (port, token) = address
            .and_then(|address| address.split_once("/?token="))
            .with_context(|| format!("the server says `{}` and not where it is", line.trim()))?;
        let port = port.parse().with_context(|| format!("`{port}` is no port"))?;
        Ok(Served { child, port, token: token.to_owned() })
    }

    /// Where a path is asked for.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The header that the interface wants.
    pub(crate) fn authorization(&self) -> String {
        format!("Authorization: Bearer {}", self.token)
    }

    /// Has an exercise checked, and waits for what comes of it.
    ///
    /// # Errors
    /// The connection broke, or the check ended in a way that it should not.
    pub(crate) fn check(&self, exercise: &Exercise) -> Result<Answer> {
        let mut stream =
            TcpStream::connect(("127.0.0.1", self.port)).context("the server does not listen")?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let head =
            format!("POST /api/exercises/{}/check HTTP/1.1\r\nHost: 127.0.0.1:{}", exercise.name, self.port);
        let rest = "Content-Length: 0\r\nConnection: close";
        write!(stream, "{head}\r\n{}\r\n{rest}\r\n\r\n", self.authorization())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).context("the answer broke off")?;
        if answer.starts_with("HTTP/1.1 429 ") {
            return Ok(Answer::Refused);
        }
        // The last line that is an object; what frames it is none.
        let mut objects = answer.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let last = objects.rfind(Value::is_object).unwrap_or_default();
        if last["error"].as_str().is_some_and(|error| error.contains("a later check")) {
            return Ok(Answer::Replaced);
        }
        ensure!(last["verdict"]["outcome"] == "passed", "the reference answer does not pass: {last}");
        Ok(Answer::Verdict)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Exercises whose kit everybody has built: those of the simulator.
pub(crate) fn checked() -> Vec<&'static Exercise> {
    exercises().iter().filter(|exercise| exercise.package == "queues").collect()
}

fn lay_out(own: &Path, site: &Path) -> Result<()> {
    if own.exists() {
        fs::remove_dir_all(own)?;
    }
    for folder in ["crates/kit", "book"] {
        fs::create_dir_all(own.join(folder))?;
    }
    for exercise in checked() {
        let file = own.join(exercise.file());
        fs::create_dir_all(file.parent().context("answers lie in folders")?)?;
        fs::write(file, exercise.solution)?;
    }
    let cargo = own.join("cargo");
    fs::write(&cargo, CARGO)?;
    on_unix(&cargo, site, &own.join("book/dist"))
}

#[cfg(unix)]
fn on_unix(cargo: &Path, site: &Path, dist: &Path) -> Result<()> {
    use std::os::unix::fs::{PermissionsExt, symlink};
    fs::set_permissions(cargo, fs::Permissions::from_mode(0o755))?;
    Ok(symlink(site, dist)?)
}

#[cfg(not(unix))]
fn on_unix(_: &Path, _: &Path, _: &Path) -> Result<()> {
    anyhow::bail!("this is measured on Linux and macOS only")
}
