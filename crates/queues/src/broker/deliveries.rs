// SPDX-License-Identifier: MIT OR Apache-2.0
//! The books on what was handed out: to whom, and whose turn it is.

use sim::TimerId;
use trace::{Map, MessageId, NodeId};

use super::Stored;
use crate::wire::Receipt;

/// A message handed out and not settled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delivery {
    pub stored: Stored,
    pub receipt: Receipt,
    pub consumer: NodeId,
    pub lease: Option<TimerId>,
}

/// A consumer that takes messages.
struct Subscription {
    consumer: NodeId,
    session: u64,
    /// How many more messages it may be handed.
    credit: u32,
}

/// Deliveries by number, in the order in which they were handed out, and the consumers that take turns.
#[derive(Default)]
pub(super) struct Deliveries {
    open: Map<u64, Delivery>,
    /// The number of the delivery that a consumer names by message and attempt.
    by_receipt: Map<(MessageId, u32), u64>,
    handed_out: u64,
    consumers: Vec<Subscription>,
    /// Whose turn it is.
    turn: usize,
}

impl Deliveries {
    /// How many are open.
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// The number that the next delivery gets.
    pub fn next_number(&self) -> u64 {
        self.handed_out + 1
    }

    /// Takes one credit of the consumer whose turn it is, and says who that is, and in which session. Without turns that is
    /// the first or nobody.
    pub fn take_credit(&mut self, turns: bool) -> Option<(NodeId, u64)> {
        let count = self.consumers.len().min(if turns { usize::MAX } else { 1 });
        let next = (0..count).map(|n| (self.turn + n) % count).find(|n| self.consumers[*n].credit > 0)?;
        self.turn = (next + 1) % count;
        let subscription = &mut self.consumers[next];
        subscription.credit -= 1;
        Some((subscription.consumer, subscription.session))
    }

    /// Takes one credit of this consumer, if it has one, and says in which session.
    pub fn take_credit_from(&mut self, consumer: NodeId) -> Option<(NodeId, u64)> {
        let mut consumers = self.consumers.iter_mut();
        let known = consumers.find(|known| known.consumer == consumer && known.credit > 0)?;
        known.credit -= 1;
        Some((consumer, known.session))
    }

    /// Takes back the credit that a settled delivery gave.
    pub fn take_credit_of(&mut self, consumer: NodeId) {
        let mut consumers = self.consumers.iter_mut();
        if let Some(known) = consumers.find(|known| known.consumer == consumer) {
            known.credit = known.credit.saturating_sub(1);
        }
    }

    /// A consumer takes one more, if this is its session.
    pub fn give_credit(&mut self, consumer: NodeId, session: u64) {
        let mut consumers = self.consumers.iter_mut();
        if let Some(known) = consumers.find(|known| (known.consumer, known.session) == (consumer, session)) {
            known.credit += 1;
        }
    }

    /// Notes a delivery under the next number.
    pub fn insert(&mut self, delivery: Delivery) {
        self.handed_out += 1;
        let Receipt { message, attempt, .. } = delivery.receipt;
        self.by_receipt.insert((message, attempt), self.handed_out);
        self.open.insert(self.handed_out, delivery);
    }

    /// The open delivery that this consumer's receipt names.
    pub fn find(&self, consumer: NodeId, receipt: Receipt) -> Option<u64> {
        let number = *self.by_receipt.get((receipt.message, receipt.attempt))?;
        let delivery = self.open.get(number)?;
        (delivery.consumer == consumer && delivery.receipt == receipt).then_some(number)
    }

    /// An open delivery.
    pub fn get(&self, number: u64) -> Option<&Delivery> {
        self.open.get(number)
    }

    /// Whether a message of this key is handed out and not settled.
    pub fn is_in_flight(&self, key: u32) -> bool {
        self.open.values().any(|delivery| delivery.stored.letter.key == key)
    }

    /// The open delivery of what was stored under this number.
    pub fn number_of(&self, stored: u64) -> Option<u64> {
        self.open.iter().find(|(_, delivery)| delivery.stored.number == stored).map(|(number, _)| number)
    }

    /// The numbers of all that are open, oldest first.
    pub fn all(&self) -> Vec<u64> {
        self.open.iter().map(|(number, _)| number).collect()
    }

    /// Who takes turns.
    pub fn consumers(&self) -> impl Iterator<Item = NodeId> {
        self.consumers.iter().map(|subscription| subscription.consumer)
    }

    /// Takes a delivery out and gives its consumer the credit back.
    pub fn remove(&mut self, number: u64) -> Option<Delivery> {
        let delivery = self.open.remove(number)?;
        self.by_receipt.remove((delivery.receipt.message, delivery.receipt.attempt));
        let mut consumers = self.consumers.iter_mut();
        if let Some(subscription) = consumers.find(|known| known.consumer == delivery.consumer) {
            subscription.credit += 1;
        }
        Some(delivery)
    }

    /// The numbers of what a consumer holds, oldest first.
    pub fn of(&self, consumer: NodeId) -> Vec<u64> {
        let held = self.open.iter().filter(|(_, delivery)| delivery.consumer == consumer);
        held.map(|(number, _)| number).collect()
    }

    /// Whether a consumer takes messages in this session.
    pub fn is_subscribed(&self, consumer: NodeId, session: u64) -> bool {
        self.consumers.iter().any(|known| (known.consumer, known.session) == (consumer, session))
    }

    /// Lets a consumer take turns in a new session. What it holds already counts against its prefetch.
    pub fn subscribe(&mut self, consumer: NodeId, session: u64, prefetch: u32) {
        let credit = prefetch.saturating_sub(self.of(consumer).len() as u32);
        let subscription = Subscription { consumer, session, credit };
        match self.consumers.iter_mut().find(|known| known.consumer == consumer) {
            Some(known) => *known = subscription,
            None => self.consumers.push(subscription),
        }
    }

    /// A consumer takes no more turns.
    pub fn unsubscribe(&mut self, consumer: NodeId) {
        self.consumers.retain(|known| known.consumer != consumer);
        self.turn = 0;
    }
}
