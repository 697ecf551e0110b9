// SPDX-License-Identifier: MIT OR Apache-2.0
//! A process's subscription to a queue: one session for each incarnation, asked for until it stands.

use queues::{Letter, Wire};
use sim::{Context, Sink};
use trace::{NodeId, Time};

/// The stream that sessions are drawn from.
const SESSION: u8 = 2;
/// The token of its timer.
pub(crate) const SUBSCRIBE: u64 = 1;
const SUBSCRIBE_AGAIN: Time = Time::millis(500);

/// A subscription in the making, or one that stands.
pub(crate) struct Subscription {
    pub queue: NodeId,
    pub prefetch: u32,
    pub session: u64,
    stands: bool,
}

impl Subscription {
    /// To this queue, at most so many messages at a time.
    pub fn to(queue: NodeId, prefetch: u32) -> Subscription {
        Subscription { queue, prefetch, session: 0, stands: false }
    }

    /// A new incarnation, a new session.
    pub fn draw_session<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.session = context.stream(SESSION).bits();
    }

    /// Asks for it, and again after a while unless it stands: also what the timer [`SUBSCRIBE`] calls.
    pub fn ask<S: Sink>(&self, context: &mut Context<'_, Wire, S>) {
        if !self.stands {
            context.send(self.queue, Wire::Subscribe { prefetch: self.prefetch, session: self.session });
            context.timeout(SUBSCRIBE_AGAIN, SUBSCRIBE);
        }
    }

    /// What this packet delivers, if it does and is meant for this incarnation: what an earlier one was sent comes again.
    pub fn delivered(&mut self, packet: &Wire) -> Option<(Letter, u32)> {
        match *packet {
            Wire::Subscribed(session) => {
                self.stands |= session == self.session;
                None
            }
            Wire::Deliver { letter, attempt, session } if session == self.session => {
                self.stands = true;
                Some((letter, attempt))
            }
            _ => None,
        }
    }
}
