// SPDX-License-Identifier: MIT OR Apache-2.0
//! An exam of a database whose answer lives elsewhere: the disk stays here, and each connection is a process.
//!
//! ```text
//!  the grader's process                                          a process for each connection of each incarnation
//!  Machine: disk, clock, turns ◄─ stand-in ◄──each operation──   vfs ◄─ SQLite ◄─ the learner's code
//!                                          ──what came of it─►
//! ```
//!
//! The stand-in does on its worker's thread what SQLite would have done there: the machine cannot tell the one from the other,
//! and a run is the same run. Seed, faults, disk, locks, turns and judgement stay here. When the process is to be killed, it
//! is; what was not flushed the disk forgets by itself. The memory that connections to a write-ahead log share travels with
//! the operations: the turn changes at no other time, so nobody sees a difference.

mod desk;
mod envelope;
mod index;
mod stand_in;

use std::sync::{Arc, Mutex, PoisonError};

use kit::lockstep::{Halt, Incarnation, halted};
use kit::making::{Budget, Call, Exam as _, Examined, Searched};
use kit::verdict::Outcome;

use crate::exam::Exam;
use crate::request::Code;
use crate::{idempotent_consumer, transfer};

pub(crate) use desk::{serve, was_asked_to_serve};
pub(crate) use stand_in::StandIn;

/// Starts the process of a connection; on any thread.
pub type Begin = Box<dyn Fn() -> Result<Box<dyn Incarnation + Send>, Halt> + Send + Sync>;

/// Begins processes until one of them does what no answer does.
pub(crate) struct Staff {
    begin: Begin,
    said: Mutex<Said>,
}

#[derive(Default)]
struct Said {
    /// Why it ended, and in which call.
    halt: Option<(Halt, Call)>,
    /// Where the last panic was, and what it said.
    panic: Option<String>,
}

impl Staff {
    fn new(begin: Begin) -> Staff {
        Staff { begin, said: Mutex::default() }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Said) -> T) -> T {
        change(&mut self.said.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn exam(exercise: &str, code: Code) -> Option<Exam> {
    Some(match exercise {
        "idempotent_consumer" => idempotent_consumer::elsewhere(code),
        "transfer" => transfer::elsewhere(code),
        _ => return None,
    })
}

/// The exercises whose exams can be taken so.
pub const EXERCISES: [&str; 2] = ["idempotent_consumer", "transfer"];

/// Examines an answer whose processes are begun so; `None` for an exercise that is not one of [`EXERCISES`].
pub fn examine(exercise: &str, budget: &Budget, begin: Begin) -> Option<Examined> {
    let staff = Arc::new(Staff::new(begin));
    let mut examined = Searched(exam(exercise, Code::Elsewhere(staff.clone()))?).examine(budget);
    let Said { halt, panic } = staff.change(std::mem::take);
    if examined.verdict.outcome == Outcome::Crashed {
        examined.verdict.detail = panic.or(examined.verdict.detail);
    }
    if let Some((halt, call)) = halt {
        let verdict = halted(exercise, &halt, call, &examined.verdict);
        examined = Examined { verdict, counterexample: None };
    }
    Some(examined)
}

#[cfg(test)]
mod tests;
