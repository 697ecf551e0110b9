// SPDX-License-Identifier: MIT OR Apache-2.0
//! An exam whose answer lives in processes of its own, and is led through it call by call.
//!
//! ```text
//!  the grader's process                                       a process for each incarnation
//!  Exam ──calls──► stand-in (`dyn` of the trait) ──frame──►   desk ──calls──► the answer
//!       ◄─effects─     its own messages, by number  ◄─frame──       ◄─effects─
//! ```
//!
//! The trait that an answer implements is what travels: seed, agenda, faults and judgement stay with the exam, which
//! cannot tell the stand-in from an answer in its own process. Of a message only its number and what the answer may read
//! go out; messages and receipts themselves stay with the stand-in, and a number that was not given out, or was used up,
//! is a forgery with a name. Who starts processes, waits for them and ends them is not this crate's affair: [`Begin`].

pub(crate) mod desk;
pub mod frame;
pub(crate) mod remote;
#[cfg(test)]
mod tests;

use crate::exam::{Budget, Exam, Examined};
use crate::points::no_points;
use crate::search::Searched;
use crate::spot;
use crate::verdict::{Outcome, Verdict};

pub use self::desk::{is_wanted, last_panic, serve};

/// What makes an answer's `main` answer calls instead of taking an exam.
pub const FLAG: &str = "--lockstep";

/// Why an answer cannot be asked any further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halt {
    /// What it comes out as.
    pub outcome: Outcome,
    /// What it did, as it goes on after "in on(…) the answer …".
    pub did: String,
    /// What to do about it.
    pub advice: Option<String>,
}

impl Halt {
    /// It did what no answer does, or its process died.
    pub fn crashed(did: impl Into<String>) -> Halt {
        Halt { outcome: Outcome::Crashed, did: did.into(), advice: None }
    }
}

/// An incarnation of the answer, in its own process.
pub trait Incarnation {
    /// Sends a call, waits for what it answers.
    ///
    /// # Errors
    /// When no answer came that can be one.
    fn ask(&mut self, call: &[u64]) -> Result<Vec<u64>, Halt>;
}

/// Starts the process of a new incarnation.
pub type Begin = Box<dyn FnMut() -> Result<Box<dyn Incarnation>, Halt>>;

/// The exams that can be taken in lockstep, each with a stand-in for the answer.
fn exam(exercise: &str) -> Option<Box<dyn Exam>> {
    Some(match exercise {
        "at_least_once" => Box::new(Searched(crate::at_least_once::in_lockstep())),
        "at_most_once" => Box::new(Searched(crate::at_most_once::in_lockstep())),
        "bounded" => Box::new(Searched(crate::bounded::in_lockstep())),
        "just_tcp" => Box::new(Searched(crate::just_tcp::in_lockstep())),
        "lease" => Box::new(Searched(crate::lease::in_lockstep())),
        "min_insync" => Box::new(Searched(crate::min_insync::in_lockstep())),
        "partition_by_key" => Box::new(Searched(crate::partition_by_key::in_lockstep())),
        "resequencer" => Box::new(Searched(crate::resequencer::in_lockstep())),
        "smooth" => Box::new(Searched(crate::smooth::in_lockstep())),
        _ => return None,
    })
}

/// Whether an exercise's exam can be taken in lockstep.
pub fn is_known(exercise: &str) -> bool {
    exam(exercise).is_some()
}

/// Examines an answer in lockstep, on this thread; `None` for an exercise whose exam cannot be.
pub fn examine(exercise: &str, budget: &Budget, begin: Begin) -> Option<Examined> {
    let exam = exam(exercise)?;
    remote::hire(begin);
    let mut examined = exam.examine(budget);
    if examined.verdict.outcome == Outcome::Crashed {
        examined.verdict.detail = remote::last_panic().or(examined.verdict.detail);
    }
    if let Some((halt, call)) = remote::dismiss() {
        examined =
            Examined { verdict: halted(exercise, &halt, call, &examined.verdict), counterexample: None };
    }
    Some(examined)
}

/// The verdict on an answer that did not go on. What the search made of it was found out with an answer that was not
/// there any more.
pub fn halted(exercise: &str, halt: &Halt, call: spot::Call, found: &Verdict) -> Verdict {
    let mut verdict = Verdict::new(exercise, halt.outcome, format!("in {call} the answer {}", halt.did));
    verdict.advice.clone_from(&halt.advice);
    verdict.points = no_points("the exam was not taken to its end");
    verdict.runs = found.runs.clone();
    verdict.runs.until_broken = verdict.runs.calm + verdict.runs.rough;
    verdict
}
