// SPDX-License-Identifier: MIT OR Apache-2.0
//! The broker: one queue, competing consumers.

mod coming_back;
mod deliveries;
mod handing;
mod replicated;
mod room;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use sim::{Context, Node, Sink};
use trace::{Map, MessageId, NodeId, Set, Time, What};

use crate::plan::{Durability, Overflow, Plan};
use crate::wire::{Letter, Receipt, Record, Wire};
use crate::writeback::{WRITEBACK, Writeback};
use deliveries::{Deliveries, Delivery};

/// Tokens of this node's timers: what they are for, then which.
const LEASE: u64 = 1 << 62;
const VISIBLE: u64 = 2 << 62;
const EXPIRES: u64 = 3 << 62;
const KIND: u64 = 3 << 62;
/// This bit in a flush's number: it makes a removal durable.
const REMOVAL: u64 = 1 << 63;

/// Keeps messages in one queue and hands each to one of the consumers that compete for it.
///
/// The mechanism behind classic queues (RabbitMQ, ActiveMQ, beanstalkd, SQS standard): a message handed out is *in
/// flight* under a lease; an ack lets it go; a nack, an expired lease or a broken connection brings it back. Consumers
/// take turns, each up to its prefetch.
pub struct Broker {
    plan: Rc<RefCell<Plan>>,
    /// What waits, next first.
    ready: VecDeque<Stored>,
    /// Stored, and not to be seen before their delay is over, by number.
    invisible: Map<u64, Letter>,
    /// What was handed out and not settled.
    deliveries: Deliveries,
    /// How often each message was handed out. Memory: a restarted broker counts from the beginning.
    attempts: Map<MessageId, u32>,
    /// Waiting for a flush before they are confirmed, by number.
    unflushed: Map<u64, Letter>,
    /// Removals that wait for a flush before their consumers may work, with their numbers.
    removing: Vec<(u64, NodeId, Receipt)>,
    /// Publishes that wait for room (overflow `block`), and which messages these are.
    blocked: VecDeque<Letter>,
    blocked_messages: Set<MessageId>,
    /// How many messages were ever stored, counted on by a restarted broker from what it finds on its disk.
    stored: u64,
    /// When each message was stored, where repeats are looked for. Memory.
    stored_at: Map<MessageId, Time>,
    /// The last of them, where a number is remembered and not a time.
    recent: VecDeque<MessageId>,
    /// How often nothing was heard of a delivery of each message.
    unheard: Map<MessageId, u32>,
    /// Whose messages of a key are, where that is always the same consumer.
    owners: Map<u32, NodeId>,
    /// When each message is too old, by number. Memory: for a restarted broker they are young again.
    expires: Map<u64, Time>,
    writeback: Writeback,
    /// Whether it is the part of a replica that hands messages out: then what it holds is in the replica's log, which
    /// is told what was let go of.
    replicated: bool,
    let_go: Vec<u64>,
}

/// A message in the queue.
#[derive(Clone, Copy, Debug)]
struct Stored {
    /// Counts messages in the order of their storing; the number of its record on the disk.
    number: u64,
    letter: Letter,
}

impl Broker {
    /// An empty queue.
    pub fn new(plan: Rc<RefCell<Plan>>) -> Broker {
        Broker {
            plan,
            ready: VecDeque::new(),
            invisible: Map::new(),
            deliveries: Deliveries::default(),
            attempts: Map::new(),
            unflushed: Map::new(),
            removing: Vec::new(),
            blocked: VecDeque::new(),
            blocked_messages: Set::new(),
            stored: 0,
            stored_at: Map::new(),
            recent: VecDeque::new(),
            unheard: Map::new(),
            owners: Map::new(),
            expires: Map::new(),
            writeback: Writeback::default(),
            replicated: false,
            let_go: Vec::new(),
        }
    }

