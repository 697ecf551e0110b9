// SPDX-License-Identifier: MIT OR Apache-2.0
//! A program that is waited for, but not for ever, and whose messages are kept, but not without end.

use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::stop::Stop;

const LOOK_EVERY: Duration = Duration::from_millis(2);
/// So much of what a program says is kept, in bytes.
const MOST_SAID: u64 = 1_000_000;
/// And so much of what it writes: cargo names each file that it has built.
const MOST_WRITTEN: u64 = 16_000_000;

/// How a program ended, and what it said.
pub(crate) struct Ended {
    /// `None` when it took too long or nobody waits for it any more, and it was ended.
    pub status: Option<ExitStatus>,
    /// What it wrote to standard output.
    pub wrote: Vec<u8>,
    /// The beginning of what it wrote to standard error.
    pub said: String,
}

/// Runs a program for so long at the most, and not after a stop.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn run_within(command: &mut Command, limit: Duration, stop: &Stop) -> io::Result<Ended> {
    // A process that it started may hold the pipes; nobody waits for that one.
    let cut_short = || Ended { status: None, wrote: Vec::new(), said: String::new() };
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Some(mut running) = stop.start(command)? else { return Ok(cut_short()) };
    let wrote = keep(running.child.stdout.take(), MOST_WRITTEN);
    let said = keep(running.child.stderr.take(), MOST_SAID);
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = running.ended()? {
            break Some(status);
        }
        if begun.elapsed() > limit || stop.is_said() {
            running.end()?;
            return Ok(cut_short());
        }
        thread::sleep(LOOK_EVERY);
    };
    if stop.is_said() {
        return Ok(cut_short());
    }
    let (wrote, said) = (wrote.join().unwrap_or_default(), said.join().unwrap_or_default());
    Ok(Ended { status, wrote, said: String::from_utf8_lossy(&said).into_owned() })
}

/// Keeps the beginning of what comes, on a thread of its own.
fn keep(from: Option<impl Read + Send + 'static>, most: u64) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut kept = Vec::new();
        if let Some(mut from) = from {
            let _ = from.by_ref().take(most).read_to_end(&mut kept);
            // What is not kept is read all the same, or the program would wait.
            let _ = io::copy(&mut from, &mut io::sink());
        }
        kept
    })
}

/// Kills a process that leads a group, and all that are in the group.
pub(crate) fn kill_group(leader: u32) {
    #[cfg(unix)]
    if let Ok(leader) = i32::try_from(leader) {
        use nix::sys::signal::{Signal, killpg};
        // Who is gone already needs no signal.
        let _ = killpg(nix::unistd::Pid::from_raw(leader), Signal::SIGKILL);
    }
    #[cfg(not(unix))]
    let _ = leader;
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
        let ended = run_within(Command::new("sleep").arg("60"), Duration::from_millis(20), &Stop::default())
            .expect("it starts");
        assert!(ended.status.is_none());
    }

    #[test]
    fn what_is_said_is_kept_up_to_a_bound() {
        let shouts = "yes no | head -c 3000000 >&2; exit 3";
        let ended =
            run_within(Command::new("sh").args(["-c", shouts]), Duration::from_secs(20), &Stop::default())
                .expect("it starts");
        assert_eq!(ended.status.and_then(|status| status.code()), Some(3));
        assert_eq!(ended.said.len() as u64, MOST_SAID);
    }
}
