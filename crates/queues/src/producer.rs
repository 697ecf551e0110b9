// SPDX-License-Identifier: MIT OR Apache-2.0
//! A producer: offers messages, waits for confirms, tries again.

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Context, Dist, Node, Sink, TimerId};
use trace::{Map, MessageId, NodeId, Refusal, Time, What};

use crate::plan::{Arrivals, Mechanism, Plan};
use crate::wire::{Letter, Record, Wire};

const ARRIVAL: u8 = 0;
/// Tokens of the timers for the next message and for the next rate; every other token is a message to send again.
const NEXT: u64 = u64::MAX;
const NEW_RATE: u64 = u64::MAX - 1;

/// Offers its share of the plan's messages. Its memory is the list of messages that are not settled: one that crashes
/// forgets them, and goes on with the next after what it noted on its disk. Without a confirm timeout it sends each
/// message once, and a confirm that comes is all the same noted.
pub struct Producer {
    plan: Rc<RefCell<Plan>>,
    /// Whom it sends to: the broker, or without one all that can be called.
    receivers: Vec<NodeId>,
    /// Its place among the producers: message ids are dealt out in turn, so that they follow the time of offering.
    index: u64,
    offered: u64,
    unsettled: Map<MessageId, Unsettled>,
}

struct Unsettled {
    letter: Letter,
    tries: u64,
    timeout: Option<TimerId>,
}

impl Producer {
    /// The producer at this place among its siblings.
    pub fn new(plan: Rc<RefCell<Plan>>, broker: NodeId, index: u64) -> Producer {
        Producer::calling(plan, vec![broker], index)
    }

    /// One that sends to several in turn, and tries the next when one does not answer.
    ///
    /// # Panics
    /// Without anybody to send to.
    pub fn calling(plan: Rc<RefCell<Plan>>, receivers: Vec<NodeId>, index: u64) -> Producer {
        assert!(!receivers.is_empty(), "a producer sends to somebody");
        Producer { plan, receivers, index, offered: 0, unsettled: Map::new() }
    }

    /// How many of the plan's messages are this producer's.
    fn share(&self) -> u64 {
        let plan = self.plan.borrow();
        plan.messages / plan.producers + u64::from(self.index < plan.messages % plan.producers)
    }

