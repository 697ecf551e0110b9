// SPDX-License-Identifier: MIT OR Apache-2.0
//! A consumer: takes messages, works, acks.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use sim::{Context, Node, Sink};
use trace::{Map, MessageId, NodeId, Time, What};

use crate::plan::{Ack, Effects, Plan};
use crate::wire::{Letter, Receipt, Wire};

/// Streams of random numbers, by purpose.
const SERVICE: u8 = 0;
const FAILURE: u8 = 1;
const SESSION: u8 = 2;

/// Token of the timer that asks for a subscription again.
const SUBSCRIBE: u64 = u64::MAX;
const SUBSCRIBE_AGAIN: Time = Time::millis(500);
/// So often a request for a subscription is repeated. Where it is not loss that takes it, but a broker that is dead or a
/// cut, the connection breaks once that is over, and asking begins anew.
const SUBSCRIBE_TRIES: u32 = 20;
/// This bit in a token: an effect that is not known to have landed; the rest is the number of its job.
const LANDING: u64 = 1 << 63;
/// This bit in a token: an ack to be sent; the rest is the number of its job.
const ACKING: u64 = 1 << 62;
/// An effect is sent again when it has not landed after this long, or after so many times what one takes on average.
const LAND_AGAIN: Time = Time::secs(1);
const LAND_AGAIN_MEANS: u64 = 10;
/// So often an effect is sent. If its store cannot be reached for longer, it is lost.
const LAND_TRIES: u32 = 10;

/// Works on what the broker hands it, `concurrency` messages at a time, the others waiting in the order they came.
pub struct Consumer {
    plan: Rc<RefCell<Plan>>,
    broker: NodeId,
    /// Where asynchronous effects land; without a store they take effect here.
    store: Option<NodeId>,
    waiting: VecDeque<Job>,
    /// Acked, and not to be worked on before the broker's answer, by message and attempt.
    asked: Map<(MessageId, u32), Job>,
    working: Map<u64, Job>,
    /// Effects sent and not yet known to have landed, by the number of the job, with how often they were sent.
    landing: Map<u64, (Job, u32)>,
    /// Done, and acked a little later, by the number of the job.
    acking: Map<u64, Receipt>,
    jobs: u64,
    session: u64,
    subscribed: bool,
    subscribe_tries: u32,
}

/// A delivery to be worked on.
#[derive(Clone, Copy, Debug)]
struct Job {
    letter: Letter,
    receipt: Receipt,
}

impl Consumer {
    /// A consumer of this broker's queue.
    pub fn new(plan: Rc<RefCell<Plan>>, broker: NodeId, store: Option<NodeId>) -> Consumer {
        Consumer {
            plan,
            broker,
            store,
            waiting: VecDeque::new(),
            asked: Map::new(),
            working: Map::new(),
            landing: Map::new(),
            acking: Map::new(),
            jobs: 0,
            session: 0,
            subscribed: false,
            subscribe_tries: 0,
        }
    }

