// SPDX-License-Identifier: MIT OR Apache-2.0
//! The process that runs a learner's event handlers in a simulated world.
//!
//! ```text
//!  packet, timer ──► exercise ──inbox──► one call of the learner's code ──effects──► exercise performs them one by one
//! ```
//!
//! What every exercise needs stands here: one call at a time, what a call asked for is done in virtual time before the
//! next call begins, a panic is a finding, each incarnation is a new one, and what was kept from an earlier one is seen.
//! What an [`Exercise`] adds is which handlers there are and how what they ask for is done.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use queues::Wire;
use sim::{Context, Node, Sink};
use trace::{MessageId, NodeId, Time, What};

use crate::held::Hands;
use crate::reproducible::{Panicked, Survived};
use crate::spot::{Call, DROP, START, guarded};

/// The token of the timer that ends a wait; those of an exercise begin above.
const GO_ON: u64 = 0;

thread_local! {
    /// Counted over all runs: what is kept from one run to the next is of another incarnation, too.
    static INCARNATIONS: Cell<u64> = const { Cell::new(0) };
}

/// What is particular to an exercise.
pub(crate) trait Exercise: Sized + 'static {
    /// The learner's code: `dyn` of the exercise's trait.
    type Answer: ?Sized;
    /// What a handler is called with.
    type Input;
    /// What a handler asks for.
    type Effect;

    /// The process runs, for the first time or again: begins the answer, or waits for the disk first.
    fn start<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>);

    /// A packet came: puts into the host's inbox what the learner's code shall hear of.
    fn receive<S: Sink>(
        &mut self,
        from: NodeId,
        packet: Wire,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    );

    /// A timer of the exercise's own went off.
    fn timer<S: Sink>(&mut self, token: u64, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>);

    /// A flush is done.
    fn flushed<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let _ = (host, context);
    }

    /// Calls the handler that this input is for.
    fn handle<S: Sink>(
        &mut self,
        input: Self::Input,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    );

    /// Does what a handler asked for. What takes time makes the host wait.
    fn perform<S: Sink>(
        &mut self,
        effect: Self::Effect,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    );

    /// The time of [`Host::wait_for`] is over.
    fn waited<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let _ = (host, context);
    }
}

/// What the exam learned about the learner's code; outlives the process.
#[derive(Default)]
pub(crate) struct Mishaps {
    /// The learner's code panicked.
    pub panicked: Option<Panicked>,
    /// Something of an earlier incarnation was used: it survived a crash that it cannot survive.
    pub survived: Option<Survived>,
    /// The first incarnation of this run; what is of an earlier one was left by another run.
    first: u64,
}

impl Mishaps {
    /// None yet, in a run that begins now.
    pub fn new() -> Rc<RefCell<Mishaps>> {
        let first = INCARNATIONS.get();
        Rc::new(RefCell::new(Mishaps { first, ..Mishaps::default() }))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    /// Something that was asked for takes its time.
    Waiting,
    /// The learner's code panicked: nothing more happens here.
    Dead,
}

/// One incarnation of the learner's code, and what it still has to hear and to do.
pub(crate) struct Host<X: Exercise> {
    answer: Option<Box<X::Answer>>,
    /// Where the messages of this incarnation report.
    pub hands: Rc<Hands>,
    /// What the learner's code is to hear of.
    pub inbox: VecDeque<X::Input>,
    effects: VecDeque<X::Effect>,
    state: State,
    mishaps: Rc<RefCell<Mishaps>>,
}

impl<X: Exercise> Host<X> {
    /// Whether the learner's code was begun.
    pub fn has_begun(&self) -> bool {
        self.answer.is_some()
    }

    /// Begins the learner's code.
    pub fn begin<S: Sink>(
        &mut self,
        context: &mut Context<'_, Wire, S>,
        build: impl FnOnce() -> Box<X::Answer>,
    ) -> bool {
        self.state = State::Idle;
        self.guarded(START, context, |answer| {
            *answer = Some(build());
            Vec::new()
        });
        self.state != State::Dead
    }

    /// Calls the learner's code: it answers with what it asks for. A panic ends the process for good and is kept for the
    /// verdict.
    pub fn call<S: Sink>(
        &mut self,
        call: Call,
        context: &mut Context<'_, Wire, S>,
        act: impl FnOnce(&mut X::Answer) -> Vec<X::Effect>,
    ) {
        self.guarded(call, context, |answer| answer.as_deref_mut().map(act).unwrap_or_default());
    }

