// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `bounded`: what the learner's file sees of it.
//!
//! ```text
//!  producers ──offer──► [ your queue ] ──pull──► consumer: one message at a time, at its own speed
//!      ▲                     │
//!      └── accepted or shed ─┘
//! ```
//!
//! Above capacity no queue helps: what comes in faster than it goes out has to be turned away, and whoever sent it has
//! to hear of it. How long a queue may get follows from how long its last message may wait.

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

use std::process::ExitCode;
use std::time::Duration;

use crate::message::Message;

/// A queue that turns away what it could not hand out in time.
pub trait BoundedQueue {
    /// The run begins; nothing waits.
    fn start(limits: Limits) -> Self
    where
        Self: Sized;

    /// A producer offers a message, and hears your answer. What you accept you hand out, in the order in which you
    /// accepted it; what you shed you never hand out. `now` is how long the run goes on, by a clock that never jumps.
    fn offer(&mut self, message: Message, now: Duration) -> Answer;

    /// The consumer is ready for one message: the one that waited longest, or `None` if none waits. After `None` you are
    /// asked again behind the next offer.
    fn pull(&mut self, now: Duration) -> Option<Message>;
}

/// What a producer hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It will be handed out.
    Accepted,
    /// It will not; the producer may try elsewhere, or tell whoever waits for it.
    Shed,
}

/// What you can count on, and what is asked of you. The same for the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many messages you may hold between two calls.
    pub places: usize,
    /// How long what you accepted may wait until it is pulled.
    pub target: Duration,
    /// The consumer comes for its next message at the latest so long after it took one.
    pub worst: Duration,
    /// How long that takes on most days.
    pub usual: Duration,
}

/// Makes the learner's type.
pub(crate) type Build = fn(Limits) -> Box<dyn BoundedQueue>;

/// What `exam!(bounded => Type)` makes of the file's `main`.
#[doc(hidden)]
pub fn main<A: BoundedQueue + 'static>() -> ExitCode {
    let build: Build = |limits| Box::new(A::start(limits));
    #[cfg(not(bundled))]
    if crate::lockstep::desk::is_wanted() {
        return crate::lockstep::desk::sit(lockstep::Calls(build));
    }
    crate::runner::main(&crate::search::Searched(exam::of(build)))
}

/// The exam of an answer that is led through it call by call, in processes of its own.
pub(crate) fn in_lockstep() -> impl crate::reproducible::Reproducible {
    let build: Build = |limits| Box::new(lockstep::StandIn::start(limits));
    exam::of(build)
}

/// What an answer needs: `use kit::bounded::prelude::*;`.
pub mod prelude {
    pub use super::{Answer, BoundedQueue, Limits};
    pub use crate::message::Message;
    pub use crate::prelude::*;
    pub use std::time::Duration;
}