    fn store<S: Sink>(&mut self, letter: Letter, context: &mut Context<'_, Wire, S>) {
        let node = context.me();
        context.record(|| What::Stored { node, message: letter.message });
        self.stored += 1;
        let number = self.stored;
        let (durability, delay) = {
            let plan = self.plan.borrow();
            (plan.durability, plan.delay)
        };
        let visible_at = context.clock() + delay;
        if durability != Durability::Memory {
            context.disk().write(number, Record::Message { letter, visible_at });
            self.writeback.wrote(&self.plan.borrow(), context);
        }
        if durability == Durability::Flushed {
            self.unflushed.insert(number, letter);
            context.flush(number);
        } else {
            self.confirm(letter, context);
        }
        self.show(Stored { number, letter }, visible_at, context);
        self.hand_out(context);
    }

    /// Puts a message where consumers see it, when this broker's clock shows this moment.
    fn show<S: Sink>(&mut self, stored: Stored, at: Time, context: &mut Context<'_, Wire, S>) {
        self.ages(stored.number, context);
        let delay = at.since(context.clock());
        if delay == Time::ZERO {
            self.waits(stored);
        } else {
            self.invisible.insert(stored.number, stored.letter);
            context.timeout(delay, VISIBLE | stored.number);
        }
    }

    /// A message is to be seen: for the first time, or again.
    fn is_visible<S: Sink>(&mut self, stored: Stored, context: &mut Context<'_, Wire, S>) {
        if self.attempts.contains(stored.letter.message) {
            self.goes_back(stored, context);
        } else {
            self.waits(stored);
        }
    }

    /// Takes a delivery off the books.
    fn settle<S: Sink>(&mut self, number: u64, context: &mut Context<'_, Wire, S>) -> Option<Delivery> {
        let delivery = self.deliveries.remove(number)?;
        if let Some(lease) = delivery.lease {
            context.cancel(lease);
        }
        Some(delivery)
    }

    /// A message is nobody's care any more. Nothing is left that could be lost, so it may be confirmed.
    fn forget<S: Sink>(&mut self, stored: Stored, context: &mut Context<'_, Wire, S>) {
        self.expires.remove(stored.number);
        if self.replicated {
            return self.let_go.push(stored.number);
        }
        context.disk().remove(stored.number);
        self.writeback.wrote(&self.plan.borrow(), context);
        if let Some(letter) = self.unflushed.remove(stored.number) {
            self.confirm(letter, context);
        }
        self.admit(context);
    }

    pub(crate) fn acked<S: Sink>(
        &mut self,
        from: NodeId,
        receipt: Receipt,
        answers: bool,
        context: &mut Context<'_, Wire, S>,
    ) {
        // An ack for a delivery that is no longer open (its lease ran out) settles nothing.
        let found = self.deliveries.find(from, receipt);
        let Some(delivery) = found.and_then(|number| self.settle(number, context)) else {
            let counts = self.acked_late(receipt, context);
            if answers && counts {
                context.send(from, Wire::Removed(receipt));
            } else if answers && !self.removing.iter().any(|(_, to, waits)| (*to, *waits) == (from, receipt))
            {
                context.send(from, Wire::NotHeld(receipt));
            }
            return;
        };
        let (node, Receipt { message, attempt, .. }) = (context.me(), receipt);
        context.record(|| What::Acked { node, message, attempt });
        let number = delivery.stored.number;
        self.forget(delivery.stored, context);
        let durability = self.plan.borrow().durability;
        if answers && durability == Durability::Flushed && !self.replicated {
            self.removing.push((number, from, receipt));
            context.flush(REMOVAL | number);
        } else if answers {
            context.send(from, Wire::Removed(receipt));
        }
        self.hand_out(context);
    }

    #[inline(never)]
    fn take_removal(&mut self, number: u64) -> Option<(u64, NodeId, Receipt)> {
        let place = self.removing.iter().position(|(known, ..)| REMOVAL | known == REMOVAL | number)?;
        Some(self.removing.swap_remove(place))
    }

    /// Tells a producer that waits for it.
    fn confirm<S: Sink>(&self, letter: Letter, context: &mut Context<'_, Wire, S>) {
        let asked = self.plan.borrow().asks_for_confirms();
        if asked {
            context.send(letter.producer, Wire::Confirm(letter.message));
        }
    }

