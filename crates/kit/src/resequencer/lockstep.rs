// SPDX-License-Identifier: MIT OR Apache-2.0
//! How calls of a resequencer travel: a stand-in on the exam's side, the protocol on the answer's.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use trace::MessageId;

use super::{Build, Effect, Emit, Message, Out, Receipt, Resequencer};
use crate::held::{Body, Hands};
use crate::lockstep::desk::{FIRST, Protocol, START};
use crate::lockstep::frame::{Numbers, put_list};
use crate::lockstep::remote::{Asked, Given, Remote, forged};

const ON: u64 = FIRST;
const GONE: u64 = FIRST + 1;

const COMMIT: u64 = 0;
const ROLLED_BACK: u64 = 1;
const ACK: u64 = 2;
const NACK: u64 = 3;

pub(super) struct StandIn {
    remote: Remote,
    messages: Given<Message>,
    receipts: Given<Receipt>,
}

impl Resequencer for StandIn {
    fn start(next: BTreeMap<u32, u64>, buffer: usize) -> StandIn {
        let mut call = vec![START, buffer as u64];
        call.extend(next.into_iter().flat_map(|(key, next)| [key.into(), next]));
        StandIn { remote: Remote::start(&call), messages: Given::new(), receipts: Given::new() }
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let Message { key, seq, offset, .. } = message;
        let delivery = receipt.attempt.into();
        let (receipt, message) = (self.receipts.give(receipt), self.messages.give(message));
        let call = [ON, out.now_ms, message, receipt, key.into(), seq, offset, delivery];
        let asked = self.remote.ask(&call);
        self.perform(asked, out);
    }

    fn gone(&mut self, key: u32, seq: u64, out: &mut Out) {
        let asked = self.remote.ask(&[GONE, out.now_ms, key.into(), seq]);
        self.perform(asked, out);
    }
}

impl StandIn {
    fn perform(&mut self, asked: Asked, out: &mut Out) {
        let let_go = asked.read(|asked, let_go| {
            // Emitted is passed on: once, and nobody holds it any more.
            let mut emitted = BTreeSet::new();
            while let Some(effect) = asked.next() {
                let effect = match effect {
                    COMMIT => {
                        let emits = asked.list()?.into_iter().map(|number| {
                            let body = &self.messages.get(number).body;
                            if !emitted.insert(number) || !let_go.contains(&number) {
                                forged();
                            }
                            Emit { letter: body.letter, attempt: body.attempt, owner: body.owner.clone() }
                        });
                        let emits = emits.collect();
                        let next = asked.list()?;
                        let next =
                            next.chunks_exact(2).map(|pair| Some((u32::try_from(pair[0]).ok()?, pair[1])));
                        Effect::Commit { emits, next: next.collect::<Option<_>>()? }
                    }
                    ROLLED_BACK => Effect::RolledBack { emits: usize::try_from(asked.next()?).ok()? },
                    ACK => Effect::Ack(self.receipts.take(asked.next()?)),
                    NACK => Effect::Nack(self.receipts.take(asked.next()?)),
                    _ => return None,
                };
                out.push(effect);
            }
            Some(let_go.to_vec())
        });
        // In the order in which the answer let go of them.
        let_go.into_iter().for_each(|number| drop(self.messages.take(number)));
    }
}

/// The answer's side.
pub(super) struct Calls(pub Build);

impl Protocol for Calls {
    type Answer = dyn Resequencer;

    fn start(&self, call: &mut Numbers<'_>) -> Option<Box<dyn Resequencer>> {
        let buffer = usize::try_from(call.next()?).ok()?;
        let mut next = BTreeMap::new();
        while let Some(key) = call.next() {
            next.insert(u32::try_from(key).ok()?, call.next()?);
        }
        Some((self.0)(next, buffer))
    }

    fn call(
        answer: &mut Self::Answer,
        handler: u64,
        call: &mut Numbers<'_>,
        hands: &Rc<Hands>,
        asked: &mut Vec<u64>,
    ) -> Option<()> {
        let mut out = Out::new(call.next()?);
        match handler {
            ON => {
                let (message, receipt) = (call.next()?, call.next()?);
                let (key, seq, offset) = (u32::try_from(call.next()?).ok()?, call.next()?, call.next()?);
                let attempt = u32::try_from(call.next()?).ok()?;
                let message = Message { key, seq, offset, body: Body::stand_in(message, hands) };
                let receipt = Receipt { message: MessageId(offset), attempt, incarnation: receipt };
                answer.on(message, receipt, &mut out);
            }
            GONE => answer.gone(u32::try_from(call.next()?).ok()?, call.next()?, &mut out),
            _ => return None,
        }
        out.effects.into_iter().for_each(|effect| write(effect, asked));
        Some(())
    }
}

fn write(effect: Effect, to: &mut Vec<u64>) {
    match effect {
        Effect::Commit { emits, next } => {
            to.push(COMMIT);
            let number = |emit: &Emit| emit.letter.message.0;
            put_list(to, &emits.iter().map(number).collect::<Vec<_>>());
            put_list(to, &next.into_iter().flat_map(|(key, next)| [key.into(), next]).collect::<Vec<_>>());
        }
        Effect::RolledBack { emits } => to.extend([ROLLED_BACK, emits as u64]),
        Effect::Ack(receipt) => to.extend([ACK, receipt.incarnation]),
        Effect::Nack(receipt) => to.extend([NACK, receipt.incarnation]),
    }
}
