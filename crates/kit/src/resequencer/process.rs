// SPDX-License-Identifier: MIT OR Apache-2.0
//! The process that runs the learner's code: it feeds the handlers and performs what they asked for.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use queues::{Letter, Record, Wire};
use sim::{Context, Node, Sink};
use trace::{MessageId, NodeId, Time, What};

use super::ledger::told_gone;
use super::{Build, Effect, Emit, Hands, Message, Out, Receipt, Resequencer};
use crate::simulated::{Panicked, Survived};
use crate::spot::{self, Call, Handler};

const SESSION: u8 = 2;
const SUBSCRIBE: u64 = 1;
const GO_ON: u64 = 2;
const SUBSCRIBE_AGAIN: Time = Time::millis(500);
/// What a call of the queue's client takes: short, but long enough for a crash to come between two of them.
const CALL: Time = Time::micros(300);

/// On the disk, `next` of each key stands at 1 + key, as the letter that is to come; the emitted messages behind this.
const LOG: u64 = 1 << 40;

static INCARNATIONS: AtomicU64 = AtomicU64::new(0);

/// What outlives the process: whoever reads on, and what the exam learned about the learner's code.
#[derive(Default)]
pub(super) struct Outside {
    /// How many emitted messages were read from the log so far.
    pub read: u64,
    /// The learner's code panicked.
    pub panicked: Option<Panicked>,
    /// A receipt of an earlier incarnation was used: something survived a crash that cannot.
    pub survived: Option<Survived>,
    /// Transactions committed.
    pub commits: u64,
    /// The first incarnation of this run; what is of an earlier one was left by another run.
    first: u64,
}

impl Outside {
    pub fn new() -> Outside {
        Outside { first: INCARNATIONS.load(Ordering::Relaxed), ..Outside::default() }
    }
}

enum Input {
    Deliver(Letter, u32),
    Gone(Letter),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The disk is being made durable before anything is read from it.
    Recovering,
    Idle,
    /// Waiting for a flush.
    Committing,
    /// Waiting for a call of the client to return.
    Calling,
    /// The learner's code panicked: nothing more happens here.
    Dead,
}

pub(super) struct Process {
    build: Build,
    outside: Rc<RefCell<Outside>>,
    queue: NodeId,
    buffer: usize,
    prefetch: u32,
    learner: Option<Box<dyn Resequencer>>,
    hands: Rc<Hands>,
    inbox: VecDeque<Input>,
    effects: VecDeque<Effect>,
    state: State,
    session: u64,
    subscribed: bool,
}

impl Process {
    pub fn new(
        build: Build,
        outside: Rc<RefCell<Outside>>,
        queue: NodeId,
        buffer: usize,
        prefetch: u32,
    ) -> Process {
        // Counted over all runs: a receipt may not survive those either.
        let incarnation = INCARNATIONS.fetch_add(1, Ordering::Relaxed);
        Process {
            build,
            outside,
            queue,
            buffer,
            prefetch,
            learner: None,
            hands: Rc::new(Hands { incarnation, ..Hands::default() }),
            inbox: VecDeque::new(),
            effects: VecDeque::new(),
            state: State::Recovering,
            session: 0,
            subscribed: false,
        }
    }

