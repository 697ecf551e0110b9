// SPDX-License-Identifier: MIT OR Apache-2.0
//! The queue: it hands jobs out under a lease, and hands them out again when the lease is over.

use std::collections::VecDeque;

use queues::{Letter, Receipt, Wire};
use sim::{Context, Node, Sink, TimerId};
use trace::{Map, MessageId, NodeId, Time, What};

/// How many jobs a worker holds at a time.
const PREFETCH: usize = 2;

/// A job that somebody holds.
struct Hold {
    letter: Letter,
    receipt: Receipt,
    worker: NodeId,
    lease: TimerId,
}

/// Keeps jobs until they are deleted. It does not fail.
pub(super) struct LeasingQueue {
    lease: Time,
    ready: VecDeque<Letter>,
    /// What is held, by the number of its lease.
    holds: Map<u64, Hold>,
    leases: u64,
    /// How often each job was handed out.
    tokens: Map<MessageId, u32>,
    /// Who wants jobs, in which session; who got one last stands at the end.
    workers: Vec<(NodeId, u64)>,
}

impl LeasingQueue {
    pub fn new(lease: Time) -> LeasingQueue {
        LeasingQueue {
            lease,
            ready: VecDeque::new(),
            holds: Map::new(),
            leases: 0,
            tokens: Map::new(),
            workers: Vec::new(),
        }
    }

    /// Hands out what waits to those who have room, in turn.
    fn hand_out<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        while !self.ready.is_empty() {
            let held = |worker: NodeId| self.holds.values().filter(|hold| hold.worker == worker).count();
            let free = self.workers.iter().position(|(worker, _)| held(*worker) < PREFETCH);
            let Some(place) = free else { return };
            let Some(letter) = self.ready.pop_front() else { return };
            let (worker, session) = self.workers.remove(place);
            self.workers.push((worker, session));
            let token = self.tokens.or_default(letter.message);
            *token += 1;
            let receipt = Receipt { message: letter.message, attempt: *token, session };
            self.leases += 1;
            let lease = context.timeout(self.lease, self.leases);
            self.holds.insert(self.leases, Hold { letter, receipt, worker, lease });
            let (node, lease_until) = (context.me(), Some(context.now() + self.lease));
            let Receipt { message, attempt, .. } = receipt;
            context.record(|| What::Handed { node, consumer: worker, message, attempt, lease_until });
            context.send(worker, Wire::Deliver { letter, attempt, session });
        }
    }

    /// The lease under which this delivery is held, if it is.
    fn lease_of(&self, receipt: Receipt) -> Option<u64> {
        self.holds.iter().find(|(_, hold)| hold.receipt == receipt).map(|(lease, _)| lease)
    }

    fn extend<S: Sink>(&mut self, from: NodeId, receipt: Receipt, context: &mut Context<'_, Wire, S>) {
        let number = self.lease_of(receipt);
        if let Some(number) = number
            && let Some(hold) = self.holds.get_mut(number)
        {
            context.cancel(hold.lease);
            hold.lease = context.timeout(self.lease, number);
        }
        context.send(from, Wire::Extended { receipt, held: number.is_some() });
    }

    /// Deletes a job: if it is held by who asks, or whoever holds it.
    fn delete<S: Sink>(
        &mut self,
        from: NodeId,
        receipt: Receipt,
        if_held: bool,
        context: &mut Context<'_, Wire, S>,
    ) {
        let own = self.lease_of(receipt);
        let Receipt { message, attempt, .. } = receipt;
        if if_held && own.is_none() {
            return context.send(from, Wire::NotHeld(receipt));
        }
        let waited = self.ready.iter().position(|letter| letter.message == message);
        let lease = own.or_else(|| {
            let mut holds = self.holds.iter();
            holds.find(|(_, hold)| hold.letter.message == message).map(|(lease, _)| lease)
        });
        let was_there = waited.is_some() || lease.is_some();
        waited.map(|place| self.ready.remove(place));
        if let Some(hold) = lease.and_then(|lease| self.holds.remove(lease)) {
            context.cancel(hold.lease);
        }
        let node = context.me();
        if was_there {
            context.record(|| What::Acked { node, message, attempt });
        }
        context.send(from, Wire::Removed(receipt));
        self.hand_out(context);
    }
}

impl<S: Sink> Node<Wire, S> for LeasingQueue {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Publish(letter) => {
                let (node, message) = (context.me(), letter.message);
                context.record(|| What::Stored { node, message });
                context.send(from, Wire::Confirm(message));
                self.ready.push_back(letter);
                self.hand_out(context);
            }
            Wire::Subscribe { session, .. } => {
                context.send(from, Wire::Subscribed(session));
                if !self.workers.contains(&(from, session)) {
                    self.workers.retain(|(worker, _)| *worker != from);
                    self.workers.push((from, session));
                    self.hand_out(context);
                }
            }
            Wire::Extend(receipt) => self.extend(from, receipt, context),
            Wire::Remove(receipt) => self.delete(from, receipt, true, context),
            Wire::Ack(receipt) => self.delete(from, receipt, false, context),
            _ => {}
        }
    }

    /// A lease is over.
    fn timer(&mut self, number: u64, context: &mut Context<'_, Wire, S>) {
        let Some(hold) = self.holds.remove(number) else { return };
        let (node, Receipt { message, attempt, .. }) = (context.me(), hold.receipt);
        context.record(|| What::LeaseExpired { node, message, attempt });
        self.ready.push_back(hold.letter);
        self.hand_out(context);
    }
}
