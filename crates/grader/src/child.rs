// SPDX-License-Identifier: MIT OR Apache-2.0
//! A program that is waited for, but not for ever, and whose messages are kept, but not without end.

use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const LOOK_EVERY: Duration = Duration::from_millis(2);
/// So much of what a program says is kept, in bytes.
const MOST_SAID: u64 = 1_000_000;

/// How a program ended, and what it said.
pub(crate) struct Ended {
    /// `None` when it took too long and was ended.
    pub status: Option<ExitStatus>,
    /// The beginning of what it wrote to standard error.
    pub said: String,
}

/// Runs a program for so long at the most.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> io::Result<Ended> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let errors = child.stderr.take();
    let keeper = thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(mut errors) = errors {
            let _ = errors.by_ref().take(MOST_SAID).read_to_end(&mut said);
            // What is not kept is read all the same, or the program would wait.
            let _ = io::copy(&mut errors, &mut io::sink());
        }
        said
    });
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if begun.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            // A process that it started may hold the pipe; nobody waits for that one.
            return Ok(Ended { status: None, said: String::new() });
        }
        thread::sleep(LOOK_EVERY);
    };
    let said = keeper.join().unwrap_or_default();
    Ok(Ended { status, said: String::from_utf8_lossy(&said).into_owned() })
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
        let ended =
            run_within(Command::new("sleep").arg("60"), Duration::from_millis(20)).expect("it starts");
        assert!(ended.status.is_none());
    }

    #[test]
    fn what_is_said_is_kept_up_to_a_bound() {
        let shouts = "yes no | head -c 3000000 >&2; exit 3";
        let ended =
            run_within(Command::new("sh").args(["-c", shouts]), Duration::from_secs(20)).expect("it starts");
        assert_eq!(ended.status.and_then(|status| status.code()), Some(3));
        assert_eq!(ended.said.len() as u64, MOST_SAID);
    }
}
