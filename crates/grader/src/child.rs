// SPDX-License-Identifier: MIT OR Apache-2.0
//! A program that is waited for, but not for ever, and whose messages are kept, but not without end.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::stop::Stop;

const LOOK_EVERY: Duration = Duration::from_millis(2);
/// So much of what a program says is kept, in bytes.
const MOST_SAID: u64 = 1_000_000;

/// How a program ended, and what it said.
pub(crate) struct Ended {
    /// `None` when it took too long, or nobody waited for it any more, and it was ended.
    pub status: Option<ExitStatus>,
    /// What it wrote to standard output, if that was kept.
    pub output: Vec<u8>,
    /// The beginning of what it wrote to standard error.
    pub said: String,
}

/// Runs a program for so long at the most, and until `stop` is said. Its output is kept where the command has a pipe for it.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn run_within(command: &mut Command, limit: Duration, stop: &Stop) -> io::Result<Ended> {
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let errors = child.stderr.take().map(|pipe| thread::spawn(move || kept(pipe, MOST_SAID)));
    let output = child.stdout.take().map(|pipe| thread::spawn(move || kept(pipe, u64::MAX)));
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begun.elapsed() > limit || stop.is_said() {
            end(&mut child)?;
            // A process that it started may hold the pipes; nobody waits for that one.
            return Ok(Ended { status: None, output: Vec::new(), said: String::new() });
        }
        thread::sleep(LOOK_EVERY);
    };
    let read = |keeper: Option<JoinHandle<Vec<u8>>>| {
        keeper.and_then(|keeper| keeper.join().ok()).unwrap_or_default()
    };
    let said = String::from_utf8_lossy(&read(errors)).into_owned();
    Ok(Ended { status: Some(status), output: read(output), said })
}

/// The beginning of what comes. What is not kept is read all the same, or the program would wait.
fn kept(mut pipe: impl Read, most: u64) -> Vec<u8> {
    let mut kept = Vec::new();
    let _ = pipe.by_ref().take(most).read_to_end(&mut kept);
    let _ = io::copy(&mut pipe, &mut io::sink());
    kept
}

/// Ends a program; one that was started [`apart`] with all that it started.
///
/// # Errors
/// When the system does not allow it.
pub(crate) fn end(child: &mut Child) -> io::Result<()> {
    #[cfg(unix)]
    {
        use nix::{sys::signal, unistd::Pid};
        // Of who is no group's head there is no such group, and that is no error of anybody's.
        let _ = signal::killpg(Pid::from_raw(child.id().cast_signed()), signal::Signal::SIGKILL);
    }
    child.kill()?;
    child.wait().map(|_| ())
}

/// Lets a program go on when the terminal interrupts this one: whoever grades a class ends in good order.
pub(crate) fn apart(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn who_takes_too_long_is_ended() {
        let mut slow = Command::new("sleep");
        let ended = run_within(slow.arg("60"), Duration::from_millis(20), &Stop::default());
        assert!(ended.expect("it starts").status.is_none());
    }

    #[test]
    fn who_is_ended_takes_along_whom_it_started() {
        let stop = Stop::default();
        stop.stop();
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 60 & wait"]);
        apart(&mut command);
        let (mut left, writer) = io::pipe().expect("a pipe");
        command.stdout(writer);
        run_within(&mut command, Duration::from_secs(60), &stop).expect("it starts");
        drop(command);
        // The pipe ends when the last process that holds it is gone.
        assert_eq!(left.read(&mut [0]).expect("nobody writes"), 0);
    }

    #[test]
    fn what_is_said_is_kept_up_to_a_bound() {
        let shouts = "yes no | head -c 3000000 >&2; echo out; exit 3";
        let mut command = Command::new("sh");
        command.args(["-c", shouts]).stdout(Stdio::piped());
        let ended = run_within(&mut command, Duration::from_secs(20), &Stop::default()).expect("it starts");
        assert_eq!(ended.status.and_then(|status| status.code()), Some(3));
        assert_eq!(ended.said.len() as u64, MOST_SAID);
        assert_eq!(ended.output, b"out\n");
    }
}
