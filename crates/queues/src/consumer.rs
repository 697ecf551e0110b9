// SPDX-License-Identifier: MIT OR Apache-2.0
//! A consumer: takes messages, works, acks.

mod connection;
mod landing;
mod member;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use sim::{Context, Node, Sink, TimerId};
use trace::{Map, MessageId, NodeId, Set, Time, What};

use crate::plan::{Ack, Effects, Mechanism, Plan};
use crate::wire::{Letter, Receipt, Wire};
use member::Membership;

/// Streams of random numbers, by purpose.
const SERVICE: u8 = 0;
const FAILURE: u8 = 1;
const SESSION: u8 = 2;

/// Tokens of the timers that ask again, and that ack what is done; every other token is the number of a job.
const ASK: u64 = u64::MAX;
const COMMIT: u64 = u64::MAX >> 1;
const ASK_AGAIN: Time = Time::millis(500);
/// So often a request is repeated. Where it is not loss that takes it, but a broker that is dead or a cut, the connection
/// breaks once that is over, and asking begins anew.
const ASK_TRIES: u32 = 20;
/// This bit in a token: an effect that is not known to have landed; the rest is the number of its job.
const LANDING: u64 = 1 << 63;
/// This bit in a token: an ack to be sent; the rest is the number of its job.
const ACKING: u64 = 1 << 62;

/// Works on what the broker hands it, `concurrency` messages at a time, the others waiting in the order they came.
pub struct Consumer {
    plan: Rc<RefCell<Plan>>,
    /// All brokers of the queue, and the one that it is connected to.
    brokers: Vec<NodeId>,
    broker: NodeId,
    /// Whether it has turned to this one and not asked it yet.
    turned: bool,
    /// Where asynchronous effects land; without a store they take effect here.
    store: Option<NodeId>,
    waiting: VecDeque<Job>,
    /// Acked in this session, and not to be worked on before the broker's answer, by message and attempt.
    asked: Map<(MessageId, u32), Job>,
    /// To which of these the answer has come. It may come again, and so may the delivery.
    heard: Set<(MessageId, u32)>,
    working: Map<u64, Job>,
    /// Effects sent and not yet known to have landed, by the number of the job, with how often they were sent.
    landing: Map<u64, (Job, u32)>,
    /// Done, and acked a little later, by the number of the job.
    acking: Map<u64, Job>,
    jobs: u64,
    session: u64,
    asking: Asking,
    /// How often it has asked, and when it asks again.
    tries: u32,
    again: Option<TimerId>,
    /// What is to be acked in the order in which it came, and not acked yet: in a log, and with acks by the timer.
    unacked: Vec<Unacked>,
    /// Whether the timer for acks runs.
    commit_due: bool,
    /// What a consumer of a log keeps besides.
    member: Membership,
}

/// A delivery to be worked on.
#[derive(Clone, Copy, Debug)]
struct Job {
    letter: Letter,
    receipt: Receipt,
    /// How often its work has failed here and was begun again: in a log nobody else may do it.
    failed: u32,
    /// Whether it was acked before its work, and is here or nowhere.
    acked: bool,
}

/// What the broker was asked for and has not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    Nothing,
    Subscription,
    /// The next records of the log.
    Records,
    /// To take a commit before the work.
    Commit,
    /// Whether it leads, and takes the member for what it is.
    Resumption,
}

/// A delivery that is not acked.
#[derive(Clone, Copy, Debug)]
struct Unacked {
    /// The bit of its partition, within which acks keep order; none in a queue without partitions.
    line: u64,
    receipt: Receipt,
    done: bool,
}

/// How long a message's work takes: that depends on the message, not on who does it or how often.
pub(crate) fn work_span<S: Sink>(plan: &Plan, message: MessageId, context: &Context<'_, Wire, S>) -> Time {
    plan.work().sample(&mut context.message_stream(SERVICE, message, 0))
}

/// Whether this attempt at a message's work fails.
pub(crate) fn fails<S: Sink>(
    plan: &Plan,
    message: MessageId,
    attempt: u32,
    context: &Context<'_, Wire, S>,
) -> bool {
    plan.failures.happens(&mut context.message_stream(FAILURE, message, attempt))
}

impl Consumer {
    /// A consumer of the queue that these brokers keep.
    ///
    /// # Panics
    /// Without any broker.
    pub fn new(plan: Rc<RefCell<Plan>>, brokers: Vec<NodeId>, store: Option<NodeId>) -> Consumer {
        let broker = *brokers.first().expect("a queue is kept by somebody");
        Consumer {
            plan,
            brokers,
            broker,
            turned: false,
            store,
            waiting: VecDeque::new(),
            asked: Map::new(),
            heard: Set::new(),
            working: Map::new(),
            landing: Map::new(),
            acking: Map::new(),
            jobs: 0,
            session: 0,
            asking: Asking::Nothing,
            tries: 0,
            again: None,
            unacked: Vec::new(),
            commit_due: false,
            member: Membership::default(),
        }
    }

