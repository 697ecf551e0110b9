// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a broker takes in: whether there is room, and whether it has it already.

use sim::{Context, Sink};
use trace::{MessageId, Refusal, Time, What};

use super::{Broker, Stored};
use crate::plan::Overflow;
use crate::wire::{Letter, Wire};

impl Broker {
    /// How many messages there is room for; `None` without a bound.
    fn room(&self) -> Option<usize> {
        let bound = usize::try_from(self.plan.borrow().bound?).unwrap_or(usize::MAX);
        Some(bound.saturating_sub(self.held()))
    }

    /// How many messages count for the bound.
    fn held(&self) -> usize {
        let handed_out = if self.plan.borrow().bound_counts_all { self.deliveries.len() } else { 0 };
        self.ready.len() + self.invisible.len() + handed_out
    }

    pub(super) fn publish<S: Sink>(&mut self, letter: Letter, context: &mut Context<'_, Wire, S>) {
        if self.is_repeat(letter.message, context.now()) {
            return self.confirm(letter, context);
        }
        if self.room() != Some(0) {
            return self.store(letter, context);
        }
        let (node, message) = (context.me(), letter.message);
        let overflow = self.plan.borrow().overflow;
        match overflow {
            Overflow::Refuse => {
                context.record(|| What::Refused { node, message, why: Refusal::Full });
                context.send(letter.producer, Wire::Refuse(message, Refusal::Full));
            }
            Overflow::DropOldest if self.drop_oldest(context) => self.store(letter, context),
            // Everything it holds is in flight: there is no oldest one to drop.
            Overflow::DropNewest | Overflow::DropOldest => {
                context.record(|| What::Refused { node, message, why: Refusal::DroppedNewest });
            }
            Overflow::Block => {
                if self.blocked_messages.insert(message) {
                    self.blocked.push_back(letter);
                }
            }
        }
    }

    /// Drops what has waited longest. Whether anything waited.
    fn drop_oldest<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) -> bool {
        let Some(Stored { number, letter }) = self.ready.pop_front() else { return false };
        let (node, message) = (context.me(), letter.message);
        context.record(|| What::Refused { node, message, why: Refusal::DroppedOldest });
        self.unflushed.remove(number);
        context.disk().remove(number);
        true
    }

    /// Whether a message that is published again was stored not long ago, so that it is not stored again.
    fn is_repeat(&mut self, message: MessageId, now: Time) -> bool {
        let (window, count) = {
            let plan = self.plan.borrow();
            (plan.dedup, plan.dedup_count)
        };
        if let Some(count) = count {
            return self.is_recent(message, count as usize);
        }
        let Some(window) = window else { return false };
        let known = self.stored_at.get(message).is_some_and(|at| now.since(*at) < window);
        if !known {
            self.stored_at.insert(message, now);
        }
        known
    }

    /// The same, of the last so many that were stored.
    fn is_recent(&mut self, message: MessageId, count: usize) -> bool {
        if self.recent.contains(&message) {
            return true;
        }
        self.recent.push_back(message);
        if self.recent.len() > count {
            self.recent.pop_front();
        }
        false
    }

    /// Takes in what was kept waiting, while there is room.
    pub(super) fn admit<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        while self.room() != Some(0) {
            let Some(letter) = self.blocked.pop_front() else { return };
            self.blocked_messages.remove(letter.message);
            self.store(letter, context);
        }
    }

    /// Drops the oldest until the bound is kept, as far as that is possible.
    pub(super) fn shrink<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let Some(bound) = self.plan.borrow().bound else { return };
        while self.held() as u64 > bound && self.drop_oldest(context) {}
    }
}
