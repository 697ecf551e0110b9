// SPDX-License-Identifier: MIT OR Apache-2.0
//! A life of the process in a process of its own, which is killed at its end.
//!
//! The run's state goes to the child as text, and comes back when the moment has come; then the parent kills it (SIGKILL on
//! Unix), and statics, connections and threads are gone for good. What the child's files held then is the page cache, which
//! outlives a process.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use trace::Time;

use crate::life::{Ended, live};
use crate::request::Answer;
use crate::world::World;

/// The argument with which an answer's program lives one life and nothing more.
const ARGUMENT: &str = "--one-life";
/// Longer than the watchdog of the parent waits: a child that nobody waits for ends.
const LONGEST: Duration = Duration::from_secs(5);

#[derive(Serialize, Deserialize)]
struct Order {
    world: World,
    until: Option<Time>,
}

/// Lives a life in a process of its own.
///
/// # Errors
/// When the process could not be started, or did not say how its life ended.
pub(crate) fn live_and_be_killed(world: World, until: Option<Time>) -> io::Result<Ended> {
    let mut child = Command::new(env::current_exe()?)
        .arg(ARGUMENT)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let ended = talk(&mut child, &Order { world, until });
    // It stands still by now, and learns of nothing any more.
    child.kill()?;
    child.wait()?;
    ended
}

fn talk(child: &mut std::process::Child, order: &Order) -> io::Result<Ended> {
    let missing = || io::Error::other("the child has no input or no output");
    // Kept open until the kill: its end would tell the child.
    let mut input = child.stdin.take().ok_or_else(missing)?;
    input.write_all(serde_json::to_string(order)?.as_bytes())?;
    input.write_all(b"\n")?;
    input.flush()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or_else(missing)?).read_line(&mut line)?;
    let ended = serde_json::from_str(&line)?;
    child.kill()?;
    drop(input);
    Ok(ended)
}

/// If this program was started to live one life, lives it, and waits for the kill.
pub(crate) fn was_asked_to_live(answer: Answer, call: &'static str) -> Option<ExitCode> {
    if env::args().nth(1).as_deref() != Some(ARGUMENT) {
        return None;
    }
    std::panic::set_hook(Box::new(|_| {}));
    let _ = thread::Builder::new().spawn(|| {
        thread::sleep(LONGEST);
        std::process::exit(1);
    });
    Some(obey(answer, call).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}

fn obey(answer: Answer, call: &'static str) -> io::Result<()> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let order: Order = serde_json::from_str(&line)?;
    let ended = live(order.world, order.until, &answer.into(), call);
    let mut output = io::stdout().lock();
    output.write_all(serde_json::to_string(&ended)?.as_bytes())?;
    output.write_all(b"\n")?;
    output.flush()?;
    // The kill comes, or the parent is gone.
    io::stdin().lock().read_to_end(&mut Vec::new()).map(|_| ())
}
