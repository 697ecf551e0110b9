// SPDX-License-Identifier: MIT OR Apache-2.0
//! How calls of a relay travel: a stand-in on the exam's side, the protocol on the answer's.

use std::rc::Rc;

use trace::MessageId;

use super::{Answer, AtLeastOnce, Build, Effect, Message, Out, Receipt};
use crate::held::{Body, Hands};
use crate::lockstep::desk::{FIRST, Protocol, START};
use crate::lockstep::frame::Numbers;
use crate::lockstep::remote::{Asked, Given, Remote};

const ON_MESSAGE: u64 = FIRST;
const STORED: u64 = FIRST + 1;
const REFUSED: u64 = FIRST + 2;
const ON_TIMER: u64 = FIRST + 3;

const PUBLISH: u64 = 0;
const ACK: u64 = 1;
const TIMER: u64 = 2;

pub(super) struct StandIn {
    remote: Remote,
    messages: Given<Message>,
    receipts: Given<Receipt>,
}

impl AtLeastOnce for StandIn {
    fn start() -> StandIn {
        StandIn { remote: Remote::start(&[START]), messages: Given::new(), receipts: Given::new() }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let (id, delivery) = (message.id, receipt.attempt.into());
        let (message, receipt) = (self.messages.give(message), self.receipts.give(receipt));
        let asked = self.remote.ask(&[ON_MESSAGE, out.now_ms, id, message, receipt, delivery]);
        self.perform(asked, out);
    }

    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        let handler = match answer {
            Answer::Stored => STORED,
            Answer::Refused => REFUSED,
        };
        let asked = self.remote.ask(&[handler, out.now_ms, id]);
        self.perform(asked, out);
    }

    fn on_timer(&mut self, token: u64, out: &mut Out) {
        let asked = self.remote.ask(&[ON_TIMER, out.now_ms, token]);
        self.perform(asked, out);
    }
}

impl StandIn {
    fn perform(&mut self, asked: Asked, out: &mut Out) {
        let let_go = asked.read(|asked, let_go| {
            while let Some(effect) = asked.next() {
                match effect {
                    PUBLISH => out.publish(asked.next()?, self.messages.get(asked.next()?)),
                    ACK => out.ack(self.receipts.take(asked.next()?)),
                    TIMER => out.timer(asked.next()?, asked.next()?),
                    _ => return None,
                }
            }
            Some(let_go.to_vec())
        });
        let_go.into_iter().for_each(|number| drop(self.messages.take(number)));
    }
}

/// The answer's side.
pub(super) struct Calls(pub Build);

impl Protocol for Calls {
    type Answer = dyn AtLeastOnce;

    fn start(&self, _: &mut Numbers<'_>) -> Option<Box<dyn AtLeastOnce>> {
        Some((self.0)())
    }

    fn call(
        answer: &mut Self::Answer,
        handler: u64,
        call: &mut Numbers<'_>,
        hands: &Rc<Hands>,
        asked: &mut Vec<u64>,
    ) -> Option<()> {
        let (now_ms, number) = (call.next()?, call.next()?);
        let mut out = Out { effects: Vec::new(), now_ms };
        match handler {
            ON_MESSAGE => {
                let body = Body::stand_in(call.next()?, hands);
                let (receipt, attempt) = (call.next()?, u32::try_from(call.next()?).ok()?);
                let receipt = Receipt { message: MessageId(number), attempt, incarnation: receipt };
                answer.on_message(Message { id: number, body }, receipt, &mut out);
            }
            STORED => answer.on_answer(number, Answer::Stored, &mut out),
            REFUSED => answer.on_answer(number, Answer::Refused, &mut out),
            ON_TIMER => answer.on_timer(number, &mut out),
            _ => return None,
        }
        for effect in out.effects {
            match effect {
                Effect::Publish { id, message, .. } => asked.extend([PUBLISH, id, message.0]),
                Effect::Ack(receipt) => asked.extend([ACK, receipt.incarnation]),
                Effect::Timer { ms, token } => asked.extend([TIMER, ms, token]),
            }
        }
        Some(())
    }
}
