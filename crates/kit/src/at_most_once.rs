// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `at_most_once`: what the learner's file sees of it.
//!
//! ```text
//!  producer ──► queue ───────message──────► [ your consumer ] ──act──► the world
//!                 ▲ │                             │   ▲
//!                 │ └── Removed or NotHeld, or ───┼───┘
//!                 │     nothing: replies get lost │
//!                 └──────────── delete ───────────┘
//! ```
//!
//! Your code reads as if it ran straight through: it calls [`Out`], and the next line follows. The exam performs these
//! calls one after the other, each in its own time, and may crash the process between any two of them. There is no disk:
//! what stood in fields is gone then.

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
use std::rc::Rc;

use trace::MessageId;

use crate::held::{self, Body};

/// Lets each message take effect at most once, and loses no more than it must.
///
/// The queue hands out one message at a time, under a lease of 400 ms. A message whose lease runs out, or whose consumer's
/// connection breaks, is handed out again, as a delivery of its own with a receipt of its own.
pub trait AtMostOnce {
    /// A new incarnation: at the very beginning, and after every crash. It knows nothing of what was before it.
    fn start() -> Self
    where
        Self: Sized;

    /// The queue hands you a message. The network may bring one delivery twice.
    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out);

    /// The queue answers a [`Out::delete`] of this receipt. The answer may be lost, late, or come twice; so may what you
    /// asked.
    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out);
}

/// What the queue says to a delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// The message was in the queue under this receipt, and now it is not: nobody will get it again.
    Removed,
    /// This receipt holds nothing any more. Perhaps the message is gone because of an earlier delete, perhaps the lease
    /// ran out and the message was or will be handed out again: the queue cannot tell you which.
    NotHeld,
}

/// A message. Copies of it are the same message.
#[derive(Clone)]
pub struct Message {
    /// Names it among all messages, from 1. It says nothing about the order in which messages come.
    pub id: u64,
    body: Rc<Body>,
}

/// What tells the queue which delivery you mean: each delivery has its own. A delivery that the network brings twice has
/// the same receipt both times.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Receipt {
    message: MessageId,
    attempt: u32,
    incarnation: u64,
}

/// Everything you do to the world, in the order in which you call it.
pub struct Out {
    effects: Vec<Effect>,
}

/// What a handler asked for; the process performs one after the other.
enum Effect {
    Delete(Receipt),
    Act(Message),
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "message {}", self.id)
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the how-manieth: that a delivery is the first one is for the queue to know.
        write!(f, "receipt of message {}", self.message)
    }
}

impl Out {
    fn push(&mut self, effect: Effect) {
        held::ask(&mut self.effects, effect, "deletes and acts");
    }

    /// Asks the queue to remove the message of this receipt. The next line runs before the queue has heard of it; what
    /// became of it comes to [`AtMostOnce::on_delete`], if it comes.
    pub fn delete(&mut self, receipt: Receipt) {
        self.push(Effect::Delete(receipt));
    }

    /// Lets the message take effect in the world: money moves, a letter is printed. It takes some milliseconds and is done
    /// when the next line runs. It cannot be taken back, and nobody can be asked whether it was done.
    pub fn act(&mut self, message: Message) {
        self.push(Effect::Act(message));
    }
}

/// Makes an incarnation of the learner's type.
pub(crate) type Build = fn() -> Box<dyn AtMostOnce>;

/// What `exam!(at_most_once => Type)` makes of the file's `main`.
#[doc(hidden)]
pub fn main<A: AtMostOnce + 'static>() -> ExitCode {
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

#[cfg(test)]
pub(crate) use {exam::of as exam_of, lockstep::Calls as calls_of};

/// What an answer needs: `use kit::at_most_once::prelude::*;`.
pub mod prelude {
    pub use super::{AtMostOnce, Deleted, Message, Out, Receipt};
    pub use crate::prelude::*;
}
