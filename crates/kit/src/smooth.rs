// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `smooth`: what the learner's file sees of it.
//!
//! ```text
//!  producer ──messages, in bursts──► [ your shaper ] ──send──► downstream: few places, one message after the other
//!                                   ▲        │
//!                                   └─ wake ─┘  early or late, as timers are
//! ```
//!
//! A burst is more than downstream can take at once, and no more than it can work off in time: what stands between the
//! two has to hold back, for as long as it must and no longer.

mod arrivals;
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

use std::process::ExitCode;
use std::time::Duration;

use trace::{MessageId, Refusal};

use crate::held::ask;
use crate::message::{Message, Passed};

/// Stands between a producer that sends in bursts and a downstream that cannot take them.
///
/// Every message that comes is sent on, in the order in which messages came, each before its deadline; and downstream never
/// gets a message for which it has no place.
pub trait Shaper {
    /// The run begins; nothing has come yet, and downstream is empty.
    fn start(limits: Limits) -> Self
    where
        Self: Sized;

    /// A message came. Several may come in one moment: each has its call.
    fn on_arrival(&mut self, message: Message, out: &mut Out);

    /// The wake-up that you asked for. It comes up to [`Limits::late`] late, and sometimes too early; either way it
    /// is used up.
    fn on_timer(&mut self, out: &mut Out);
}

/// What you can count on, and what is asked of you. The same for the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The burst, σ: see [`Limits::interval`].
    pub burst: u64,
    /// One divided by the rate, 1/ρ: in any span of length t at most `burst + t / interval` messages come.
    pub interval: Duration,
    /// How long downstream works on one message, 1/c; it takes the next one when it is done. Shorter than `interval`.
    pub service: Duration,
    /// How many messages downstream has room for, the one that it works on included. It takes no message without a place.
    pub places: usize,
    /// A wake-up comes at most so late. At most `(places − 1) · service`: a downstream that was filled up in time does
    /// not run empty while you oversleep.
    pub late: Duration,
    /// How long after it came a message is sent at the latest: `burst · service`, which is what the envelope takes to work
    /// off, and `2 · late + 2 · service` on top.
    pub deadline: Duration,
}

/// Your way out: everything you do to the world, and the two clocks.
pub struct Out {
    pub(crate) effects: Vec<Effect>,
    pub(crate) now: Duration,
    pub(crate) wall_clock: Duration,
}

/// What a handler asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Effect {
    /// A message came, and was not dropped on the spot.
    Take(MessageId),
    Send(Passed),
    WakeAfter(Duration),
    /// A message was let go of and not sent: the one that just came, or one that was held.
    Drop(MessageId, Refusal),
}

/// What there can be too much of in one call.
const ASKED: &str = "sends and wake-ups";

impl Out {
    pub(crate) fn new(now: Duration, wall_clock: Duration) -> Out {
        Out { effects: Vec::new(), now, wall_clock }
    }

    /// Sends a message to downstream, now.
    pub fn send(&mut self, message: Message) {
        ask(&mut self.effects, Effect::Send(message.pass()), ASKED);
    }

    /// Asks for a call of [`Shaper::on_timer`] after this span. There is one timer: asking again replaces what was asked
    /// for before.
    pub fn wake_after(&mut self, span: Duration) {
        ask(&mut self.effects, Effect::WakeAfter(span), ASKED);
    }

    /// How long the run goes on. It never jumps: measure spans with it.
    pub fn now(&self) -> Duration {
        self.now
    }

    /// What the clock on the wall shows, since 1970. It can be set, forward and back, while you run.
    pub fn wall_clock(&self) -> Duration {
        self.wall_clock
    }
}

/// Makes the learner's type.
pub(crate) type Build = fn(Limits) -> Box<dyn Shaper>;

/// What `exam!(smooth => Type)` makes of the file's `main`.
#[doc(hidden)]
pub fn main<A: Shaper + 'static>() -> ExitCode {
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

/// What an answer needs: `use kit::smooth::prelude::*;`.
pub mod prelude {
    pub use super::{Limits, Out, Shaper};
    pub use crate::message::Message;
    pub use crate::prelude::*;
    pub use std::time::Duration;
}
