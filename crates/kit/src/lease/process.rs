// SPDX-License-Identifier: MIT OR Apache-2.0
//! A worker: jobs from a queue, work that goes on beside what the learner's code does, and results for a store.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use queues::{Letter, Receipt, Wire};
use sim::{Context, Dist, Sink};
use trace::{MessageId, NodeId, Set, Time, What};

use super::store::FENCED;
use super::{Answer, Asked, Build, Effect, Job, Out, Terms, Work, Worker};
use crate::host::{Exercise, Host};
use crate::spot::Call;
use crate::subscription::{SUBSCRIBE, Subscription};

/// What sending something takes: short, but long enough for a crash to come between two of them.
const CALL: Time = Time::micros(300);
/// No timer is longer than a day.
const LONGEST_TIMER_MS: u64 = 86_400_000;
/// The token of the first timer of a worker's own.
const FIRST_TIMER: u64 = SUBSCRIBE + 1;
/// The streams that say how long work takes, and how often it says that it goes on.
const LENGTH: u8 = 0;
const STEPS: u8 = 1;
/// Work takes from a part of a lease to several of them.
const LENGTHS: Dist = Dist::Uniform { from: Time::millis(100), to: Time::millis(2_000) };

/// What outlives the processes: the exam's own books.
#[derive(Default)]
pub(super) struct Outside {
    /// How often work was begun, and how often a lease was extended.
    pub works: u64,
    pub extends: u64,
}

/// What will go wrong with the first work on a job.
#[derive(Clone, Default)]
pub(super) struct Bad {
    pub stuck: Set<MessageId>,
    pub fails: Set<MessageId>,
}

pub(super) enum Input {
    Deliver(Letter, u32),
    Work(Receipt, Work),
    Answer(Receipt, Answer),
    Timer(Receipt),
}

/// What a timer of the process is for.
#[derive(Clone, Copy)]
enum Due {
    /// The next step of a piece of work, which takes so long.
    Step(Receipt, Time),
    /// The learner's.
    Timer(Receipt),
}

/// Work in progress: what is left of it.
struct Piece {
    receipt: Receipt,
    left: Time,
    /// How it ends; stuck work does not.
    end: Option<Work>,
}

pub(super) struct Working {
    build: Build,
    terms: Terms,
    subscription: Subscription,
    store: NodeId,
    bad: Bad,
    outside: Rc<RefCell<Outside>>,
    pieces: Vec<Piece>,
    /// What was handed to this incarnation, by job and token.
    given: Set<(MessageId, u32)>,
    due: Vec<Due>,
}

impl Working {
    pub fn new(
        build: Build,
        terms: Terms,
        [queue, store]: [NodeId; 2],
        bad: Bad,
        outside: Rc<RefCell<Outside>>,
    ) -> Working {
        let subscription = Subscription::to(queue, 2);
        let (pieces, given, due) = (Vec::new(), Set::new(), Vec::new());
        Working { build, terms, subscription, store, bad, outside, pieces, given, due }
    }

    fn call<S: Sink>(
        host: &mut Host<Working>,
        context: &mut Context<'_, Wire, S>,
        says: &'static str,
        receipt: Receipt,
        act: impl FnOnce(&mut dyn Worker, Job, &mut Out),
    ) {
        let job = Job::of(receipt, host.hands.incarnation);
        let mut out = Out::new(context.clock().as_nanos() / 1_000_000);
        host.call(Call { says, input: [job.number, job.token] }, context, |worker| {
            act(worker, job, &mut out);
            out.effects
        });
    }

    fn set<S: Sink>(&mut self, span: Time, due: Due, context: &mut Context<'_, Wire, S>) {
        let number = FIRST_TIMER + self.due.len() as u64;
        self.due.push(due);
        context.timer(span, number);
    }