    fn subscribe<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        context.send(self.queue, Wire::Subscribe { prefetch: self.prefetch, session: self.session });
        context.timeout(SUBSCRIBE_AGAIN, SUBSCRIBE);
    }

    /// Whoever reads on sees what is durable, in the order in which it was emitted.
    fn publish<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let node = context.me();
        let mut outside = self.outside.borrow_mut();
        while let Some(&Record { letter, .. }) = context.disk().read(LOG + outside.read) {
            let attempt = letter.seq as u32;
            outside.read += 1;
            context.record(|| What::Applied { node, message: letter.message, attempt });
        }
    }

    /// Calls the learner's code. A panic ends the process for good and is kept for the verdict.
    fn call<S: Sink>(
        &mut self,
        call: Call,
        context: &mut Context<'_, Wire, S>,
        act: impl FnOnce(&mut Option<Box<dyn Resequencer>>, &mut Out),
    ) {
        let mut out = Out::new(context.clock().as_nanos() / 1_000_000);
        if let Err(message) = guarded(call, || act(&mut self.learner, &mut out)) {
            self.state = State::Dead;
            let panicked = Panicked { call, message, crash: None };
            let (node, text) = (Some(context.me()), panicked.note());
            context.record(|| What::Note { node, text });
            self.outside.borrow_mut().panicked.get_or_insert(panicked);
            return;
        }
        self.effects.extend(out.effects);
        let node = context.me();
        for (message, attempt) in self.hands.let_go.borrow_mut().drain(..) {
            context.record(|| What::Finished { node, message, attempt });
        }
    }

    fn handle<S: Sink>(&mut self, input: Input, context: &mut Context<'_, Wire, S>) {
        match input {
            Input::Deliver(letter, attempt) => {
                let node = context.me();
                context.record(|| What::Started { node, message: letter.message, attempt });
                let message = Message::new(letter, attempt, &self.hands);
                let receipt =
                    Receipt { message: letter.message, attempt, incarnation: self.hands.incarnation };
                let call = Call { handler: Handler::On, key: letter.key.into(), seq: letter.seq };
                self.call(call, context, |learner, out| {
                    if let Some(learner) = learner {
                        learner.on(message, receipt, out);
                    }
                });
            }
            Input::Gone(letter) => {
                let (node, text) = (Some(context.me()), told_gone(letter.message));
                context.record(|| What::Note { node, text });
                let call = Call { handler: Handler::Gone, key: letter.key.into(), seq: letter.seq };
                self.call(call, context, |learner, out| {
                    if let Some(learner) = learner {
                        learner.gone(letter.key, letter.seq, out);
                    }
                });
            }
        }
    }

    /// Goes on until it has to wait for something.
    fn go_on<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        while self.state == State::Idle {
            if let Some(effect) = self.effects.pop_front() {
                self.perform(effect, context);
            } else if let Some(input) = self.inbox.pop_front() {
                self.handle(input, context);
            } else {
                return;
            }
        }
    }

    fn perform<S: Sink>(&mut self, effect: Effect, context: &mut Context<'_, Wire, S>) {
        match effect {
            Effect::Commit { emits, next } => {
                for (end, Emit { letter, attempt, owner }) in (self.log_end(context)..).zip(emits) {
                    if owner.incarnation != self.hands.incarnation {
                        self.survived("", letter.message, owner.incarnation, context);
                    }
                    // The log keeps which delivery it was where the letter's own place stands.
                    context.disk().write(end, record(Letter { seq: attempt.into(), ..letter }));
                }
                for (key, next) in next {
                    let letter = Letter { message: MessageId(0), producer: context.me(), seq: next, key };
                    context.disk().write(1 + u64::from(key), record(letter));
                }
                self.outside.borrow_mut().commits += 1;
                self.state = State::Committing;
                context.flush(GO_ON);
            }
            Effect::RolledBack { emits } => {
                let node = Some(context.me());
                context.record(|| What::Note {
                    node,
                    text: format!("a transaction with {emits} emits is dropped without a commit"),
                });
            }
            Effect::Ack(receipt) => self.answer(receipt, true, context),
            Effect::Nack(receipt) => self.answer(receipt, false, context),
        }
    }

    fn answer<S: Sink>(&mut self, receipt: Receipt, ack: bool, context: &mut Context<'_, Wire, S>) {
        let Receipt { message, attempt, incarnation } = receipt;
        if incarnation != self.hands.incarnation {
            return self.survived("the receipt of ", message, incarnation, context);
        }
        let receipt = queues::Receipt { message, attempt, session: self.session };
        let answer = if ack { Wire::Ack(receipt) } else { Wire::Nack(receipt) };
        context.send(self.queue, answer);
        self.state = State::Calling;
        context.timer(CALL, GO_ON);
    }

    /// Something is here that a crash takes away, or the end of a run.
    fn survived<S: Sink>(
        &self,
        what: &str,
        message: MessageId,
        incarnation: u64,
        context: &mut Context<'_, Wire, S>,
    ) {
        let mut outside = self.outside.borrow_mut();
        let earlier_run = incarnation < outside.first;
        let sentence = if earlier_run {
            format!("{what}message {message} was kept from an earlier run: by a static or a thread-local")
        } else {
            format!(
                "{what}message {message} was kept by an incarnation that is gone; only the disk survives a crash"
            )
        };
        // One of an earlier run gives way: what a crash left behind can be shown within this run.
        if outside.survived.as_ref().is_none_or(|known| known.earlier_run && !earlier_run) {
            let node = Some(context.me());
            context.record(|| What::Note { node, text: sentence.clone() });
            outside.survived = Some(Survived { sentence, message, earlier_run });
        }
    }

    fn log_end<S: Sink>(&self, context: &mut Context<'_, Wire, S>) -> u64 {
        let last = context.disk().records().next_back().map(|(number, _)| number);
        last.filter(|number| *number >= LOG).map_or(LOG, |number| number + 1)
    }

    /// The disk holds what it holds: the learner's code begins.
    fn begin<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.publish(context);
        let next: BTreeMap<u32, u64> = context
            .disk()
            .records()
            .take_while(|(number, _)| *number < LOG)
            .map(|(_, record)| (record.letter.key, record.letter.seq))
            .collect();
        let (build, buffer) = (self.build, self.buffer);
        self.state = State::Idle;
        self.call(Call { handler: Handler::Start, key: 0, seq: 0 }, context, |learner, _| {
            *learner = Some(build(next, buffer));
        });
        if self.state != State::Dead {
            self.subscribe(context);
        }
    }
}

