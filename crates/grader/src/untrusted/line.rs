// SPDX-License-Identifier: MIT OR Apache-2.0
//! The socket to the process of an incarnation: a call goes out, and so much time later there is an answer or a reason.

use std::io::{self, ErrorKind, Read};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use kit::lockstep::{Halt, Incarnation, frame};
use kit::verdict::Outcome;
use nix::sys::signal::Signal;

use super::jail::{ANSWER_CPU_SECS, ANSWER_MEMORY};
use super::printed::{MOST_PRINTED, Printed, Prints};
use super::warden::{Ending, Order, Watched, watch};

/// A call that takes longer does not come back. Who computes has less time, of the processor's: [`ANSWER_CPU_SECS`].
const CALL_LIMIT: Duration = Duration::from_secs(10);

/// Makes incarnations.
pub(super) struct Maker {
    pub course: PathBuf,
    pub answer: PathBuf,
    pub printed: Printed,
}

impl Maker {
    /// A new process.
    ///
    /// # Errors
    /// When it cannot be begun.
    pub fn begin(&self) -> Result<Box<dyn Incarnation + Send>, Halt> {
        let begin = || -> io::Result<Line> {
            let (own, theirs) = UnixStream::pair()?;
            own.set_write_timeout(Some(CALL_LIMIT))?;
            let (ends, prints) = self.printed.pipe()?;
            let (course, answer) = (self.course.clone(), self.answer.clone());
            let watched = watch(Order { course, answer, socket: theirs.into(), printed: ends });
            Ok(Line { socket: own, watched, printed: self.printed.clone(), prints })
        };
        match begin() {
            Ok(line) => Ok(Box::new(line)),
            Err(error) => Err(Halt::crashed(format!("could not be begun: {error}"))),
        }
    }
}

struct Line {
    socket: UnixStream,
    watched: Watched,
    printed: Printed,
    prints: Prints,
}

impl Incarnation for Line {
    fn ask(&mut self, call: &[u64]) -> Result<Vec<u64>, Halt> {
        let mut until = Until { socket: &self.socket, end: Instant::now() + CALL_LIMIT };
        let answered = frame::write(&mut &self.socket, call).and_then(|()| frame::read(&mut until));
        if self.printed.is_flood() {
            return Err(self.flood());
        }
        answered.map_err(|error| self.why(&error))
    }
}

impl Line {
    fn why(&mut self, error: &io::Error) -> Halt {
        match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                self.watched.end();
                if self.printed.is_flood() {
                    return self.flood();
                }
                does_not_come_back()
            }
            ErrorKind::InvalidData => {
                self.watched.end();
                Halt::crashed(format!("writes what the kit would not write: {error}"))
            }
            // The other end is closed: the process has ended, or soon will.
            _ => self.ended(),
        }
    }

    fn flood(&self) -> Halt {
        self.watched.end();
        Halt::crashed(format!("prints without end: more than {} MB", MOST_PRINTED >> 20))
    }

    fn ended(&mut self) -> Halt {
        let ending = self.watched.ending(CALL_LIMIT);
        let words = self.prints.last_words();
        if self.printed.is_flood() {
            return self.flood();
        }
        let memory = ANSWER_MEMORY >> 20;
        match ending {
            Ending::NotBegun(why) => Halt::crashed(format!("could not be begun: {why}")),
            Ending::Stopped(what) => Halt::crashed(format!("tries to {what}")),
            Ending::Silent => Halt::crashed("closes its connection to the exam"),
            Ending::Exited(code) => Halt::crashed(format!("ends the program (exit code {code})")),
            // The limit of its processor time, which the kernel enforces.
            Ending::Killed(Signal::SIGXCPU | Signal::SIGKILL) => does_not_come_back(),
            // In safe code there is no other way to get there.
            Ending::Killed(Signal::SIGSEGV) => {
                Halt::crashed("overflows its stack: look for recursion without an end")
            }
            Ending::Killed(Signal::SIGABRT) if words.contains("memory allocation of") => {
                Halt::crashed(format!("asks for more memory than there is ({memory} MB)"))
            }
            Ending::Killed(Signal::SIGABRT) => Halt::crashed("aborts the program"),
            Ending::Killed(signal) => Halt::crashed(format!("is ended by {signal}")),
        }
    }
}

fn does_not_come_back() -> Halt {
    let wall = CALL_LIMIT.as_secs();
    Halt {
        outcome: Outcome::TimedOut,
        did: format!("does not come back within {ANSWER_CPU_SECS} s of processor time, or {wall} s in all"),
        advice: Some("Look for a loop that does not end, or for a wait.".to_owned()),
    }
}

/// An incarnation that is not asked any more is ended.
impl Drop for Line {
    fn drop(&mut self) {
        self.watched.end();
    }
}

/// Reads until a moment: however small the pieces are that come.
struct Until<'a> {
    socket: &'a UnixStream,
    end: Instant,
}

impl Read for Until<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        self.socket.set_read_timeout(Some(left))?;
        self.socket.read(buffer)
    }
}
