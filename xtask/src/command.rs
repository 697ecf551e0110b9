// SPDX-License-Identifier: MIT OR Apache-2.0
//! Other programs, run with errors that say which program it was and what it said.

use std::env;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The cargo that started us, so that a toolchain chosen with `cargo +x` stays chosen; `cargo` when started by hand.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs `command` with its output going where ours goes.
///
/// # Errors
/// It could not be started, or ended with another code than 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    let status = command.status().with_context(|| format!("`{line}` could not be started"))?;
    if status.success() { Ok(()) } else { bail!("`{line}` failed ({status})") }
}

/// Runs `command` silently and answers with what it wrote to standard output, without the last line's end.
///
/// # Errors
/// As [`run`]; the message carries what the program wrote to standard error.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let output = command.output().with_context(|| format!("`{line}` could not be started"))?;
    text_of(&line, output)
}

/// As [`read`], with `input` given to the program. It must read all of it before it writes more than a pipe holds.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_with_input(command: &mut Command, input: &str) -> Result<String> {
    let line = shown(command);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{line}` could not be started"))?;
    let mut pipe = child.stdin.take().context("the program's input was asked for as a pipe")?;
    // A program that fails early closes its input; what it says then tells more than that.
    let written = pipe.write_all(input.as_bytes());
    drop(pipe);
    let output = child.wait_with_output().with_context(|| format!("`{line}` could not be waited for"))?;
    let text = text_of(&line, output)?;
    written.with_context(|| format!("`{line}` did not read its input"))?;
    Ok(text)
}

fn text_of(line: &str, output: Output) -> Result<String> {
    if !output.status.success() {
        bail!("`{line}` failed ({}): {}", output.status, last_words(&output));
    }
    let text = String::from_utf8(output.stdout)
        .with_context(|| format!("`{line}` wrote something else than text"))?;
    Ok(text.trim_end().to_owned())
}

/// Runs `command` as [`run`] does, but ends it after `limit`: for programs that wait for a network that may not be there.
///
/// # Errors
/// As [`run`], or the limit was reached.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let line = shown(command);
    let mut child =
        command.stdin(Stdio::null()).spawn().with_context(|| format!("`{line}` could not be started"))?;
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().with_context(|| format!("`{line}` could not be waited for"))? {
            return if status.success() { Ok(()) } else { bail!("`{line}` failed ({status})") };
        }
        if started.elapsed() >= limit {
            child
                .kill()
                .and_then(|()| child.wait())
                .with_context(|| format!("`{line}` could not be ended"))?;
            bail!("`{line}` had not finished after {} s", limit.as_secs());
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Whether a program of this name is found in `PATH` (or stands at this path) and answers to `--version`.
pub(crate) fn answers(program: impl AsRef<Path>) -> bool {
    Command::new(program.as_ref())
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success())
}

/// The command as one would type it, for messages.
fn shown(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The end of what a failed program wrote to standard error: long enough to hold the reason, short enough for one message.
fn last_words(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}
