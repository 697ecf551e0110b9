// SPDX-License-Identifier: MIT OR Apache-2.0
//! A producer: offers messages, waits for confirms, tries again.

mod connection;

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Context, Dist, Node, Sink, TimerId};
use trace::{Map, MessageId, NodeId, Refusal, Time, What};

use crate::plan::{Arrivals, Mechanism, Plan};
use crate::wire::{Letter, Record, Wire};
use connection::{Connection, PROBE};

const ARRIVAL: u8 = 0;
/// Tokens of the timers for the next message and for the next rate; every other token is a message to send again.
const NEXT: u64 = u64::MAX;
const NEW_RATE: u64 = u64::MAX - 1;
/// What another broker should have been sent goes there after twice this long, then after twice as long, and so on.
const SENT_ON: Time = Time::millis(50);
/// No place among the receivers: the message waits to be sent on.
const NOWHERE: usize = usize::MAX;

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
    /// Whom of a cluster it takes for the leader: a place among the receivers.
    leader: usize,
    connection: Connection,
}

struct Unsettled {
    letter: Letter,
    tries: u64,
    timeout: Option<TimerId>,
    /// When it was offered.
    since: Time,
    /// Whom of a cluster it was sent to last, and how often it was sent on.
    to: usize,
    sent_on: u32,
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
        Producer {
            plan,
            receivers,
            index,
            offered: 0,
            unsettled: Map::new(),
            leader: 0,
            connection: Connection::default(),
        }
    }

    fn place_of(&self, receiver: NodeId) -> Option<usize> {
        self.receivers.iter().position(|known| *known == receiver)
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
        context.disk().write_through(0, Record::of(letter));
        context.record(|| What::Offered {
            producer: letter.producer,
            message: letter.message,
            seq: letter.seq,
            key: letter.key,
        });
        let since = context.now();
        let unsettled = Unsettled { letter, tries: 0, timeout: None, since, to: 0, sent_on: 0 };
        self.unsettled.insert(letter.message, unsettled);
        self.send(letter.message, context);
    }

    fn send<S: Sink>(&mut self, message: MessageId, context: &mut Context<'_, Wire, S>) {
        let (timeout, tries) = {
            let plan = self.plan.borrow();
            (plan.confirm_timeout, plan.tries)
        };
        let waits = self.connection.is_broken();
        let Some(unsettled) = self.unsettled.get_mut(message) else { return };
        if waits {
            // It is sent when somebody is there to take it.
            unsettled.timeout = None;
            return;
        }
        if unsettled.tries >= tries {
            self.give_up(message, context);
            return;
        }
        unsettled.tries += 1;
        unsettled.timeout = timeout.map(|timeout| context.timeout(timeout, message.0));
        let (letter, attempt) = (unsettled.letter, unsettled.tries);
        let queue = self.plan.borrow().queue;
        let place = match queue {
            // In turn; another try goes to the next.
            Mechanism::Direct => (message.0 + attempt) as usize % self.receivers.len(),
            _ => self.leader_to_try(message, attempt),
        };
        let receiver = self.receivers[place];
        let packet = match queue {
            Mechanism::Direct => Wire::Call { letter, attempt: attempt as u32 },
            Mechanism::Competing | Mechanism::Log | Mechanism::Accounts => Wire::Publish(letter),
        };
        context.send(receiver, packet);
    }

    /// Whoever did not answer does not lead, as far as this producer knows.
    fn leader_to_try(&mut self, message: MessageId, attempt: u64) -> usize {
        let count = self.receivers.len();
        let Some(unsettled) = self.unsettled.get_mut(message) else { return self.leader };
        // What is sent on waits longer each time, until a try of its own is over.
        if unsettled.to != NOWHERE {
            unsettled.sent_on = 0;
            if attempt > 1 && unsettled.to == self.leader {
                self.leader = self.connection.next_after(self.leader, count);
            }
        }
        unsettled.to = self.leader;
        self.leader
    }

    /// A broker of a cluster says that another leads: the message goes there, a little later each time. That is part of
    /// the same try, and as long as tries last it goes on.
    fn sent_on<S: Sink>(
        &mut self,
        message: MessageId,
        from: NodeId,
        leader: Option<NodeId>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let count = self.receivers.len();
        let known = leader.and_then(|leader| self.place_of(leader));
        let asked = self.place_of(from);
        if asked == Some(self.leader) || known.is_some() {
            self.leader = known.unwrap_or_else(|| self.connection.next_after(self.leader, count));
        }
        let limit = {
            let plan = self.plan.borrow();
            plan.confirm_timeout.map(|timeout| Time(timeout.0.saturating_mul(plan.tries)))
        };
        let Some(unsettled) = self.unsettled.get_mut(message) else { return };
        let Some(limit) = limit else { return };
        if context.now().since(unsettled.since) >= limit {
            return self.give_up(message, context);
        }
        // What comes twice, or of an earlier try, says nothing of this one.
        if asked != Some(std::mem::replace(&mut unsettled.to, NOWHERE)) {
            return;
        }
        unsettled.timeout.take().into_iter().for_each(|timer| context.cancel(timer));
        unsettled.tries -= 1;
        unsettled.sent_on += 1;
        let pause = Time(SENT_ON.0 << unsettled.sent_on.min(6));
        unsettled.timeout = Some(context.timer(pause, message.0));
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
        self.connect(context);
        self.arrive(true, context);
    }

    fn restart(&mut self, context: &mut Context<'_, Wire, S>) {
        self.offered = context.disk().read(0).and_then(Record::letter).map_or(0, |last| last.seq + 1);
        self.connect_anew(context);
        self.arrive(true, context);
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        self.place_of(from).into_iter().for_each(|place| _ = self.connection.hears(place));
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
            Wire::Connected => self.connected(context),
            Wire::NotLeader { message: Some(message), leader } => {
                self.sent_on(message, from, leader, context)
            }
            _ => {}
        }
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        match token {
            NEXT => self.arrive(false, context),
            NEW_RATE => self.wait_for_next(true, context),
            PROBE => self.probe(context),
            message => self.send(MessageId(message), context),
        }
    }

    fn disconnected(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        self.loses_connection(peer, context);
    }

    fn silent(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        context.hang_up(peer);
        self.loses_connection(peer, context);
    }

    // An exam sets nothing while it runs.
    #[cfg(not(bundled))]
    fn parameter(&mut self, name: &str, value: &str, _: &mut Context<'_, Wire, S>) {
        crate::plan::change(&self.plan, name, value);
    }
}