    fn work<S: Sink>(&mut self, receipt: Receipt, context: &mut Context<'_, Wire, S>) {
        if self.pieces.iter().any(|piece| piece.receipt == receipt) {
            return;
        }
        let (node, Receipt { message, attempt, .. }) = (context.me(), receipt);
        self.outside.borrow_mut().works += 1;
        context.record(|| What::Started { node, message, attempt });
        let left = LENGTHS.sample(&mut context.message_stream(LENGTH, message, attempt));
        let first = attempt == 1;
        let end = match () {
            () if first && self.bad.stuck.contains(message) => None,
            () if first && self.bad.fails.contains(message) => Some(Work::Failed),
            () => Some(Work::Done),
        };
        // What goes wrong does so half-way.
        let left = if end == Some(Work::Done) { left } else { Time(left.0 / 2) };
        self.pieces.push(Piece { receipt, left, end });
        self.step(receipt, Time::ZERO, context);
    }

    /// Work has gone on for so long: what comes of it, if anything does.
    fn step<S: Sink>(
        &mut self,
        receipt: Receipt,
        took: Time,
        context: &mut Context<'_, Wire, S>,
    ) -> Option<Work> {
        let place = self.pieces.iter().position(|piece| piece.receipt == receipt)?;
        let piece = &mut self.pieces[place];
        piece.left = piece.left - took;
        if piece.left > Time::ZERO {
            let most = self.terms.step_ms;
            let next = Time::millis(most / 5 + context.stream(STEPS).below(most - most / 5)).min(piece.left);
            self.set(next, Due::Step(receipt, next), context);
            return (took > Time::ZERO).then_some(Work::GoesOn);
        }
        let (node, Receipt { message, attempt, .. }) = (context.me(), receipt);
        let end = self.pieces.remove(place).end;
        match end {
            Some(Work::Done) => context.record(|| What::Finished { node, message, attempt }),
            _ => {
                let text = Stopped { message, attempt, fails: end.is_some() }.to_string();
                context.record(|| What::Note { node: Some(node), text });
            }
        }
        end
    }
}

/// Work that has stopped without a result.
#[derive(Clone, Copy)]
pub(super) struct Stopped {
    pub message: MessageId,
    pub attempt: u32,
    /// Whether the learner's code is told.
    pub fails: bool,
}

const FAILED: &str = "work fails: job ";
const STUCK: &str = "work is stuck: job ";
const TOKEN: &str = ", token ";

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stopped { message, attempt, fails } = self;
        write!(f, "{}{message}{TOKEN}{attempt}", if *fails { FAILED } else { STUCK })
    }
}

impl Stopped {
    /// Reads a note, if it is one of these.
    pub fn read(text: &str) -> Option<Stopped> {
        let failed = text.strip_prefix(FAILED);
        let (message, attempt) = failed.or_else(|| text.strip_prefix(STUCK))?.split_once(TOKEN)?;
        let message = MessageId(message.parse().ok()?);
        Some(Stopped { message, attempt: attempt.parse().ok()?, fails: failed.is_some() })
    }
}

impl Exercise for Working {
    type Answer = dyn Worker;
    type Input = Input;
    type Effect = Effect;

