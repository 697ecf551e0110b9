// SPDX-License-Identifier: MIT OR Apache-2.0
//! The broker: one queue, competing consumers.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use sim::{Context, Node, Sink, TimerId};
use trace::{Map, MessageId, NodeId, Refusal, Time, What};

use crate::plan::{Durability, Overflow, Plan, Requeue};
use crate::wire::{Letter, Wire};

/// Tokens of this node's timers and flushes: what they are for, then which.
const LEASE: u64 = 1 << 62;
const VISIBLE: u64 = 2 << 62;
const KIND: u64 = 3 << 62;

/// Keeps messages in one queue and hands each to one of the consumers that compete for it.
///
/// The mechanism behind classic queues (RabbitMQ, ActiveMQ, beanstalkd, SQS standard): a message handed out is *in
/// flight* under a lease; an ack lets it go; a nack, an expired lease or a broken connection brings it back. Consumers
/// take turns, each up to its prefetch.
pub struct Broker {
    plan: Rc<RefCell<Plan>>,
    /// What waits, next first.
    ready: VecDeque<Letter>,
    /// What was handed out and not settled, by the number of the hand-out.
    in_flight: Map<u64, HandedOut>,
    /// How often each message was handed out. Memory: a restarted broker counts from the beginning.
    attempts: Map<MessageId, u32>,
    consumers: Vec<Subscription>,
    /// Whose turn it is.
    turn: usize,
    hand_outs: u64,
    /// Stored, and not to be seen before their delay is over.
    invisible: Map<u64, Letter>,
    /// Waiting for a flush before they are confirmed, oldest first.
    unflushed: VecDeque<Letter>,
    /// Publishes that wait for room (overflow `block`).
    blocked: VecDeque<Letter>,
    next_number: u64,
}

struct HandedOut {
    letter: Letter,
    attempt: u32,
    consumer: NodeId,
    lease: Option<TimerId>,
}

struct Subscription {
    consumer: NodeId,
    session: u64,
    credit: u32,
}

impl Broker {
    /// An empty queue.
    pub fn new(plan: Rc<RefCell<Plan>>) -> Broker {
        Broker {
            plan,
            ready: VecDeque::new(),
            in_flight: Map::new(),
            attempts: Map::new(),
            consumers: Vec::new(),
            turn: 0,
            hand_outs: 0,
            invisible: Map::new(),
            unflushed: VecDeque::new(),
            blocked: VecDeque::new(),
            next_number: 0,
        }
    }

    fn publish<S: Sink>(&mut self, letter: Letter, context: &mut Context<'_, Wire, S>) {
        let plan = self.plan.borrow();
        let held = self.ready.len() + self.in_flight.len() + self.invisible.len();
        let full = plan.bound.is_some_and(|bound| held as u64 >= bound);
        let overflow = plan.overflow;
        drop(plan);
        if !full {
            return self.store(letter, context);
        }
        let node = context.me();
        match overflow {
            Overflow::Refuse => {
                context.record(|| What::Refused { node, message: letter.message, why: Refusal::Full });
                context.send(letter.producer, Wire::Refuse(letter.message, Refusal::Full));
            }
            Overflow::DropNewest => {
                context.record(|| What::Refused {
                    node,
                    message: letter.message,
                    why: Refusal::DroppedNewest,
                });
            }
            Overflow::DropOldest => {
                if let Some(oldest) = self.ready.pop_front() {
                    context.record(|| What::Refused {
                        node,
                        message: oldest.message,
                        why: Refusal::DroppedOldest,
                    });
                    context.disk().remove(oldest.message.0);
                    self.store(letter, context);
                } else {
                    // Everything it holds is in flight: there is no oldest one to drop.
                    context.record(|| What::Refused {
                        node,
                        message: letter.message,
                        why: Refusal::DroppedNewest,
                    });
                }
            }
            Overflow::Block => {
                if !self.blocked.iter().any(|waiting| waiting.message == letter.message) {
                    self.blocked.push_back(letter);
                }
            }
        }
    }