    /// Begins a session: what belonged to the one before counts no more.
    fn begin_session<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.session = context.stream(SESSION).bits();
        self.unacked.clear();
        // Whether these were let go of nobody will say any more.
        self.asked.clear();
        self.heard.clear();
        self.member = Membership::default();
        self.ask_for(Asking::Subscription, context);
    }

    #[inline(never)]
    fn ask_for<S: Sink>(&mut self, what: Asking, context: &mut Context<'_, Wire, S>) {
        self.answered(context);
        (self.asking, self.tries) = (what, 0);
        self.ask(context);
    }

    #[inline(never)]
    fn answered<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.asking = Asking::Nothing;
        self.again.take().into_iter().for_each(|timer| context.cancel(timer));
    }

    /// Asks until the broker answers: the request, or the answer, may be lost.
    fn ask<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let most = if self.is_patient() { ASK_TRIES * 10 } else { ASK_TRIES };
        if self.tries == most {
            // From here on the connection says when there is somebody to ask.
            return context.watch(self.broker);
        }
        self.tries += 1;
        // Whoever did not answer may be dead.
        let seeks = matches!(self.asking, Asking::Subscription | Asking::Resumption);
        if self.tries > 1 && seeks && !self.turned {
            self.turn_to(None, context);
        }
        self.turned = false;
        let (session, prefetch) = (self.session, self.plan.borrow().prefetch as u32);
        let request = match self.asking {
            Asking::Nothing => return,
            Asking::Subscription => Wire::Subscribe { prefetch, session },
            Asking::Records => Wire::Fetch { session, number: self.member.fetch, most: prefetch },
            Asking::Resumption => {
                Wire::Resume { session, number: self.member.fetch, read: self.member.next_to_tell() }
            }
            Asking::Commit => match self.member.batch.last() {
                Some(job) => Wire::Commit(job.receipt),
                None => return,
            },
        };
        context.send(self.broker, request);
        self.again = Some(context.timeout(self.pause(), ASK));
    }

    /// Acks what is done, in a log no further than to the first that is not.
    #[inline(never)]
    fn ack_done<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let mut open = 0;
        let mut ready = Vec::new();
        self.unacked.retain(|delivery| {
            let next = delivery.done && open & delivery.line == 0;
            if next {
                ready.push(*delivery);
            } else {
                open |= delivery.line;
            }
            !next
        });
        // The last of a partition speaks for all before it.
        let mut said = 0;
        for delivery in ready.iter().rev() {
            if said & delivery.line == 0 {
                said |= delivery.line;
                self.member.has_acked(delivery);
                context.send(self.broker, Wire::Ack(delivery.receipt));
            }
        }
    }

    /// A job is done. Between its effect and its ack there may be time, and in it a consumer can die.
    fn done<S: Sink>(&mut self, number: u64, job: Job, context: &mut Context<'_, Wire, S>) {
        if job.acked {
            let ack = self.plan.borrow().ack;
            if ack == Ack::Auto {
                context.send(self.broker, Wire::Credit(job.receipt.session));
            }
            return;
        }
        let after = self.plan.borrow().ack_after;
        if after == Time::ZERO {
            return self.ack(job, context);
        }
        self.acking.insert(number, job);
        context.timer(after, ACKING | number);
    }

    /// The ack of a job goes out, at once or with the timer.
    fn ack<S: Sink>(&mut self, job: Job, context: &mut Context<'_, Wire, S>) {
        let (ack, log, every) = {
            let plan = self.plan.borrow();
            (plan.ack, plan.queue == Mechanism::Log, plan.commit_every)
        };
        let receipt = job.receipt;
        if log {
            let own = self.unacked.iter_mut().find(|delivery| delivery.receipt == receipt);
            own.into_iter().for_each(|delivery| delivery.done = true);
        }
        if ack == Ack::Timer {
            if !log {
                self.unacked.push(Unacked { line: 0, receipt, done: true });
            }
            if !std::mem::replace(&mut self.commit_due, true) {
                context.timeout(every, COMMIT);
            }
        } else if log {
            self.ack_done(context);
        } else {
            context.send(self.broker, Wire::Ack(receipt));
        }
    }

    #[inline(never)]
    fn work<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let concurrency = self.plan.borrow().concurrency as usize;
        while self.working.len() < concurrency {
            let Some(mut job) = self.waiting.pop_front() else { return };
            let at_start = self.plan.borrow().ack == Ack::Start;
            if at_start {
                job.acked = true;
                context.send(self.broker, Wire::Ack(job.receipt));
            }
            let (node, Receipt { message, attempt, .. }) = (context.me(), job.receipt);
            let service = work_span(&self.plan.borrow(), message, context);
            self.jobs += 1;
            self.working.insert(self.jobs, job);
            context.work(service, self.jobs);
            context.record(|| What::Started { node, message, attempt });
        }
    }

    /// What comes again is not worked on; what was acked before its work is here or nowhere.
    #[inline(never)]
    fn keep_acked(&mut self) {
        self.waiting.retain(|job| job.acked);
    }

    /// The delivery that an answer of the broker is about, the first time that it comes.
    #[inline(never)]
    fn answered_removal(&mut self, receipt: Receipt) -> Option<Job> {
        let delivery = (receipt.message, receipt.attempt);
        self.heard.insert(delivery);
        self.asked.remove(delivery)
    }

    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.working.is_empty() && self.acking.is_empty()
    }

    fn finished<S: Sink>(&mut self, number: u64, job: Job, context: &mut Context<'_, Wire, S>) {
        let (effects, log) = {
            let plan = self.plan.borrow();
            (plan.effects, plan.queue == Mechanism::Log)
        };
        let (node, Receipt { message, attempt, .. }) = (context.me(), job.receipt);
        context.record(|| What::Finished { node, message, attempt });
        if fails(&self.plan.borrow(), message, attempt | job.failed << 16, context) {
            if job.acked {
                // Nobody has it any more who could be told.
            } else if log {
                // What stands behind it in its partition waits.
                self.fails_here(job);
            } else if self.plan.borrow().acks_failures {
                self.done(number, job, context);
            } else {
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
        self.done(number, job, context);
    }
}

impl<S: Sink> Node<Wire, S> for Consumer {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        self.connect(context);
        self.begin_session(context);
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            // A member's session outlives its leader. What one says that it has left, or has not turned to, may be over.
            Wire::Subscribed(_) | Wire::Assigned(_) | Wire::Revoke(_) | Wire::Resumed { .. }
                if from != self.broker => {}
            Wire::Subscribed(session) if session == self.session => self.subscribed(context),
            // What an earlier session was sent comes again in this one.
            Wire::Deliver { session, .. } if session != self.session => {}
            Wire::Deliver { letter, attempt, session } => {
                // A delivery proves the subscription, should the answer to it have been lost.
                self.answered(context);
                let receipt = Receipt { message: letter.message, attempt, session };
                let ack = self.plan.borrow().ack;
                let job = Job { letter, receipt, failed: 0, acked: ack.is_before_work() };
                match ack {
                    Ack::Last | Ack::Timer | Ack::Auto | Ack::Start => {}
                    Ack::First => context.send(from, Wire::Ack(receipt)),
                    Ack::Confirmed => {
                        // Of a copy that comes behind the answer nothing more is wanted.
                        if !self.heard.contains((receipt.message, attempt)) {
                            context.send(from, Wire::Remove(receipt));
                            self.asked.insert((receipt.message, attempt), job);
                        }
                        return;
                    }
                }
                self.waiting.push_back(job);
                self.work(context);
            }
            // Only what the broker has let go of for certain is worked on, and only once: a second answer finds nothing.
            Wire::Removed(receipt) if receipt.session == self.session => {
                let job = self.answered_removal(receipt);
                self.waiting.extend(job);
                self.work(context);
            }
            Wire::NotHeld(receipt) if receipt.session == self.session => _ = self.answered_removal(receipt),
            Wire::Assigned(session) if session == self.session => self.assigned(context),
            Wire::Revoke(session) if session == self.session => self.revoked(context),
            Wire::Resumed { session, number, read } if session == self.session => {
                self.resumed(number, read, context);
            }
            Wire::Parked { session, number } if self.is_next(session, number) => self.parked(context),
            Wire::Fetched { letter, attempt, session, batch } if self.is_next(session, batch.fetch) => {
                self.fetched(letter, attempt, batch, context);
            }
            Wire::NotLeader { leader, .. } => self.not_led(from, leader, context),
            Wire::Committed(receipt) => self.committed(receipt, context),
            Wire::Done(message, attempt) => {
                self.landing
                    .retain(|_, (job, _)| (job.receipt.message, job.receipt.attempt) != (message, attempt));
            }
            _ => {}
        }
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        if token == ASK {
            self.again = None;
            return self.ask(context);
        }
        if token == COMMIT {
            self.commit_due = false;
            return self.ack_done(context);
        }
        if token & LANDING != 0 {
            self.land(token & !LANDING, context);
            return;
        }
        if token & ACKING != 0 {
            if let Some(job) = self.acking.remove(token & !ACKING) {
                self.ack(job, context);
                self.go_on(context);
            }
            return;
        }
        if let Some(job) = self.working.remove(token) {
            self.finished(token, job, context);
        }
        self.work(context);
        self.go_on(context);
    }

    fn disconnected(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        // The broker's process died, or could not be reached so far.
        if peer == self.broker {
            self.lose_connection(context);
        }
    }

    fn silent(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        if peer == self.broker {
            context.hang_up(peer);
            self.lose_connection(context);
        }
    }

    // An exam sets nothing while it runs.
    #[cfg(not(bundled))]
    fn parameter(&mut self, name: &str, value: &str, context: &mut Context<'_, Wire, S>) {
        crate::plan::change(&self.plan, name, value);
        self.work(context);
    }
}