    fn guarded<S: Sink>(
        &mut self,
        call: Call,
        context: &mut Context<'_, Wire, S>,
        act: impl FnOnce(&mut Option<Box<X::Answer>>) -> Vec<X::Effect>,
    ) {
        let node = context.me();
        match guarded(call, || act(&mut self.answer)) {
            Ok(effects) => {
                self.effects.extend(effects);
                self.report_let_go(context);
            }
            Err(message) => {
                self.state = State::Dead;
                let panicked = Panicked { call, message, crash: None };
                let (node, text) = (Some(node), panicked.note());
                context.record(|| What::Note { node, text });
                self.mishaps.borrow_mut().panicked.get_or_insert(panicked);
            }
        }
    }

    /// Writes into the trace which messages nobody here holds any more.
    pub fn report_let_go<S: Sink>(&self, context: &mut Context<'_, Wire, S>) {
        let node = context.me();
        for (message, attempt) in self.hands.take_let_go() {
            context.record(|| What::Finished { node, message, attempt });
        }
    }

    /// Waits this long, then goes on.
    pub fn wait_for<S: Sink>(&mut self, span: Time, context: &mut Context<'_, Wire, S>) {
        self.wait();
        context.timer(span, GO_ON);
    }

    /// Waits until [`Host::go_on`].
    pub fn wait(&mut self) {
        self.state = State::Waiting;
    }

    /// Ends a wait.
    pub fn go_on(&mut self) {
        self.state = State::Idle;
    }

    /// What stands in a message or a receipt belongs to this incarnation; if not, something is here that a crash takes
    /// away, or the end of a run.
    pub fn is_own<S: Sink>(
        &self,
        what: &str,
        message: MessageId,
        incarnation: u64,
        context: &mut Context<'_, Wire, S>,
    ) -> bool {
        if incarnation == self.hands.incarnation {
            return true;
        }
        let mut mishaps = self.mishaps.borrow_mut();
        let earlier_run = incarnation < mishaps.first;
        let sentence = if earlier_run {
            format!("{what}message {message} was kept from an earlier run: by a static or a thread-local")
        } else {
            format!(
                "{what}message {message} was kept by an incarnation that is gone; only the disk survives a crash"
            )
        };
        // One of an earlier run gives way: what a crash left behind can be shown within this run.
        if mishaps.survived.as_ref().is_none_or(|known| known.earlier_run && !earlier_run) {
            let node = Some(context.me());
            context.record(|| What::Note { node, text: sentence.clone() });
            mishaps.survived = Some(Survived { sentence, message, earlier_run });
        }
        false
    }
}

/// A crash, or the end of the run. What the learner's type does when it is dropped is the learner's code, too.
impl<X: Exercise> Drop for Host<X> {
    fn drop(&mut self) {
        let answer = self.answer.take();
        if let Err(message) = guarded(DROP, || drop(answer)) {
            let mut mishaps = self.mishaps.borrow_mut();
            let crash = Some(self.hands.incarnation - mishaps.first);
            mishaps.panicked.get_or_insert(Panicked { call: DROP, message, crash });
        }
    }
}

/// A node that runs the learner's code.
pub(crate) struct Process<X: Exercise> {
    exercise: X,
    host: Host<X>,
}

impl<X: Exercise> Process<X> {
    /// A new incarnation.
    pub fn new(exercise: X, mishaps: Rc<RefCell<Mishaps>>) -> Process<X> {
        let incarnation = INCARNATIONS.replace(INCARNATIONS.get() + 1);
        let host = Host {
            answer: None,
            hands: Hands::of(incarnation),
            inbox: VecDeque::new(),
            effects: VecDeque::new(),
            state: State::Waiting,
            mishaps,
        };
        Process { exercise, host }
    }

    /// Goes on until it has to wait for something.
    fn go_on<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        while self.host.state == State::Idle {
            if let Some(effect) = self.host.effects.pop_front() {
                self.exercise.perform(effect, &mut self.host, context);
            } else if let Some(input) = self.host.inbox.pop_front() {
                self.exercise.handle(input, &mut self.host, context);
            } else {
                return;
            }
        }
    }
}

impl<X: Exercise, S: Sink> Node<Wire, S> for Process<X> {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        self.exercise.start(&mut self.host, context);
        self.go_on(context);
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        self.exercise.receive(from, packet, &mut self.host, context);
        self.go_on(context);
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        if self.host.state == State::Dead {
            return;
        }
        if token == GO_ON {
            self.host.go_on();
            self.exercise.waited(&mut self.host, context);
        } else {
            self.exercise.timer(token, &mut self.host, context);
        }
        self.go_on(context);
    }

    fn flushed(&mut self, _: u64, context: &mut Context<'_, Wire, S>) {
        if self.host.state != State::Dead {
            self.exercise.flushed(&mut self.host, context);
            self.go_on(context);
        }
    }
}
