// SPDX-License-Identifier: MIT OR Apache-2.0
//! A consumer: a member of the group while its session lasts, and at work a little longer than that.

use std::collections::VecDeque;

use queues::{Letter, Receipt, Wire};
use sim::{Context, Dist, Node, Sink};
use trace::{NodeId, Time, What};

use crate::subscription::{SUBSCRIBE, Subscription};

/// The tokens of its timers, behind that of the subscription.
const JOIN: u64 = SUBSCRIBE + 1;
const WORKED: u64 = SUBSCRIBE + 2;

/// The stream that says how long a message's work takes.
const SERVICE: u8 = 0;
const WORK: Dist = Dist::Uniform { from: Time::millis(2), to: Time::millis(10) };

/// Works on what it is handed, one after the other, in the order in which it was handed out.
pub(super) struct Member {
    subscription: Subscription,
    store: NodeId,
    /// When it joins for the first time.
    joins: Time,
    /// What waits for its work, of this session.
    waiting: VecDeque<Job>,
    /// What it works on, or waits for the store's answer to. It may be of a session that is over: what was begun is done.
    job: Option<Job>,
    /// How many deliveries of this session came. Their connection keeps order: where one is missing it is broken.
    came: u32,
}

#[derive(Clone, Copy)]
struct Job {
    letter: Letter,
    receipt: Receipt,
}

impl Member {
    pub fn new(router: NodeId, store: NodeId, joins: Time) -> Member {
        let subscription = Subscription::to(router, 1);
        Member { subscription, store, joins, waiting: VecDeque::new(), job: None, came: 0 }
    }

    /// Joins the group, with nothing that it was handed before.
    fn join<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.waiting.clear();
        self.came = 0;
        self.subscription = Subscription::to(self.subscription.queue, 1);
        self.subscription.draw_session(context);
        self.subscription.ask(context);
    }

    fn delivered<S: Sink>(&mut self, nth: u32, job: Job, context: &mut Context<'_, Wire, S>) {
        if nth <= self.came {
            return;
        }
        if nth > self.came + 1 {
            let node = Some(context.me());
            let text = "a delivery is missing: the connection is broken, and it joins again".to_owned();
            context.record(|| What::Note { node, text });
            return self.join(context);
        }
        self.came = nth;
        self.waiting.push_back(job);
        self.work(context);
    }

    fn work<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.job.is_some() {
            return;
        }
        self.job = self.waiting.pop_front();
        let Some(Job { receipt: Receipt { message, attempt, .. }, .. }) = self.job else { return };
        let node = context.me();
        context.record(|| What::Started { node, message, attempt });
        let span = WORK.sample(&mut context.message_stream(SERVICE, message, 0));
        context.work(span, WORKED);
    }

    /// The store has answered: what it took is acked, what it refused is given back.
    fn answered<S: Sink>(&mut self, took: bool, answer: Wire, context: &mut Context<'_, Wire, S>) {
        let of_job = |job: &Job| {
            let Receipt { message, attempt, .. } = job.receipt;
            match answer {
                Wire::Done(m, a) => (m, a) == (message, attempt),
                Wire::NotHeld(receipt) => (receipt.message, receipt.attempt) == (message, attempt),
                _ => false,
            }
        };
        let Some(Job { receipt, .. }) = self.job.take_if(|job| of_job(job)) else { return };
        let (node, Receipt { message, attempt, .. }) = (context.me(), receipt);
        context.record(|| What::Finished { node, message, attempt });
        let answer = if took { Wire::Ack(receipt) } else { Wire::Nack(receipt) };
        context.send(self.subscription.queue, answer);
        self.work(context);
    }
}

impl<S: Sink> Node<Wire, S> for Member {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        let wait = self.joins.since(context.now());
        if wait > Time::ZERO { _ = context.timer(wait, JOIN) } else { self.join(context) }
    }

    fn receive(&mut self, _: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Fetched { letter, attempt, session, batch } if session == self.subscription.session => {
                let receipt = Receipt { message: letter.message, attempt, session };
                self.delivered(batch.fetch, Job { letter, receipt }, context);
            }
            Wire::Revoke(session) if session == self.subscription.session => self.join(context),
            Wire::Done(..) => self.answered(true, packet, context),
            Wire::NotHeld(_) => self.answered(false, packet, context),
            _ => _ = self.subscription.delivered(&packet),
        }
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        match token {
            SUBSCRIBE => self.subscription.ask(context),
            JOIN => self.join(context),
            _ => {
                if let Some(Job { letter, receipt }) = self.job {
                    context.send(self.store, Wire::Effect(letter, receipt.attempt));
                }
            }
        }
    }
}
