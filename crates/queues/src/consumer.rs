// SPDX-License-Identifier: MIT OR Apache-2.0
//! A consumer: takes messages, works, acks.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use sim::{Context, Node, Sink};
use trace::{Map, NodeId, Time, What};

use crate::plan::{Ack, Effects, Plan};
use crate::wire::{Letter, Wire};

/// Streams of random numbers, by purpose.
const SERVICE: u8 = 0;
const FAILURE: u8 = 1;
const SESSION: u8 = 2;

/// Token of the timer that asks for a subscription again.
const SUBSCRIBE: u64 = u64::MAX;
const SUBSCRIBE_AGAIN: Time = Time::millis(500);
/// So often a request for a subscription is repeated; a broker that comes back later breaks the connection, and that
/// begins anew.
const SUBSCRIBE_TRIES: u32 = 20;
/// This bit in a token: an effect that is not known to have landed; the rest is the number of its job.
const LANDING: u64 = 1 << 63;
const LAND_AGAIN: Time = Time::secs(1);
const LAND_TRIES: u32 = 10;

/// Works on what the broker hands it, `concurrency` messages at a time, the others waiting in the order they came.
pub struct Consumer {
    plan: Rc<RefCell<Plan>>,
    broker: NodeId,
    /// Where asynchronous effects land; without a store they take effect here.
    store: Option<NodeId>,
    waiting: VecDeque<(Letter, u32)>,
    working: Map<u64, (Letter, u32)>,
    /// Effects sent and not yet known to have landed, by job: what, which attempt, how often sent.
    landing: Map<u64, (Letter, u32, u32)>,
    jobs: u64,
    session: u64,
    subscribed: bool,
    subscribe_tries: u32,
}

impl Consumer {
    /// A consumer of this broker's queue.
    pub fn new(plan: Rc<RefCell<Plan>>, broker: NodeId, store: Option<NodeId>) -> Consumer {
        Consumer {
            plan,
            broker,
            store,
            waiting: VecDeque::new(),
            working: Map::new(),
            landing: Map::new(),
            jobs: 0,
            session: 0,
            subscribed: false,
            subscribe_tries: 0,
        }
    }

    /// Asks until the broker answers: the request, or the answer, may be lost.
    fn subscribe<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.subscribe_tries == SUBSCRIBE_TRIES {
            return;
        }
        self.subscribe_tries += 1;
        let prefetch = self.plan.borrow().prefetch as u32;
        context.send(self.broker, Wire::Subscribe { prefetch, session: self.session });
        context.timeout(SUBSCRIBE_AGAIN, SUBSCRIBE);
    }

    fn work<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let (concurrency, span) = {
            let plan = self.plan.borrow();
            (plan.concurrency as usize, plan.work())
        };
        while self.working.len() < concurrency {
            let Some((letter, attempt)) = self.waiting.pop_front() else { return };
            // How much work a message is depends on the message, not on who does it or how often.
            let service = span.sample(&mut context.message_stream(SERVICE, letter.message, 0));
            self.jobs += 1;
            self.working.insert(self.jobs, (letter, attempt));
            context.work(service, self.jobs);
            let node = context.me();
            context.record(|| What::Started { node, message: letter.message, attempt });
        }
    }

    /// Sends an effect on its way, again and again until the store says that it landed.
    fn land<S: Sink>(&mut self, job: u64, context: &mut Context<'_, Wire, S>) {
        let (Some(store), Some((letter, attempt, tries))) = (self.store, self.landing.get_mut(job)) else {
            return;
        };
        *tries += 1;
        context.send(store, Wire::Effect(*letter, *attempt));
        if *tries < LAND_TRIES {
            context.timeout(LAND_AGAIN, LANDING | job);
        }
    }

    fn finished<S: Sink>(
        &mut self,
        job: u64,
        letter: Letter,
        attempt: u32,
        context: &mut Context<'_, Wire, S>,
    ) {
        let (failures, ack, effects) = {
            let plan = self.plan.borrow();
            (plan.failures, plan.ack, plan.effects)
        };
        let (node, message) = (context.me(), letter.message);
        context.record(|| What::Finished { node, message, attempt });
        if failures.happens(&mut context.message_stream(FAILURE, message, attempt)) {
            if ack == Ack::Last {
                context.send(self.broker, Wire::Nack(message, attempt));
            }
            return;
        }
        match (effects, self.store) {
            (Effects::Asynchronous, Some(_)) => {
                self.landing.insert(job, (letter, attempt, 0));
                self.land(job, context);
            }
            _ => context.record(|| What::Applied { node, message, attempt }),
        }
        // An asynchronous consumer acks what it has sent on its way; that is what makes it fast, and what it promises
        // is no more than that.
        if ack == Ack::Last {
            context.send(self.broker, Wire::Ack(message, attempt));
        }
    }
}

impl<S: Sink> Node<Wire, S> for Consumer {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        self.session = context.stream(SESSION).bits();
        context.watch(self.broker);
        self.subscribe(context);
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Subscribed => self.subscribed = true,
            Wire::Deliver { letter, attempt } => {
                // A delivery proves the subscription, should the answer to it have been lost.
                self.subscribed = true;
                if self.plan.borrow().ack == Ack::First {
                    context.send(from, Wire::Ack(letter.message, attempt));
                }
                self.waiting.push_back((letter, attempt));
                self.work(context);
            }
            Wire::Done(message, attempt) => {
                self.landing.retain(|_, (letter, of, _)| letter.message != message || *of != attempt);
            }
            _ => {}
        }
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        if token == SUBSCRIBE {
            if !self.subscribed {
                self.subscribe(context);
            }
            return;
        }
        if token & LANDING != 0 {
            self.land(token & !LANDING, context);
            return;
        }
        if let Some((letter, attempt)) = self.working.remove(token) {
            self.finished(token, letter, attempt, context);
        }
        self.work(context);
    }

    fn disconnected(&mut self, _: NodeId, context: &mut Context<'_, Wire, S>) {
        // The broker's process died. A new session: the new process knows nothing of the old one.
        self.session = context.stream(SESSION).bits();
        self.subscribed = false;
        self.subscribe_tries = 0;
        context.watch(self.broker);
        self.subscribe(context);
    }

    fn parameter(&mut self, name: &str, value: &str, context: &mut Context<'_, Wire, S>) {
        crate::plan::change(&self.plan, name, value);
        self.work(context);
    }
}
