// SPDX-License-Identifier: MIT OR Apache-2.0
//! The queue in front of the learner's code: the broker of crate `queues`, and its dead-letter queue beside it.

use queues::{Broker, Letter, Wire};
use sim::{Context, Node, Sink};
use trace::{Map, MessageId, NodeId, Set, Time, What};

/// How long a poison message lies in the queue before it is put aside.
pub(super) const PUT_ASIDE_AFTER: Time = Time::millis(120);
/// How long the queue waits to hear that its news was heard.
const ANNOUNCE_AGAIN: Time = Time::millis(200);

/// How long a message that was given back rests before it joins the queue again: without this back-off a gap fills the
/// network with one message going to and fro.
const BACK_OFF: Time = Time::millis(40);

/// Tokens of our own timers; the broker's begin with 01 and 10.
const PUT_ASIDE: u64 = 3 << 62;
const ANNOUNCE: u64 = PUT_ASIDE | 1 << 60;
const RESTED: u64 = PUT_ASIDE | 2 << 60;
const NUMBER: u64 = (1 << 60) - 1;

/// A broker that never hands out certain messages: they expire, and it tells its consumer so until it has heard it.
pub(super) struct DeadLetterQueue {
    broker: Broker,
    poison: Set<MessageId>,
    lying: Map<MessageId, Letter>,
    dead: Map<MessageId, Letter>,
    unheard: Set<MessageId>,
    consumer: Option<(NodeId, u64)>,
    announcing: bool,
    /// Messages given back that rest, by number.
    resting: Map<u64, (NodeId, Wire)>,
    nacks: u64,
}

impl DeadLetterQueue {
    pub fn new(broker: Broker, poison: Set<MessageId>) -> DeadLetterQueue {
        DeadLetterQueue {
            broker,
            poison,
            lying: Map::new(),
            dead: Map::new(),
            unheard: Set::new(),
            consumer: None,
            announcing: false,
            resting: Map::new(),
            nacks: 0,
        }
    }

    fn store_poison<S: Sink>(&mut self, letter: Letter, context: &mut Context<'_, Wire, S>) {
        let (node, message) = (context.me(), letter.message);
        context.send(letter.producer, Wire::Confirm(message));
        if self.dead.contains(message) || self.lying.insert(message, letter).is_some() {
            return;
        }
        context.record(|| What::Stored { node, message });
        context.timer(PUT_ASIDE_AFTER, PUT_ASIDE | message.0);
    }

    fn put_aside<S: Sink>(&mut self, message: MessageId, context: &mut Context<'_, Wire, S>) {
        let Some(letter) = self.lying.remove(message) else { return };
        let node = context.me();
        context.record(|| What::DeadLettered { node, message, attempts: 0 });
        self.dead.insert(message, letter);
        self.unheard.insert(message);
        if !self.announcing {
            self.announce(context);
        }
    }

    fn announce<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let Some((consumer, _)) = self.consumer else { return };
        for message in self.unheard.iter() {
            context.send(consumer, Wire::Gone(self.dead[message]));
        }
        self.announcing = !self.unheard.is_empty();
        if self.announcing {
            context.timer(ANNOUNCE_AGAIN, ANNOUNCE);
        }
    }
}

impl<S: Sink> Node<Wire, S> for DeadLetterQueue {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        self.broker.start(context);
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Publish(letter) if self.poison.contains(letter.message) => {
                self.store_poison(letter, context);
            }
            Wire::Nack(_) => {
                self.nacks += 1;
                self.resting.insert(self.nacks, (from, packet));
                context.timeout(BACK_OFF, RESTED | self.nacks);
            }
            Wire::GoneHeard(message) => {
                self.unheard.remove(message);
            }
            Wire::Subscribe { session, .. } => {
                self.broker.receive(from, packet, context);
                if self.consumer != Some((from, session)) {
                    // A new incarnation knows nothing: it hears of every dead letter again.
                    self.consumer = Some((from, session));
                    self.unheard = self.dead.keys().collect();
                    if !self.announcing {
                        self.announce(context);
                    }
                }
            }
            _ => self.broker.receive(from, packet, context),
        }
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        match token & !NUMBER {
            PUT_ASIDE => self.put_aside(MessageId(token & NUMBER), context),
            ANNOUNCE => self.announce(context),
            RESTED => {
                if let Some((from, nack)) = self.resting.remove(token & NUMBER) {
                    self.broker.receive(from, nack, context);
                }
            }
            _ => self.broker.timer(token, context),
        }
    }

    fn flushed(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        self.broker.flushed(token, context);
    }

    fn disconnected(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        self.broker.disconnected(peer, context);
    }
}