    fn store<S: Sink>(&mut self, letter: Letter, context: &mut Context<'_, Wire, S>) {
        let node = context.me();
        context.record(|| What::Stored { node, message: letter.message });
        let (durability, delay) = {
            let plan = self.plan.borrow();
            (plan.durability, plan.delay)
        };
        match durability {
            Durability::Memory => context.send(letter.producer, Wire::Confirm(letter.message)),
            Durability::Written => {
                context.disk().write(letter.message.0, letter);
                context.send(letter.producer, Wire::Confirm(letter.message));
            }
            Durability::Flushed => {
                context.disk().write(letter.message.0, letter);
                self.unflushed.push_back(letter);
                context.flush(self.unflushed.len() as u64);
            }
        }
        if delay == Time::ZERO {
            self.ready.push_back(letter);
        } else {
            self.next_number += 1;
            self.invisible.insert(self.next_number, letter);
            context.timeout(delay, VISIBLE | self.next_number);
        }
        self.hand_out(context);
    }

    /// Hands out what waits while somebody has credit, consumer after consumer.
    fn hand_out<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        while !self.ready.is_empty() {
            let Some(to) = self.next_with_credit() else { return };
            let Some(letter) = self.ready.pop_front() else { return };
            let attempt = self.attempts.or_default(letter.message);
            *attempt += 1;
            let attempt = *attempt;
            self.hand_outs += 1;
            let lease = self.plan.borrow().lease;
            let timer = lease.map(|lease| context.timeout(lease, LEASE | self.hand_outs));
            let consumer = self.consumers[to].consumer;
            self.consumers[to].credit -= 1;
            self.in_flight.insert(self.hand_outs, HandedOut { letter, attempt, consumer, lease: timer });
            let (node, until) = (context.me(), lease.map(|lease| context.now() + lease));
            context.record(|| What::Handed {
                node,
                consumer,
                message: letter.message,
                attempt,
                lease_until: until,
            });
            context.send(consumer, Wire::Deliver { letter, attempt });
        }
    }

    fn next_with_credit(&mut self) -> Option<usize> {
        let count = self.consumers.len();
        let next = (0..count).map(|n| (self.turn + n) % count).find(|n| self.consumers[*n].credit > 0)?;
        self.turn = (next + 1) % count;
        Some(next)
    }

    /// Takes a hand-out off the books and gives its consumer the credit back.
    fn settle<S: Sink>(&mut self, number: u64, context: &mut Context<'_, Wire, S>) -> Option<HandedOut> {
        let handed = self.in_flight.remove(number)?;
        if let Some(lease) = handed.lease {
            context.cancel(lease);
        }
        if let Some(subscription) = self.consumers.iter_mut().find(|known| known.consumer == handed.consumer)
        {
            subscription.credit += 1;
        }
        Some(handed)
    }

    fn find(&self, consumer: NodeId, message: MessageId, attempt: u32) -> Option<u64> {
        let same = |handed: &HandedOut| {
            handed.consumer == consumer && handed.letter.message == message && handed.attempt == attempt
        };
        self.in_flight.iter().find(|(_, handed)| same(handed)).map(|(number, _)| number)
    }

    fn acked<S: Sink>(
        &mut self,
        from: NodeId,
        message: MessageId,
        attempt: u32,
        context: &mut Context<'_, Wire, S>,
    ) {
        // An ack for a hand-out that is no longer open (its lease ran out) settles nothing.
        let Some(number) = self.find(from, message, attempt) else { return };
        self.settle(number, context);
        context.disk().remove(message.0);
        let node = context.me();
        context.record(|| What::Acked { node, message, attempt });
        self.made_room(context);
        self.hand_out(context);
    }

    fn comes_back<S: Sink>(&mut self, handed: &HandedOut, context: &mut Context<'_, Wire, S>) {
        let (limit, place) = {
            let plan = self.plan.borrow();
            (plan.delivery_limit, plan.requeue)
        };
        let (node, message) = (context.me(), handed.letter.message);
        if limit.is_some_and(|limit| u64::from(handed.attempt) >= limit) {
            context.disk().remove(message.0);
            context.record(|| What::DeadLettered { node, message, attempts: handed.attempt });
            self.made_room(context);
            return;
        }
        match place {
            Requeue::Head => self.ready.push_front(handed.letter),
            Requeue::Tail => self.ready.push_back(handed.letter),
        }
        let ahead = if place == Requeue::Head { 0 } else { self.ready.len() as u32 - 1 };
        context.record(|| What::Requeued { node, message, ahead });
    }

    fn made_room<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if let Some(letter) = self.blocked.pop_front() {
            self.publish(letter, context);
        }
    }

    /// A consumer is gone, or came back as a new incarnation: what it held comes back, oldest first at the head.
    fn take_back_all<S: Sink>(&mut self, consumer: NodeId, context: &mut Context<'_, Wire, S>) {
        let held: Vec<u64> =
            self.in_flight.iter().filter(|(_, h)| h.consumer == consumer).map(|(number, _)| number).collect();
        // The newest first, because each goes before the one above it when the place is the head.
        let newest_first = self.plan.borrow().requeue == Requeue::Head;
        let in_turn: Vec<u64> = if newest_first { held.into_iter().rev().collect() } else { held };
        for number in in_turn {
            if let Some(handed) = self.settle(number, context) {
                self.comes_back(&handed, context);
            }
        }
    }

    fn subscribe<S: Sink>(
        &mut self,
        consumer: NodeId,
        prefetch: u32,
        session: u64,
        context: &mut Context<'_, Wire, S>,
    ) {
        context.send(consumer, Wire::Subscribed);
        if self.consumers.iter().any(|known| known.consumer == consumer && known.session == session) {
            return;
        }
        context.watch(consumer);
        let requeue = self.plan.borrow().requeue_on_disconnect;
        if requeue {
            self.take_back_all(consumer, context);
        }
        let held = self.in_flight.values().filter(|handed| handed.consumer == consumer).count() as u32;
        let subscription = Subscription { consumer, session, credit: prefetch.saturating_sub(held) };
        match self.consumers.iter_mut().find(|known| known.consumer == consumer) {
            Some(known) => *known = subscription,
            None => self.consumers.push(subscription),
        }
        self.hand_out(context);
    }
}

