// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `lease`: what the learner's file sees of it.
//!
//! ```text
//!  queue ──job, under a lease──► [ your worker ] ──work──► its own work, longer than a lease
//!    ▲  │                           │   ▲   │  ▲                │
//!    │  └─extended, deleted─────────┼───┘   │  └─goes on, done, failed, or nothing any more
//!    └──extend, delete──────────────┘       └──write──► store ──written or fenced──► [ your worker ]
//! ```
//!
//! There are several workers, and each runs your code. Whose lease runs out loses the job to another, and may be the last to know:
//! it stood still, or what it said did not arrive.

mod draw;
mod exam;
mod judge;
mod lockstep;
mod process;
mod queue;
mod store;
mod story;
mod tally;
#[cfg(test)]
mod tests;
mod world;

use std::cmp::Ordering;
use std::fmt;
use std::process::ExitCode;

use queues::Receipt;

use crate::held;

/// Works on jobs that take longer than the lease under which they are handed out.
pub trait Worker {
    /// The process begins, and after a crash begins anew. It knows nothing of what was before it.
    fn start(terms: Terms) -> Self
    where
        Self: Sized;

    /// The queue hands you a job. It may be one that another worker had, or you, and lost. You may have two at a time.
    fn on_job(&mut self, job: Job, out: &mut Out);

    /// The work on a job says how it is. Work that has stopped for good says nothing.
    fn on_work(&mut self, job: Job, work: Work, out: &mut Out);

    /// The queue or the store answers. An answer may be lost, late, or come twice; so may what you asked for.
    fn on_answer(&mut self, job: Job, answer: Answer, out: &mut Out);

    /// The time of an [`Out::timer`] is over.
    fn on_timer(&mut self, job: Job, out: &mut Out);
}

/// What holds for the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How long a lease lasts, in milliseconds: from when a job is handed out, and from when it was extended last.
    pub lease_ms: u64,
    /// Work that goes on says so at least once in so many milliseconds.
    pub step_ms: u64,
}

/// A job as it was handed out once: the same job handed out again has another token.
#[derive(Clone, Copy)]
pub struct Job {
    /// Names the job: they are numbered from 1.
    pub number: u64,
    /// The how-manieth time this job was handed out, from 1: whoever holds it later has a larger one.
    pub token: u64,
    receipt: Receipt,
    incarnation: u64,
}

/// How the work on a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// It goes on.
    GoesOn,
    /// It is done: there is a result to write.
    Done,
    /// It failed. Somebody has to do it again.
    Failed,
}

/// What the queue and the store say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The queue: the lease has begun anew.
    Extended,
    /// The queue: the job is not yours any more, so nothing was extended or deleted; or it is deleted already.
    NotHeld,
    /// The queue: the job is deleted.
    Deleted,
    /// The store: the result is written.
    Written,
    /// The store: it has seen a larger token for this job, and has not written the result.
    Fenced,
}

/// Everything you do to the world, in the order in which you call it.
pub struct Out {
    effects: Vec<Effect>,
    now_ms: u64,
}

/// What a handler asked for; the process performs one after the other.
#[derive(Clone, Copy)]
struct Effect {
    receipt: Receipt,
    incarnation: u64,
    what: Asked,
}

#[derive(Clone, Copy)]
enum Asked {
    Work,
    Extend,
    /// With the token that the store shall look at, or without one.
    Write(Option<u64>),
    /// Whether only if the job is still held.
    Delete(bool),
    Timer(u64),
}

impl Out {
    fn new(now_ms: u64) -> Out {
        Out { effects: Vec::new(), now_ms }
    }

    fn push(&mut self, job: Job, what: Asked) {
        let Job { receipt, incarnation, .. } = job;
        held::ask(&mut self.effects, Effect { receipt, incarnation, what }, "calls of `out`");
    }

    /// Begins the work on a job. It goes on beside everything else that you do.
    pub fn work(&mut self, job: Job) {
        self.push(job, Asked::Work);
    }

    /// Asks the queue to let the lease begin anew: a heartbeat.
    pub fn extend(&mut self, job: Job) {
        self.push(job, Asked::Extend);
    }

    /// Writes the result of work that is done. The store takes it whatever it has.
    pub fn write(&mut self, job: Job) {
        self.push(job, Asked::Write(None));
    }

    /// Writes the result of work that is done, with a token. The store takes it unless it has seen a larger token for this job.
    pub fn write_fenced(&mut self, job: Job, token: u64) {
        self.push(job, Asked::Write(Some(token)));
    }

    /// Deletes the job, whoever holds it.
    pub fn delete(&mut self, job: Job) {
        self.push(job, Asked::Delete(false));
    }

    /// Deletes the job if your lease on it still runs when this reaches the queue.
    pub fn delete_if_held(&mut self, job: Job) {
        self.push(job, Asked::Delete(true));
    }

    /// Asks for a call of [`Worker::on_timer`] about this job after so many milliseconds. It cannot be taken back, and a crash
    /// takes it.
    pub fn timer(&mut self, ms: u64, job: Job) {
        self.push(job, Asked::Timer(ms));
    }

    /// What the clock on this machine's wall shows, in milliseconds. It can be set, forward and back.
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }
}

impl Job {
    fn of(receipt: Receipt, incarnation: u64) -> Job {
        Job { number: receipt.message.0, token: receipt.attempt.into(), receipt, incarnation }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "job {} (token {})", self.number, self.token)
    }
}

/// By number, then by token.
impl Ord for Job {
    fn cmp(&self, other: &Job) -> Ordering {
        (self.number, self.token).cmp(&(other.number, other.token))
    }
}

impl PartialOrd for Job {
    fn partial_cmp(&self, other: &Job) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Job {
    fn eq(&self, other: &Job) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Job {}

/// Makes an incarnation of the learner's type.
type Build = fn(Terms) -> Box<dyn Worker>;

/// What `exam!(lease => Type)` makes of the file's `main`.
#[doc(hidden)]
pub fn main<A: Worker + 'static>() -> ExitCode {
    let build: Build = |terms| Box::new(A::start(terms));
    #[cfg(not(bundled))]
    if crate::lockstep::desk::is_wanted() {
        return crate::lockstep::desk::sit(lockstep::Calls(build));
    }
    crate::runner::main(&crate::search::Searched(exam::of(build)))
}

/// The exam of an answer that is led through it call by call, in processes of its own.
pub(crate) fn in_lockstep() -> impl crate::reproducible::Reproducible {
    let build: Build = |terms| Box::new(lockstep::StandIn::start(terms));
    exam::of(build)
}

/// What an answer needs: `use kit::lease::prelude::*;`.
pub mod prelude {
    pub use super::{Answer, Job, Out, Terms, Work, Worker};
    pub use crate::prelude::*;
}
