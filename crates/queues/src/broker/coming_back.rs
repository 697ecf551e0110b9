// SPDX-License-Identifier: MIT OR Apache-2.0
//! What comes back, and what is dropped for its age.

use sim::{Context, Sink};
use trace::{NodeId, Refusal, Time, What};

use super::deliveries::Delivery;
use super::{Broker, EXPIRES, Stored, VISIBLE};
use crate::plan::Requeue;
use crate::wire::{Receipt, Wire};

impl Broker {
    pub(super) fn nacked<S: Sink>(
        &mut self,
        from: NodeId,
        receipt: Receipt,
        context: &mut Context<'_, Wire, S>,
    ) {
        let Some(number) = self.deliveries.find(from, receipt) else { return };
        let Some(delivery) = self.settle(number, context) else { return };
        let (node, Receipt { message, attempt, .. }) = (context.me(), receipt);
        context.record(|| What::Nacked { node, message, attempt });
        let after = self.plan.borrow().redelivery_delay;
        let counts = self.plan.borrow().counts_failures;
        if self.is_put_aside(&delivery, counts, context) {
            // It is nobody's any more.
        } else if after == Time::ZERO {
            self.goes_back(delivery.stored, context);
        } else {
            self.invisible.insert(delivery.stored.number, delivery.stored.letter);
            context.timeout(after, VISIBLE | delivery.stored.number);
        }
        self.hand_out(context);
    }

    /// Nothing was heard of a delivery: its message goes back, unless that was once too often.
    pub(super) fn comes_back<S: Sink>(&mut self, delivery: &Delivery, context: &mut Context<'_, Wire, S>) {
        if !self.is_put_aside(delivery, true, context) {
            self.goes_back(delivery.stored, context);
        }
    }

    /// Puts a message aside that was delivered too often, or drops one that is too old. Whether it did.
    fn is_put_aside<S: Sink>(
        &mut self,
        delivery: &Delivery,
        counts: bool,
        context: &mut Context<'_, Wire, S>,
    ) -> bool {
        let (limit, counts_all) = {
            let plan = self.plan.borrow();
            (plan.delivery_limit, plan.counts_failures)
        };
        let (node, Receipt { message, attempt, .. }) = (context.me(), delivery.receipt);
        let unheard = self.unheard.or_default(message);
        *unheard += u32::from(counts);
        let counted = if counts_all { attempt } else { *unheard };
        if limit.is_some_and(|limit| u64::from(counted) >= limit) {
            context.record(|| What::DeadLettered { node, message, attempts: attempt });
            self.forget(delivery.stored, context);
            return true;
        }
        self.is_too_old(delivery.stored, context)
    }

    /// A message waits again.
    pub(super) fn goes_back<S: Sink>(&mut self, stored: Stored, context: &mut Context<'_, Wire, S>) {
        let place = self.plan.borrow().requeue;
        let (node, message) = (context.me(), stored.letter.message);
        let ahead = match place {
            _ if self.plan.borrow().priorities => self.place_by_priority(stored),
            Requeue::Head => 0,
            Requeue::Tail => self.ready.len(),
            Requeue::Place => self.place_of(stored.number),
            Requeue::Returned => {
                let was_handed = |known: &&Stored| self.attempts.contains(known.letter.message);
                self.ready.iter().take_while(was_handed).count()
            }
        };
        match ahead {
            0 => self.ready.push_front(stored),
            _ => self.ready.insert(ahead, stored),
        }
        context.record(|| What::Requeued { node, message, ahead: ahead as u32 });
    }

    /// A message waits for the first time.
    pub(super) fn waits(&mut self, stored: Stored) {
        let place = match self.plan.borrow().priorities {
            true => self.place_by_priority(stored),
            false => self.ready.len(),
        };
        self.ready.insert(place, stored);
    }

    /// How many wait that are more urgent, or as urgent and older.
    fn place_by_priority(&self, stored: Stored) -> usize {
        let rank = |known: &Stored| (known.letter.key, known.number);
        self.ready.iter().filter(|known| rank(known) < rank(&stored)).count()
    }

    /// From now on a message grows old.
    pub(super) fn ages<S: Sink>(&mut self, number: u64, context: &mut Context<'_, Wire, S>) {
        let Some(expiry) = self.plan.borrow().expiry else { return };
        self.expires.insert(number, context.now() + expiry);
        context.timeout(expiry, EXPIRES | number);
    }

    /// Drops a message that is older than the queue keeps them. Whether it was.
    fn is_too_old<S: Sink>(&mut self, stored: Stored, context: &mut Context<'_, Wire, S>) -> bool {
        if self.expires.get(stored.number).is_none_or(|at| *at > context.now()) {
            return false;
        }
        let (node, message) = (context.me(), stored.letter.message);
        context.record(|| What::Refused { node, message, why: Refusal::Expired });
        self.forget(stored, context);
        true
    }

    /// A message's time is over: if it waits, it is dropped; if it is handed out, it is when it comes back.
    pub(super) fn expired<S: Sink>(&mut self, number: u64, context: &mut Context<'_, Wire, S>) {
        let waits = self.ready.iter().position(|stored| stored.number == number);
        let stored = match waits {
            Some(place) => self.ready.remove(place),
            None => self.invisible.remove(number).map(|letter| Stored { number, letter }),
        };
        if let Some(stored) = stored {
            self.is_too_old(stored, context);
        }
    }

    /// An ack has come for a delivery that is over. Where such acks count, and the message waits, it is done with.
    pub(super) fn acked_late<S: Sink>(
        &mut self,
        receipt: Receipt,
        context: &mut Context<'_, Wire, S>,
    ) -> bool {
        let Receipt { message, attempt, .. } = receipt;
        let waits = self.ready.iter().position(|stored| stored.letter.message == message);
        let Some(stored) =
            waits.filter(|_| self.plan.borrow().late_acks).and_then(|place| self.ready.remove(place))
        else {
            return false;
        };
        let node = context.me();
        context.record(|| What::Acked { node, message, attempt });
        self.forget(stored, context);
        true
    }

    /// How many wait that were stored earlier.
    fn place_of(&self, number: u64) -> usize {
        self.ready.iter().filter(|stored| stored.number < number).count()
    }

    /// A consumer is gone, or came back as a new incarnation: what it held comes back, oldest first at the head.
    pub(super) fn take_back_all<S: Sink>(&mut self, consumer: NodeId, context: &mut Context<'_, Wire, S>) {
        let mut held = self.deliveries.of(consumer);
        // The newest first, because each goes before the one above it when the place is the head.
        if self.plan.borrow().requeue == Requeue::Head {
            held.reverse();
        }
        for number in held {
            if let Some(delivery) = self.settle(number, context) {
                self.comes_back(&delivery, context);
            }
        }
    }
}