    fn subscribe<S: Sink>(
        &mut self,
        consumer: NodeId,
        prefetch: u32,
        session: u64,
        context: &mut Context<'_, Wire, S>,
    ) {
        context.send(consumer, Wire::Subscribed(session));
        if self.deliveries.is_subscribed(consumer, session) {
            return;
        }
        context.watch(consumer);
        self.listen(consumer, context);
        let requeue = self.plan.borrow().requeue_on_disconnect;
        if requeue {
            self.take_back_all(consumer, context);
        }
        self.deliveries.subscribe(consumer, session, prefetch);
        self.hand_out(context);
    }
}

impl<S: Sink> Node<Wire, S> for Broker {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn restart(&mut self, context: &mut Context<'_, Wire, S>) {
        let kept: Vec<(u64, Record)> = context.disk().records().map(|(n, record)| (n, *record)).collect();
        let node = context.me();
        for (number, record) in kept {
            let Record::Message { letter, visible_at } = record else { continue };
            context.record(|| What::Stored { node, message: letter.message });
            self.stored = number;
            self.show(Stored { number, letter }, visible_at, context);
        }
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Connect => context.send(from, Wire::Connected),
            Wire::Publish(letter) => self.publish(letter, context),
            Wire::Subscribe { prefetch, session } => self.subscribe(from, prefetch, session, context),
            Wire::Ack(receipt) => self.acked(from, receipt, false, context),
            Wire::Remove(receipt) => self.acked(from, receipt, true, context),
            Wire::Nack(receipt) => self.nacked(from, receipt, context),
            Wire::Credit(session) => {
                self.deliveries.give_credit(from, session);
                self.hand_out(context);
            }
            _ => {}
        }
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        let number = token & !KIND;
        if token == WRITEBACK {
            self.writeback.flush(context);
        } else if token & KIND == VISIBLE {
            if let Some(letter) = self.invisible.remove(number) {
                self.is_visible(Stored { number, letter }, context);
            }
        } else if token & KIND == EXPIRES {
            self.expired(number, context);
        } else if let Some(delivery) = self.settle(number, context) {
            let (node, Receipt { message, attempt, .. }) = (context.me(), delivery.receipt);
            context.record(|| What::LeaseExpired { node, message, attempt });
            self.comes_back(&delivery, context);
        }
        self.hand_out(context);
    }

    fn flushed(&mut self, number: u64, context: &mut Context<'_, Wire, S>) {
        if number & REMOVAL != 0 {
            let removed = self.take_removal(number);
            removed.into_iter().for_each(|(_, to, receipt)| context.send(to, Wire::Removed(receipt)));
            return;
        }
        // One flush makes everything before it durable.
        let durable: Vec<u64> =
            self.unflushed.iter().map(|(known, _)| known).take_while(|known| *known <= number).collect();
        for known in durable {
            let Some(letter) = self.unflushed.remove(known) else { continue };
            // What a lost disk took is not confirmed; its producer sends it again.
            if context.disk().read(known).is_some() {
                self.confirm(letter, context);
            }
        }
    }

    fn flush_failed(&mut self, number: u64, _: &mut Context<'_, Wire, S>) {
        self.unflushed.remove(number);
        self.take_removal(number);
    }

    fn silent(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        // No heartbeat has come for too long: the broker closes the connection.
        context.hang_up(peer);
        self.disconnected(peer, context);
    }

    fn disconnected(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        self.deliveries.unsubscribe(peer);
        self.owners.retain(|_, owner| *owner != peer);
        if self.plan.borrow().requeue_on_disconnect {
            self.take_back_all(peer, context);
        }
        self.hand_out(context);
    }

    // An exam sets nothing while it runs.
    #[cfg(not(bundled))]
    fn parameter(&mut self, name: &str, value: &str, context: &mut Context<'_, Wire, S>) {
        crate::plan::change(&self.plan, name, value);
        if self.plan.borrow().overflow == Overflow::DropOldest {
            self.shrink(context);
        }
        self.admit(context);
        self.hand_out(context);
    }
}

impl Broker {
    /// Expects a consumer's heartbeats, where there are such.
    fn listen<S: Sink>(&self, consumer: NodeId, context: &mut Context<'_, Wire, S>) {
        let heartbeat = self.plan.borrow().heartbeat;
        heartbeat.into_iter().for_each(|patience| context.listen(consumer, patience));
    }
}