    fn start<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        self.subscription.draw_session(context);
        let (build, terms) = (self.build, self.terms);
        if host.begin(context, || build(terms)) {
            self.subscription.ask(context);
        }
    }

    fn receive<S: Sink>(
        &mut self,
        from: NodeId,
        packet: Wire,
        host: &mut Host<Self>,
        _: &mut Context<'_, Wire, S>,
    ) {
        let session = self.subscription.session;
        let (receipt, answer) = match packet {
            // The store knows of no sessions: an answer to an earlier incarnation is about a job of an earlier one.
            Wire::Done(message, attempt) => (Receipt { message, attempt, session }, Answer::Written),
            Wire::NotHeld(Receipt { message, attempt, .. }) if from == self.store => {
                (Receipt { message, attempt, session }, Answer::Fenced)
            }
            Wire::NotHeld(receipt) => (receipt, Answer::NotHeld),
            Wire::Removed(receipt) => (receipt, Answer::Deleted),
            Wire::Extended { receipt, held: true } => (receipt, Answer::Extended),
            Wire::Extended { receipt, held: false } => (receipt, Answer::NotHeld),
            packet => {
                // Of two copies of a delivery one is as good as none.
                if let Some((letter, attempt)) = self.subscription.delivered(&packet)
                    && self.given.insert((letter.message, attempt))
                {
                    host.inbox.push_back(Input::Deliver(letter, attempt));
                }
                return;
            }
        };
        if receipt.session == session && self.given.contains((receipt.message, receipt.attempt)) {
            host.inbox.push_back(Input::Answer(receipt, answer));
        }
    }

    fn timer<S: Sink>(&mut self, token: u64, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        if token == SUBSCRIBE {
            return self.subscription.ask(context);
        }
        match self.due.get((token - FIRST_TIMER) as usize).copied() {
            Some(Due::Step(receipt, took)) => {
                if let Some(work) = self.step(receipt, took, context) {
                    host.inbox.push_back(Input::Work(receipt, work));
                }
            }
            Some(Due::Timer(receipt)) => host.inbox.push_back(Input::Timer(receipt)),
            None => {}
        }
    }

    fn handle<S: Sink>(&mut self, input: Input, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        match input {
            Input::Deliver(letter, attempt) => {
                let session = self.subscription.session;
                let receipt = Receipt { message: letter.message, attempt, session };
                let says = "on_job(job {}, token {})";
                Working::call(host, context, says, receipt, |worker, job, out| worker.on_job(job, out));
            }
            Input::Work(receipt, work) => {
                let says = match work {
                    Work::GoesOn => "on_work(job {}, token {}, GoesOn)",
                    Work::Done => "on_work(job {}, token {}, Done)",
                    Work::Failed => "on_work(job {}, token {}, Failed)",
                };
                Working::call(host, context, says, receipt, |worker, job, out| {
                    worker.on_work(job, work, out)
                });
            }
            Input::Answer(receipt, answer) => {
                let says = match answer {
                    Answer::Extended => "on_answer(job {}, token {}, Extended)",
                    Answer::NotHeld => "on_answer(job {}, token {}, NotHeld)",
                    Answer::Deleted => "on_answer(job {}, token {}, Deleted)",
                    Answer::Written => "on_answer(job {}, token {}, Written)",
                    Answer::Fenced => "on_answer(job {}, token {}, Fenced)",
                };
                Working::call(host, context, says, receipt, |worker, job, out| {
                    worker.on_answer(job, answer, out);
                });
            }
            Input::Timer(receipt) => {
                let says = "on_timer(job {}, token {})";
                Working::call(host, context, says, receipt, |worker, job, out| worker.on_timer(job, out));
            }
        }
    }

    fn perform<S: Sink>(
        &mut self,
        effect: Effect,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let Effect { receipt, incarnation, what } = effect;
        if !host.is_own("", receipt.message, incarnation, context) {
            return;
        }
        let (queue, Receipt { message, attempt, .. }) = (self.subscription.queue, receipt);
        match what {
            Asked::Work => return self.work(receipt, context),
            Asked::Timer(ms) => {
                let span = Time::millis(ms.clamp(1, LONGEST_TIMER_MS));
                return self.set(span, Due::Timer(receipt), context);
            }
            Asked::Extend => {
                self.outside.borrow_mut().extends += 1;
                context.send(queue, Wire::Extend(receipt));
            }
            Asked::Write(token) => {
                if token != Some(attempt.into()) {
                    // Packets do not show it.
                    let with = token
                        .map_or("without a token".to_owned(), |token| format!("with {token} for a token"));
                    let text = format!(
                        "the result of job {message}, handed out with token {attempt}, is sent {with}"
                    );
                    let node = Some(context.me());
                    context.record(|| What::Note { node, text });
                }
                let key = if token.is_some() { FENCED } else { 0 };
                let seq = token.unwrap_or(0);
                let letter = Letter { message, producer: context.me(), seq, key };
                context.send(self.store, Wire::Effect(letter, attempt));
            }
            Asked::Delete(true) => context.send(queue, Wire::Remove(receipt)),
            Asked::Delete(false) => context.send(queue, Wire::Ack(receipt)),
        }
        host.wait_for(CALL, context);
    }
}
