// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `partition_by_key`: what the learner's file sees of it.
//!
//! ```text
//!  producer ──► [ your router ] ──hand(message, member, token)──► members ──effect(token)──► store
//!                 ▲   │    ▲                                         │                        ▲  │
//!                 │   │    └────────────────ack──────────────────────┘                        │  │
//!                 │   └───────────────fence(key, token)───────────────────────────────────────┘  │
//!                 └───────────────────fenced(key, token, last)───────────────────────────────────┘
//! ```
//!
//! Your router does not fail; the members do. Who is a member is not yours to find out: whoever does not answer is put out
//! of the group, and you hear of it. That it is out does not mean that it is dead.

mod consumer;
mod draw;
mod exam;
mod group;
mod judge;
mod ledger;
mod lockstep;
mod process;
mod store;
mod story;
mod tally;
#[cfg(test)]
mod tests;
mod world;

use std::fmt;
use std::process::ExitCode;

use queues::Letter;
use trace::MessageId;

use crate::held;

/// Hands messages with keys to members that come and go, so that each key keeps its order.
pub trait PartitionByKey {
    /// Everything begins. There are no members yet.
    fn start() -> Self
    where
        Self: Sized;

    /// A message to be handed on. Those of one key come in their order, which is that of their numbers. You are given only so
    /// many at a time: the next one comes when one of them is [`Out::done`].
    fn on_message(&mut self, message: Message, out: &mut Out);

    /// A new generation begins, and these are its members: maybe none. The numbers of generations grow. A consumer that
    /// comes back is a new member, with a new number, and holds nothing of what it was handed before.
    fn on_rebalance(&mut self, generation: u64, members: &[u64], out: &mut Out);

    /// A member says that this message has taken effect. It may be late, also when the member is long out of the group, or
    /// never come; it may come twice.
    fn on_ack(&mut self, key: u32, number: u64, out: &mut Out);

    /// The store answers an [`Out::fence`]: what comes with a smaller token is refused from now on, and `last` is the
    /// number of the last message of this key that took effect before; 0 if none has.
    fn on_fenced(&mut self, key: u32, token: u64, last: u64, out: &mut Out);
}

/// A message that you hold until it is done.
pub struct Message {
    /// What it belongs to. Order matters among messages of one key only.
    pub key: u32,
    /// Names it among the messages of all keys, from 1. Those of one key have growing numbers, with gaps.
    pub number: u64,
    letter: Letter,
    incarnation: u64,
}

/// Everything you do to the world, in the order in which you call it.
pub struct Out {
    effects: Vec<Effect>,
}

/// What a handler asked for; the process performs one after the other.
enum Effect {
    Hand { letter: Letter, incarnation: u64, member: u64, token: u64 },
    Fence { key: u32, token: u64 },
    Done { message: MessageId, incarnation: u64 },
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "message {} (key {})", self.number, self.key)
    }
}

impl Out {
    fn new() -> Out {
        Out { effects: Vec::new() }
    }

    fn push(&mut self, effect: Effect) {
        held::ask(&mut self.effects, effect, "hand-outs, fences and messages done");
    }

    /// Hands a message to a member of this generation. A member works on what it is handed one after the other, in the
    /// order in which you handed it, and passes the token to the store with each effect. The store takes an effect unless
    /// it has seen a larger token for this key, in an effect or in a fence; it does not look whether it knows the message.
    pub fn hand(&mut self, message: &Message, member: u64, token: u64) {
        let Message { letter, incarnation, .. } = *message;
        self.push(Effect::Hand { letter, incarnation, member, token });
    }

    /// Tells the store to refuse the effects of this key that come with a smaller token. The answer comes within some
    /// milliseconds, late at times; nothing is lost on this way.
    pub fn fence(&mut self, key: u32, token: u64) {
        self.push(Effect::Fence { key, token });
    }

    /// This message has taken effect: nobody needs it any more, and you have room for another.
    pub fn done(&mut self, message: Message) {
        self.push(Effect::Done { message: message.letter.message, incarnation: message.incarnation });
    }
}

/// Makes an incarnation of the learner's type.
type Build = fn() -> Box<dyn PartitionByKey>;

/// What `exam!(partition_by_key => Type)` makes of the file's `main`.
#[doc(hidden)]
pub fn main<A: PartitionByKey + 'static>() -> ExitCode {
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

/// What an answer needs: `use kit::partition_by_key::prelude::*;`.
pub mod prelude {
    pub use super::{Message, Out, PartitionByKey};
    pub use crate::prelude::*;
}