    /// Asks until the broker answers: the request, or the answer, may be lost.
    fn subscribe<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.subscribe_tries == SUBSCRIBE_TRIES {
            // From here on the connection says when there is somebody to ask.
            return context.watch(self.broker);
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
            let Some(job) = self.waiting.pop_front() else { return };
            let (node, Receipt { message, attempt, .. }) = (context.me(), job.receipt);
            // How much work a message is depends on the message, not on who does it or how often.
            let service = span.sample(&mut context.message_stream(SERVICE, message, 0));
            self.jobs += 1;
            self.working.insert(self.jobs, job);
            context.work(service, self.jobs);
            context.record(|| What::Started { node, message, attempt });
        }
    }

    /// Sends an effect on its way, again and again until the store says that it landed or there were enough tries.
    fn land<S: Sink>(&mut self, number: u64, context: &mut Context<'_, Wire, S>) {
        let (Some(store), Some((job, tries))) = (self.store, self.landing.get_mut(number)) else { return };
        if *tries == LAND_TRIES {
            self.landing.remove(number);
            return;
        }
        *tries += 1;
        context.send(store, Wire::Effect(job.letter, job.receipt.attempt));
        let usual = self.plan.borrow().effect_latency;
        context.timeout(LAND_AGAIN.max(Time(usual.0.saturating_mul(LAND_AGAIN_MEANS))), LANDING | number);
    }

    fn finished<S: Sink>(&mut self, number: u64, job: Job, context: &mut Context<'_, Wire, S>) {
        let (failures, ack, effects) = {
            let plan = self.plan.borrow();
            (plan.failures, plan.ack, plan.effects)
        };
        let (node, Receipt { message, attempt, .. }) = (context.me(), job.receipt);
        context.record(|| What::Finished { node, message, attempt });
        if failures.happens(&mut context.message_stream(FAILURE, message, attempt)) {
            if ack == Ack::Last {
                context.send(self.broker, Wire::Nack(job.receipt));
            }
            return;
        }
        match (effects, self.store) {
            (Effects::Asynchronous, Some(_)) => {
                self.landing.insert(number, (job, 0));
                self.land(number, context);
            }
            _ => context.record(|| What::Applied { node, message, attempt }),
        }
        // An asynchronous consumer acks what it has sent on its way; that is what makes it fast, and what it promises
        // is no more than that.
        if ack == Ack::Last {
            self.ack(number, job.receipt, context);
        }
    }

    /// Between an effect and its ack there is time, and in it a consumer can die.
    fn ack<S: Sink>(&mut self, number: u64, receipt: Receipt, context: &mut Context<'_, Wire, S>) {
        let after = self.plan.borrow().ack_after;
        if after == Time::ZERO {
            return context.send(self.broker, Wire::Ack(receipt));
        }
        self.acking.insert(number, receipt);
        context.timer(after, ACKING | number);
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
            Wire::Subscribed(session) => self.subscribed |= session == self.session,
            // What an earlier session was sent comes again in this one.
            Wire::Deliver { session, .. } if session != self.session => {}
            Wire::Deliver { letter, attempt, session } => {
                // A delivery proves the subscription, should the answer to it have been lost.
                self.subscribed = true;
                let receipt = Receipt { message: letter.message, attempt, session };
                let job = Job { letter, receipt };
                let ack = self.plan.borrow().ack;
                match ack {
                    Ack::Last => {}
                    Ack::First => context.send(from, Wire::Ack(receipt)),
                    Ack::Confirmed => {
                        context.send(from, Wire::Remove(receipt));
                        self.asked.insert((receipt.message, attempt), job);
                        return;
                    }
                }
                self.waiting.push_back(job);
                self.work(context);
            }
            // Only what the broker has let go of for certain is worked on, and only once: a second answer finds nothing.
            Wire::Removed(receipt) => {
                self.waiting.extend(self.asked.remove((receipt.message, receipt.attempt)));
                self.work(context);
            }
            Wire::NotHeld(receipt) => {
                self.asked.remove((receipt.message, receipt.attempt));
            }
            Wire::Done(message, attempt) => {
                self.landing
                    .retain(|_, (job, _)| (job.receipt.message, job.receipt.attempt) != (message, attempt));
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
        if token & ACKING != 0 {
            if let Some(receipt) = self.acking.remove(token & !ACKING) {
                context.send(self.broker, Wire::Ack(receipt));
            }
            return;
        }
        if let Some(job) = self.working.remove(token) {
            self.finished(token, job, context);
        }
        self.work(context);
    }

    fn disconnected(&mut self, _: NodeId, context: &mut Context<'_, Wire, S>) {
        // The broker's process died, or could not be reached so far. A new session: the new process knows nothing of the
        // old one, and what it did not hear of being done it hands out again. What was acked is here or nowhere.
        if self.plan.borrow().ack == Ack::Last {
            self.waiting.clear();
        }
        // Whether these were let go of nobody will say any more.
        self.asked = Map::new();
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