/// Runs learner's code: where it is can be read from outside, and a panic comes back as what it said.
fn guarded(call: Call, act: impl FnOnce()) -> Result<(), String> {
    spot::entering(call);
    let outcome = catch_unwind(AssertUnwindSafe(act));
    spot::left();
    outcome.map_err(|payload| {
        let text = crate::simulated::panic_text(payload.as_ref());
        // A payload may be of a type of the learner's, whose drop is learner's code again.
        std::mem::forget(payload);
        text
    })
}

/// A crash, or the end of the run. What the learner's type does when it is dropped is the learner's code, too.
impl Drop for Process {
    fn drop(&mut self) {
        let learner = self.learner.take();
        let call = Call { handler: Handler::Drop, key: 0, seq: 0 };
        if let Err(message) = guarded(call, || drop(learner)) {
            let mut outside = self.outside.borrow_mut();
            let crash = Some(self.hands.incarnation - outside.first);
            outside.panicked.get_or_insert(Panicked { call, message, crash });
        }
    }
}

impl<S: Sink> Node<Wire, S> for Process {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        self.session = context.stream(SESSION).bits();
        // What the last incarnation wrote and did not see flushed may still be in the page cache.
        context.flush(GO_ON);
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Subscribed(session) => self.subscribed |= session == self.session,
            // What an earlier incarnation was sent comes again.
            Wire::Deliver { session, .. } if session != self.session => {}
            Wire::Deliver { letter, attempt, .. } => {
                self.subscribed = true;
                self.inbox.push_back(Input::Deliver(letter, attempt));
            }
            Wire::Gone(letter) => {
                context.send(from, Wire::GoneHeard(letter.message));
                self.inbox.push_back(Input::Gone(letter));
            }
            _ => {}
        }
        self.go_on(context);
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        match token {
            SUBSCRIBE if !self.subscribed && self.state != State::Dead => self.subscribe(context),
            GO_ON if self.state == State::Calling => {
                self.state = State::Idle;
                self.go_on(context);
            }
            _ => {}
        }
    }

    fn flushed(&mut self, _: u64, context: &mut Context<'_, Wire, S>) {
        match self.state {
            State::Recovering => self.begin(context),
            State::Committing => {
                self.publish(context);
                self.state = State::Idle;
            }
            _ => return,
        }
        self.go_on(context);
    }
}

/// What the disk keeps here has no moment from which it may be seen.
fn record(letter: Letter) -> Record {
    Record { letter, visible_at: Time::ZERO }
}