impl<S: Sink> Node<Wire, S> for Broker {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn restart(&mut self, context: &mut Context<'_, Wire, S>) {
        let kept: Vec<Letter> = context.disk().records().map(|(_, letter)| *letter).collect();
        let node = context.me();
        for letter in kept {
            context.record(|| What::Stored { node, message: letter.message });
            self.ready.push_back(letter);
        }
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        let node = context.me();
        match packet {
            Wire::Publish(letter) => self.publish(letter, context),
            Wire::Subscribe { prefetch, session } => self.subscribe(from, prefetch, session, context),
            Wire::Ack(message, attempt) => self.acked(from, message, attempt, context),
            Wire::Nack(message, attempt) => {
                let Some(number) = self.find(from, message, attempt) else { return };
                let Some(handed) = self.settle(number, context) else { return };
                context.record(|| What::Nacked { node, message, attempt });
                self.comes_back(&handed, context);
                self.hand_out(context);
            }
            _ => {}
        }
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        let number = token & !KIND;
        if token & KIND == VISIBLE {
            if let Some(letter) = self.invisible.remove(number) {
                self.ready.push_back(letter);
            }
        } else if let Some(handed) = self.settle(number, context) {
            let (node, message, attempt) = (context.me(), handed.letter.message, handed.attempt);
            context.record(|| What::LeaseExpired { node, message, attempt });
            self.comes_back(&handed, context);
        }
        self.hand_out(context);
    }

    fn flushed(&mut self, _: u64, context: &mut Context<'_, Wire, S>) {
        // One flush makes everything before it durable; the confirms that it allows are those of its own message and
        // of older ones, and a flush is asked for with each message.
        if let Some(letter) = self.unflushed.pop_front() {
            context.send(letter.producer, Wire::Confirm(letter.message));
        }
    }

    fn disconnected(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        self.consumers.retain(|known| known.consumer != peer);
        self.turn = 0;
        if self.plan.borrow().requeue_on_disconnect {
            self.take_back_all(peer, context);
        }
        self.hand_out(context);
    }

    fn parameter(&mut self, name: &str, value: &str, context: &mut Context<'_, Wire, S>) {
        crate::plan::change(&self.plan, name, value);
        self.hand_out(context);
    }
}