    fn offer<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.offered >= self.share() {
            return;
        }
        let (producers, keys) = {
            let plan = self.plan.borrow();
            (plan.producers, plan.keys)
        };
        let number = self.offered * producers + self.index + 1;
        let letter = Letter {
            message: MessageId(number),
            producer: context.me(),
            seq: self.offered,
            key: ((number - 1) % keys) as u32,
        };
        self.offered += 1;
        // How far it has come is part of what its application commits: durable, and none of this model's cost.
        context.disk().write_through(0, Record { letter, visible_at: Time::ZERO });
        context.record(|| What::Offered {
            producer: letter.producer,
            message: letter.message,
            seq: letter.seq,
            key: letter.key,
        });
        self.unsettled.insert(letter.message, Unsettled { letter, tries: 0, timeout: None });
        self.send(letter.message, context);
    }

    fn send<S: Sink>(&mut self, message: MessageId, context: &mut Context<'_, Wire, S>) {
        let (timeout, tries) = {
            let plan = self.plan.borrow();
            (plan.confirm_timeout, plan.tries)
        };
        let Some(unsettled) = self.unsettled.get_mut(message) else { return };
        if unsettled.tries >= tries {
            self.give_up(message, context);
            return;
        }
        unsettled.tries += 1;
        unsettled.timeout = timeout.map(|timeout| context.timeout(timeout, message.0));
        let (letter, attempt) = (unsettled.letter, unsettled.tries);
        // In turn; another try goes to the next.
        let place = (message.0 + attempt) % self.receivers.len() as u64;
        let receiver = self.receivers[place as usize];
        let packet = match self.plan.borrow().queue {
            Mechanism::Direct => Wire::Call { letter, attempt: attempt as u32 },
            Mechanism::Competing | Mechanism::Log | Mechanism::Accounts => Wire::Publish(letter),
        };
        context.send(receiver, packet);
    }

    fn give_up<S: Sink>(&mut self, message: MessageId, context: &mut Context<'_, Wire, S>) {
        if self.settle(message, context) {
            let node = context.me();
            context.record(|| What::Refused { node, message, why: Refusal::GaveUp });
            self.settled_one(context);
        }
    }

    fn settle<S: Sink>(&mut self, message: MessageId, context: &mut Context<'_, Wire, S>) -> bool {
        let Some(unsettled) = self.unsettled.remove(message) else { return false };
        if let Some(timeout) = unsettled.timeout {
            context.cancel(timeout);
        }
        true
    }

    fn settled_one<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.plan.borrow().arrivals == Arrivals::ClosedLoop {
            self.offer(context);
        }
    }

    /// Offers what is due now and sets the timer for what comes next.
    fn arrive<S: Sink>(&mut self, first: bool, context: &mut Context<'_, Wire, S>) {
        let together = {
            let plan = self.plan.borrow();
            match plan.arrivals {
                Arrivals::Backlog => self.share(),
                Arrivals::Bursts => self.burst(&plan),
                Arrivals::ClosedLoop if first => self.burst(&plan),
                Arrivals::ClosedLoop => return,
                Arrivals::Poisson | Arrivals::Steady => u64::from(!first),
            }
        };
        for _ in 0..together {
            self.offer(context);
        }
        self.wait_for_next(first, context);
    }

    /// Its part of what comes at once, and one message at least.
    fn burst(&self, plan: &Plan) -> u64 {
        let part = plan.burst / plan.producers + u64::from(self.index < plan.burst % plan.producers);
        part.max(1)
    }

    fn wait_for_next<S: Sink>(&mut self, first: bool, context: &mut Context<'_, Wire, S>) {
        if self.offered >= self.share() {
            return;
        }
        let now = context.now();
        let plan = self.plan.borrow();
        let (rate, changes) = plan.rate_at(now);
        let gap = Time(1_000_000_000 * plan.producers / rate);
        let pause = match plan.arrivals {
            Arrivals::Poisson => Dist::Exponential { mean: gap }.sample(context.stream(ARRIVAL)),
            // At first a part of the gap, so that several producers send in turn.
            Arrivals::Steady if first => Time(gap.0 * (self.index + 1) / plan.producers),
            Arrivals::Steady => gap,
            Arrivals::Bursts => Time(gap.0.saturating_mul(self.burst(&plan))),
            Arrivals::ClosedLoop | Arrivals::Backlog => return,
        };
        // The new rate holds from its moment on: what was still to come then is drawn anew, which changes nothing for
        // arrivals without memory.
        match changes.filter(|at| *at < now + pause && plan.arrivals != Arrivals::Bursts) {
            Some(at) => context.timer(at - now, NEW_RATE),
            None => context.timer(pause, NEXT),
        };
    }
}

impl<S: Sink> Node<Wire, S> for Producer {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        self.arrive(true, context);
    }

    fn restart(&mut self, context: &mut Context<'_, Wire, S>) {
        self.offered = context.disk().read(0).map_or(0, |last| last.letter.seq + 1);
        self.start(context);
    }

    fn receive(&mut self, _: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Confirm(message) if self.settle(message, context) => {
                let producer = context.me();
                context.record(|| What::Confirmed { producer, message });
                self.settled_one(context);
            }
            // The broker said no. Trying again is the timeout's affair: at once would only make it worse. Where there is no
            // timeout, or that was the last try, there is nothing to wait for.
            Wire::Refuse(message, _) => {
                let tries = self.plan.borrow().tries;
                let is_last = |own: &Unsettled| own.tries >= tries || own.timeout.is_none();
                if self.unsettled.get(message).is_some_and(is_last) {
                    self.give_up(message, context);
                }
            }
            _ => {}
        }
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        match token {
            NEXT => self.arrive(false, context),
            NEW_RATE => self.wait_for_next(true, context),
            message => self.send(MessageId(message), context),
        }
    }

    // An exam sets nothing while it runs.
    #[cfg(not(bundled))]
    fn parameter(&mut self, name: &str, value: &str, _: &mut Context<'_, Wire, S>) {
        crate::plan::change(&self.plan, name, value);
    }
}
