// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `resequencer`: what the learner's file sees of it.
//!
//! ```text
//!  producers ──► queue ──deliver──► [ your resequencer ] ──emit──► whoever reads on, in order per key
//!                  ▲                       │      │
//!                  └───────ack, nack───────┘      └── next, per key: on disk, in one transaction with the emits
//! ```
//!
//! Your code reads as if it ran straight through: it calls [`Out`], and the next line follows. The exam performs these
//! calls one after the other, each in its own time, and may crash the process between any two of them. What was
//! committed is there when the next incarnation starts; what stood in fields is gone.

mod draw;
mod exam;
mod judge;
mod ledger;
mod lockstep;
#[cfg(test)]
mod made;
mod process;
mod queue;
mod story;
mod tally;
#[cfg(test)]
mod tests;
mod world;

use std::collections::BTreeMap;
use std::fmt;
use std::process::ExitCode;
use std::rc::Rc;

use queues::Letter;

use crate::held::{self, Body, Hands, MOST_EFFECTS};

pub use crate::held::Receipt;

/// Puts the messages of each key back into their order.
///
/// The queue hands messages out in any order, some of them more than once. Of each key, emit message 0, then 1, then 2
/// and so on, each exactly once, and ack what the queue may forget.
pub trait Resequencer {
    /// A new incarnation: at the very beginning, and after every crash.
    ///
    /// `next` is what the last incarnation committed with [`Transaction::set_next`], by key; empty at first, and a key
    /// that is not in it begins with 0. `buffer` is how many messages you may hold between two calls.
    fn start(next: BTreeMap<u32, u64>, buffer: usize) -> Self
    where
        Self: Sized;

    /// The queue hands you a message. It stays in flight until you ack or nack it; a lease that runs out or a broken
    /// connection makes the queue hand it out again.
    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out);

    /// The message `seq` of `key` stands in the dead-letter queue: it will never come. You hear of it at least once in
    /// every incarnation, perhaps long after messages behind it came, perhaps more than once.
    fn gone(&mut self, key: u32, seq: u64, out: &mut Out);
}

/// A message that you hold. It cannot be copied: as long as one of these lives in your fields, it fills one place of
/// your buffer.
pub struct Message {
    /// What it belongs to. Order matters among messages of one key only.
    pub key: u32,
    /// Its place among the messages of its key, from 0, without gaps.
    pub seq: u64,
    /// Names it among the messages of all keys, from 1. It says neither when the queue took the message in nor which one
    /// comes next: keys do not wait for each other, and dead letters have one, too.
    pub offset: u64,
    body: Body,
}

/// Everything you do to the world, in the order in which you call it.
pub struct Out {
    pub(crate) effects: Vec<Effect>,
    pub(crate) now_ms: u64,
}

/// Emits and `next` that take effect together or not at all. Dropped without [`Transaction::commit`] it did nothing.
#[must_use = "a transaction that is not committed does nothing"]
pub struct Transaction<'a> {
    out: &'a mut Out,
    emits: Vec<Emit>,
    next: Vec<(u32, u64)>,
    committed: bool,
}

/// What a handler asked for; the process performs one after the other.
pub(crate) enum Effect {
    Commit { emits: Vec<Emit>, next: Vec<(u32, u64)> },
    RolledBack { emits: usize },
    Ack(Receipt),
    Nack(Receipt),
}

/// A message on its way out.
pub(crate) struct Emit {
    pub letter: Letter,
    pub attempt: u32,
    /// Whose message it was: that of this incarnation, unless something survived a crash.
    pub owner: Rc<Hands>,
}

impl Message {
    pub(crate) fn new(body: Body) -> Message {
        let letter = body.letter;
        Message { key: letter.key, seq: letter.seq, offset: letter.message.0, body }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "message {} (key {}, seq {})", self.offset, self.key, self.seq)
    }
}

impl Out {
    pub(crate) fn new(now_ms: u64) -> Out {
        Out { effects: Vec::new(), now_ms }
    }

    fn push(&mut self, effect: Effect) {
        held::ask(&mut self.effects, effect, "acks, nacks and transactions");
    }

    /// Begins a transaction on your disk. A commit takes some milliseconds and is durable when the next line runs: it
    /// survives a crash of the process and of the machine. Each one costs a flush.
    pub fn transaction(&mut self) -> Transaction<'_> {
        Transaction { out: self, emits: Vec::new(), next: Vec::new(), committed: false }
    }

    /// Tells the queue that it may forget this message.
    pub fn ack(&mut self, receipt: Receipt) {
        self.push(Effect::Ack(receipt));
    }

    /// Gives the message back: the queue puts it behind everything that waits and hands it out again.
    pub fn nack(&mut self, receipt: Receipt) {
        self.push(Effect::Nack(receipt));
    }

    /// What the clock of this machine shows, in milliseconds. It can be set, forward and back, while you run.
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }
}

impl Transaction<'_> {
    /// Emits a message: whoever reads on sees it once this is committed, behind everything emitted before.
    pub fn emit(&mut self, message: Message) {
        let Body { letter, attempt, ref owner } = message.body;
        self.emits.push(Emit { letter, attempt, owner: owner.clone() });
    }

    /// Notes which message of a key is to come next: what [`Resequencer::start`] is given after a crash.
    pub fn set_next(&mut self, key: u32, next: u64) {
        assert!(
            self.next.len() < MOST_EFFECTS,
            "more than {MOST_EFFECTS} calls of set_next in one transaction"
        );
        self.next.push((key, next));
    }

    /// Makes all of it durable at once.
    pub fn commit(mut self) {
        self.committed = true;
        let (emits, next) = (std::mem::take(&mut self.emits), std::mem::take(&mut self.next));
        if !emits.is_empty() || !next.is_empty() {
            self.out.push(Effect::Commit { emits, next });
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.committed && !self.emits.is_empty() {
            self.out.push(Effect::RolledBack { emits: self.emits.len() });
        }
    }
}

/// Makes an incarnation of the learner's type.
pub(crate) type Build = fn(BTreeMap<u32, u64>, usize) -> Box<dyn Resequencer>;

/// What `exam!(resequencer => Type)` makes of the file's `main`.
#[doc(hidden)]
pub fn main<A: Resequencer + 'static>() -> ExitCode {
    let build: Build = |next, buffer| Box::new(A::start(next, buffer));
    #[cfg(not(bundled))]
    if crate::lockstep::desk::is_wanted() {
        return crate::lockstep::desk::sit(lockstep::Calls(build));
    }
    crate::runner::main(&crate::search::Searched(exam::of(build)))
}

/// The exam of an answer that is led through it call by call, in processes of its own.
pub(crate) fn in_lockstep() -> impl crate::reproducible::Reproducible {
    let build: Build = |next, buffer| Box::new(lockstep::StandIn::start(next, buffer));
    exam::of(build)
}

/// What an answer needs: `use kit::resequencer::prelude::*;`.
pub mod prelude {
    pub use super::{Message, Out, Receipt, Resequencer, Transaction};
    pub use crate::prelude::*;
}
