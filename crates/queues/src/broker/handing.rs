// SPDX-License-Identifier: MIT OR Apache-2.0
//! Handing out: what next, and to whom.

use sim::{Context, Sink};
use trace::{NodeId, What};

use super::deliveries::Delivery;
use super::{Broker, LEASE, Stored};
use crate::plan::{Ack, Groups};
use crate::wire::{Receipt, Wire};

impl Broker {
    /// Hands out what waits while somebody has credit, consumer after consumer.
    pub(super) fn hand_out<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        while let Some((next, consumer, session)) = self.next() {
            let Some(stored) = self.ready.remove(next) else { return };
            let (letter, node) = (stored.letter, context.me());
            let attempt = self.attempts.or_default(letter.message);
            *attempt += 1;
            let receipt = Receipt { message: letter.message, attempt: *attempt, session };
            let lease = self.plan.borrow().longest_hold();
            let number = self.deliveries.next_number();
            let timer = lease.map(|lease| context.timeout(lease, LEASE | number));
            let ack = self.plan.borrow().ack;
            self.deliveries.insert(Delivery { stored, receipt, consumer, lease: timer });
            let lease_until = lease.map(|lease| context.now() + lease);
            let Receipt { message, attempt, .. } = receipt;
            context.record(|| What::Handed { node, consumer, message, attempt, lease_until });
            context.send(consumer, Wire::Deliver { letter, attempt, session });
            if ack == Ack::Auto
                && let Some(delivery) = self.settle(number, context)
            {
                // It has handed out one more without an ack to wait for, but the consumer has not asked for the next.
                self.deliveries.take_credit_of(consumer);
                context.record(|| What::Acked { node, message, attempt });
                self.forget(delivery.stored, context);
            }
        }
    }

    /// What is handed out next, to whom, and in which session: a place among what waits.
    fn next(&mut self) -> Option<(usize, NodeId, u64)> {
        let (groups, turns, limit) = {
            let plan = self.plan.borrow();
            (plan.groups, plan.turns, plan.in_flight_limit)
        };
        if limit.is_some_and(|limit| self.deliveries.len() as u64 >= limit) {
            return None;
        }
        let place = match groups {
            Groups::Free => (!self.ready.is_empty()).then_some(0)?,
            Groups::OneAtATime => {
                self.ready.iter().position(|stored| !self.deliveries.is_in_flight(stored.letter.key))?
            }
            Groups::Pinned => return self.next_pinned(turns),
        };
        let (consumer, session) = self.deliveries.take_credit(turns)?;
        Some((place, consumer, session))
    }

    /// The first message whose key's consumer can take it, or whose key is nobody's so far.
    fn next_pinned(&mut self, turns: bool) -> Option<(usize, NodeId, u64)> {
        for (place, Stored { letter, .. }) in self.ready.iter().enumerate() {
            let owner = self.owners.get(letter.key).copied();
            let taken = match owner {
                Some(owner) => self.deliveries.take_credit_from(owner),
                None => self.deliveries.take_credit(turns),
            };
            if let Some((consumer, session)) = taken {
                self.owners.insert(letter.key, consumer);
                return Some((place, consumer, session));
            }
        }
        None
    }
}
