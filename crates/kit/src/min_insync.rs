// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `min_insync`: what the learner's file sees of it.
//!
//! ```text
//!  client ──record──► [ your leader ] ──append──► its log ──copies──► logs of the followers
//!         ◄─answer───      ▲     ▲                                         │
//!                          │     └──────fetched(follower, epoch, offset)───┘
//!             lead, follow,│isr                       cut off, late, twice, out of order
//!                     controller: knows who leads and who is in sync; elects whom it likes of those
//! ```
//!
//! Copying is not yours: followers fetch what is in the leader's log and cut off what is not. Yours is to say when a record
//! is safe. It is safe when no election can take it away.

mod client;
mod controller;
mod draw;
mod exam;
mod follower;
mod judge;
mod lockstep;
mod notes;
mod process;
mod story;
mod tally;
#[cfg(test)]
mod tests;
mod world;

use std::fmt;
use std::process::ExitCode;

use queues::Letter;

use crate::held;

/// Leads a replicated partition, at times: answers each record that comes.
pub trait Leader {
    /// The process begins, and after a crash begins anew. It does not lead until it hears so. Logs are on disks that
    /// nothing is lost from.
    fn start(terms: Terms) -> Self
    where
        Self: Sized;

    /// From now on this replica leads, in this epoch: epochs grow with each election. Its log has `end` records, the
    /// last at offset `end − 1`, and these replicas are in sync, itself among them.
    fn lead(&mut self, epoch: u64, end: u64, in_sync: &[u64], out: &mut Out);

    /// Another replica leads, in this later epoch. This one's log follows that one's from now on: what is not in that log is
    /// cut off.
    fn follow(&mut self, epoch: u64, out: &mut Out);

    /// A client sends a record. It does not know who leads.
    fn produce(&mut self, record: Record, out: &mut Out);

    /// A follower fetched at this offset: it holds every record below it, of the log of the leader of this epoch. What is
    /// fetched may reach you late, twice and out of order, also long after its epoch is over.
    fn fetched(&mut self, follower: u64, epoch: u64, offset: u64, out: &mut Out);

    /// These replicas are in sync now, this one among them: of these, and of no others, the controller chooses the next leader.
    /// Before a replica joins them you hear of it; after one has left them, too. It may reach you after its epoch is over.
    fn isr(&mut self, epoch: u64, in_sync: &[u64], out: &mut Out);

    /// The time of an [`Out::timer`] is over.
    fn on_timer(&mut self, token: u64, out: &mut Out);
}

/// What holds for the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The number of this replica: they are numbered from 1.
    pub me: u64,
    /// So many replicas, the leader among them, must hold a record that is confirmed: `min.insync.replicas`.
    pub min_insync: usize,
    /// So long after a record came it is answered at the latest, in milliseconds.
    pub answer_within_ms: u64,
}

/// A record that waits for your answer. Each of the three answers takes it.
pub struct Record {
    /// Names it: records are numbered from 1.
    pub number: u64,
    letter: Letter,
    incarnation: u64,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {}", self.number)
    }
}

/// Everything you do to the world, in the order in which you call it.
pub struct Out {
    effects: Vec<Effect>,
    /// Where the next record goes.
    end: u64,
}

/// What a handler asked for; the process performs one after the other.
enum Effect {
    Append { letter: Letter, incarnation: u64 },
    Answer { letter: Letter, incarnation: u64, answer: Answer },
    Timer { ms: u64, token: u64 },
}

/// What a client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Confirmed,
    Refused,
    Unknown,
}

impl Out {
    fn new(end: u64) -> Out {
        Out { effects: Vec::new(), end }
    }

    fn push(&mut self, effect: Effect) {
        held::ask(&mut self.effects, effect, "appends, answers and timers");
    }

    fn answer(&mut self, record: Record, answer: Answer) {
        let Record { letter, incarnation, .. } = record;
        self.push(Effect::Answer { letter, incarnation, answer });
    }

    /// Appends a record to this replica's log, from which followers copy it. The offset at which it will stand.
    pub fn append(&mut self, record: &Record) -> u64 {
        let Record { letter, incarnation, .. } = *record;
        self.push(Effect::Append { letter, incarnation });
        self.end += 1;
        self.end - 1
    }

    /// Promises the client that this record stays: whoever leads later has it.
    pub fn confirm(&mut self, record: Record) {
        self.answer(record, Answer::Confirmed);
    }

    /// Tells the client that this record is in no log and never will be: it may send it again without harm.
    pub fn refuse(&mut self, record: Record) {
        self.answer(record, Answer::Refused);
    }

    /// Tells the client that nobody knows: the record may stay, or be lost.
    pub fn unknown(&mut self, record: Record) {
        self.answer(record, Answer::Unknown);
    }

    /// Asks for a call of [`Leader::on_timer`] with this token after so many milliseconds. It cannot be taken back, and a
    /// crash takes it.
    pub fn timer(&mut self, ms: u64, token: u64) {
        self.push(Effect::Timer { ms, token });
    }
}

/// How long after it came a record is answered at the latest.
const ANSWER_WITHIN_MS: u64 = 1_000;

/// Makes an incarnation of the learner's type.
type Build = fn(Terms) -> Box<dyn Leader>;

/// What `exam!(min_insync => Type)` makes of the file's `main`.
#[doc(hidden)]
pub fn main<A: Leader + 'static>() -> ExitCode {
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

/// What an answer needs: `use kit::min_insync::prelude::*;`.
pub mod prelude {
    pub use super::{Leader, Out, Record, Terms};
    pub use crate::prelude::*;
}
