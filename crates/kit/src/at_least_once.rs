// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `at_least_once`: what the learner's file sees of it.
//!
//! ```text
//!  producer ──► queue ──message──► [ your relay ] ──publish(id)──► downstream, which keeps one copy for each id
//!                 ▲                    │     ▲                          │
//!                 └────────ack─────────┘     └── Stored or Refused, ────┘
//!                                                or nothing: replies get lost
//! ```
//!
//! Your code reads as if it ran straight through: it calls [`Out`], and the next line follows. The exam performs these
//! calls one after the other, each in its own time, and may crash the process between any two of them. There is no disk:
//! what stood in fields is gone then.

mod downstream;
mod draw;
mod exam;
mod judge;
mod lockstep;
mod process;
mod story;
mod tally;
#[cfg(test)]
mod tests;
mod world;

use std::fmt;
use std::process::ExitCode;

use trace::MessageId;

use crate::held::{self, Body};

pub use crate::held::Receipt;

/// Takes messages from a queue and passes each on to another, at least once.
///
/// The queue hands you a few messages at a time. What you neither acked nor lost in a crash stays yours: there is no
/// lease. After a crash the queue hands out again what was not acked.
pub trait AtLeastOnce {
    /// A new incarnation: at the very beginning, and after every crash. It knows nothing of what was before it.
    fn start() -> Self
    where
        Self: Sized;

    /// The queue hands you a message. The network may bring it twice.
    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out);

    /// Downstream answers a [`Out::publish`] under this id. The answer may be lost, late, or come twice; so may what you
    /// published. No answer says neither yes nor no.
    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out);

    /// The time of an [`Out::timer`] is over.
    fn on_timer(&mut self, token: u64, out: &mut Out);
}

/// What downstream says to a publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A copy under this id is kept: this one, or one that came before.
    Stored,
    /// There was no room just now: nothing was kept.
    Refused,
}

/// A message that you hold.
pub struct Message {
    /// Names it among all messages, from 1: the same in every delivery, before a crash and after it.
    pub id: u64,
    body: Body,
}

/// Everything you do to the world, in the order in which you call it.
pub struct Out {
    effects: Vec<Effect>,
    now_ms: u64,
}

/// What a handler asked for; the process performs one after the other.
enum Effect {
    Publish { id: u64, message: MessageId, incarnation: u64 },
    Ack(Receipt),
    Timer { ms: u64, token: u64 },
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "message {}", self.id)
    }
}

impl Out {
    fn push(&mut self, effect: Effect) {
        held::ask(&mut self.effects, effect, "publishes, acks and timers");
    }

    /// Sends a copy of a message downstream, under an id of your choice. Downstream keeps the first copy that comes under
    /// an id and takes every other one for a repetition of it. When all is well the answer comes within 50 ms.
    pub fn publish(&mut self, id: u64, message: &Message) {
        let Body { letter, owner, .. } = &message.body;
        self.push(Effect::Publish { id, message: letter.message, incarnation: owner.incarnation });
    }

    /// Tells the queue that it may forget this message: from now on nobody has it but you and downstream.
    pub fn ack(&mut self, receipt: Receipt) {
        self.push(Effect::Ack(receipt));
    }

    /// Asks for a call of [`AtLeastOnce::on_timer`] with this token after so many milliseconds. It cannot be taken back, and
    /// a crash takes it.
    pub fn timer(&mut self, ms: u64, token: u64) {
        self.push(Effect::Timer { ms, token });
    }

    /// What the clock of this machine shows, in milliseconds.
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }
}

/// Makes an incarnation of the learner's type.
type Build = fn() -> Box<dyn AtLeastOnce>;

/// What `exam!(at_least_once => Type)` makes of the file's `main`.
#[doc(hidden)]
pub fn main<A: AtLeastOnce + 'static>() -> ExitCode {
    let build: Build = || Box::new(A::start());
    #[cfg(not(bundled))]
    if crate::lockstep::desk::is_wanted() {
        return crate::lockstep::desk::sit(lockstep::Calls(build));
    }
    crate::runner::main(&crate::search::Searched(exam::of(build)))
}

/// The exam of an answer that is led through it call by call, in processes of its own.
pub(crate) fn in_lockstep() -> impl crate::reproducible::Reproducible {
    let build: Build = || Box::new(lockstep::StandIn::start());
    exam::of(build)
}

/// What an answer needs: `use kit::at_least_once::prelude::*;`.
pub mod prelude {
    pub use super::{Answer, AtLeastOnce, Message, Out, Receipt};
    pub use crate::prelude::*;
}
