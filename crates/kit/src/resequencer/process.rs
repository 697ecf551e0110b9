// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the resequencer's process adds to the host: a queue to subscribe to, and a disk that takes transactions.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use queues::{Letter, Record, Wire};
use sim::{Context, Sink};
use trace::{MessageId, NodeId, Time, What};

use super::ledger::told_gone;
use super::{Build, Effect, Emit, Message, Out, Resequencer};
use crate::held::{Body, Receipt};
use crate::host::{Exercise, Host};
use crate::spot::Call;
use crate::subscription::{SUBSCRIBE, Subscription};

const FLUSHED: u64 = 2;
/// What a call of the queue's client takes: short, but long enough for a crash to come between two of them.
const CALL: Time = Time::micros(300);

/// On the disk, `next` of each key stands at 1 + key, as the letter that is to come; the emitted messages behind this.
const LOG: u64 = 1 << 40;

/// Whoever reads on; outlives the process.
#[derive(Default)]
pub(super) struct Reader {
    /// How many emitted messages were read from the log so far.
    pub read: u64,
    /// Transactions committed.
    pub commits: u64,
}

pub(super) enum Input {
    Deliver(Letter, u32),
    Gone(Letter),
}

pub(super) struct Resequencing {
    build: Build,
    reader: Rc<RefCell<Reader>>,
    buffer: usize,
    subscription: Subscription,
}

impl Resequencing {
    pub fn new(
        build: Build,
        reader: Rc<RefCell<Reader>>,
        buffer: usize,
        subscription: Subscription,
    ) -> Resequencing {
        Resequencing { build, reader, buffer, subscription }
    }

    /// Whoever reads on sees what is durable, in the order in which it was emitted.
    fn publish<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let node = context.me();
        let mut reader = self.reader.borrow_mut();
        while let Some(letter) = context.disk().read(LOG + reader.read).and_then(Record::letter) {
            let attempt = letter.seq as u32;
            reader.read += 1;
            context.record(|| What::Applied { node, message: letter.message, attempt });
        }
    }

    fn commit<S: Sink>(
        &mut self,
        emits: Vec<Emit>,
        next: Vec<(u32, u64)>,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        for (end, Emit { letter, attempt, owner }) in (log_end(context)..).zip(emits) {
            let _ = host.is_own("", letter.message, owner.incarnation, context);
            // The log keeps which delivery it was where the letter's own place stands.
            context.disk().write(end, record(Letter { seq: attempt.into(), ..letter }));
        }
        for (key, next) in next {
            let letter = Letter { message: MessageId(0), producer: context.me(), seq: next, key };
            context.disk().write(1 + u64::from(key), record(letter));
        }
        self.reader.borrow_mut().commits += 1;
        host.wait();
        context.flush(FLUSHED);
    }

    fn answer<S: Sink>(
        &mut self,
        receipt: Receipt,
        ack: bool,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let Receipt { message, attempt, incarnation } = receipt;
        if host.is_own("the receipt of ", message, incarnation, context) {
            let receipt = queues::Receipt { message, attempt, session: self.subscription.session };
            let answer = if ack { Wire::Ack(receipt) } else { Wire::Nack(receipt) };
            context.send(self.subscription.queue, answer);
            host.wait_for(CALL, context);
        }
    }

    /// The disk holds what it holds: the learner's code begins.
    fn begin<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        self.publish(context);
        let next: BTreeMap<u32, u64> = context
            .disk()
            .records()
            .take_while(|(number, _)| *number < LOG)
            .filter_map(|(_, record)| record.letter())
            .map(|letter| (letter.key, letter.seq))
            .collect();
        if host.begin(context, || (self.build)(next, self.buffer)) {
            self.subscription.ask(context);
        }
    }
}

impl Exercise for Resequencing {
    type Answer = dyn Resequencer;
    type Input = Input;
    type Effect = Effect;

    fn start<S: Sink>(&mut self, _: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        self.subscription.draw_session(context);
        // What the last incarnation wrote and did not see flushed may still be in the page cache.
        context.flush(FLUSHED);
    }

    fn receive<S: Sink>(
        &mut self,
        from: NodeId,
        packet: Wire,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        if let Wire::Gone(letter) = packet {
            context.send(from, Wire::GoneHeard(letter.message));
            host.inbox.push_back(Input::Gone(letter));
        } else if let Some((letter, attempt)) = self.subscription.delivered(&packet) {
            host.inbox.push_back(Input::Deliver(letter, attempt));
        }
    }

    fn timer<S: Sink>(&mut self, token: u64, _: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        if token == SUBSCRIBE {
            self.subscription.ask(context);
        }
    }

    fn flushed<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        if host.has_begun() {
            self.publish(context);
            host.go_on();
        } else {
            self.begin(host, context);
        }
    }

    fn handle<S: Sink>(&mut self, input: Input, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let (node, now_ms) = (context.me(), context.clock().as_nanos() / 1_000_000);
        match input {
            Input::Deliver(letter, attempt) => {
                context.record(|| What::Started { node, message: letter.message, attempt });
                let message = Message::new(Body { letter, attempt, owner: host.hands.clone() });
                let receipt =
                    Receipt { message: letter.message, attempt, incarnation: host.hands.incarnation };
                let input = [letter.key.into(), letter.seq];
                let call = Call { says: "on(message of key {}, seq {})", input };
                host.call(call, context, |answer| {
                    let mut out = Out::new(now_ms);
                    answer.on(message, receipt, &mut out);
                    out.effects
                });
            }
            Input::Gone(letter) => {
                let (node, text) = (Some(node), told_gone(letter.message));
                context.record(|| What::Note { node, text });
                let input = [letter.key.into(), letter.seq];
                let call = Call { says: "gone(key {}, seq {})", input };
                host.call(call, context, |answer| {
                    let mut out = Out::new(now_ms);
                    answer.gone(letter.key, letter.seq, &mut out);
                    out.effects
                });
            }
        }
    }

    fn perform<S: Sink>(
        &mut self,
        effect: Effect,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        match effect {
            Effect::Commit { emits, next } => self.commit(emits, next, host, context),
            Effect::RolledBack { emits } => {
                let node = Some(context.me());
                let text = format!("a transaction with {emits} emits is dropped without a commit");
                context.record(|| What::Note { node, text });
            }
            Effect::Ack(receipt) => self.answer(receipt, true, host, context),
            Effect::Nack(receipt) => self.answer(receipt, false, host, context),
        }
    }
}

fn log_end<S: Sink>(context: &mut Context<'_, Wire, S>) -> u64 {
    let last = context.disk().records().next_back().map(|(number, _)| number);
    last.filter(|number| *number >= LOG).map_or(LOG, |number| number + 1)
}

/// What the disk keeps here has no moment from which it may be seen.
fn record(letter: Letter) -> Record {
    Record::of(letter)
}
