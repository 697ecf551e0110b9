// SPDX-License-Identifier: MIT OR Apache-2.0
//! How calls of a consumer travel: a stand-in on the exam's side, the protocol on the answer's.

use std::rc::Rc;

use trace::MessageId;

use super::{AtMostOnce, Build, Deleted, Effect, Message, Out, Receipt};
use crate::held::{Body, Hands};
use crate::lockstep::desk::{FIRST, Protocol, START};
use crate::lockstep::frame::Numbers;
use crate::lockstep::remote::{Asked, Given, Remote};

const ON_MESSAGE: u64 = FIRST;
const REMOVED: u64 = FIRST + 1;
const NOT_HELD: u64 = FIRST + 2;

const DELETE: u64 = 0;
const ACT: u64 = 1;

pub(super) struct StandIn {
    remote: Remote,
    messages: Given<Message>,
    /// Copies are the same receipt: each has one number.
    receipts: Given<Receipt>,
}

impl AtMostOnce for StandIn {
    fn start() -> StandIn {
        StandIn { remote: Remote::start(&[START]), messages: Given::new(), receipts: Given::new() }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let id = message.id;
        let call = [ON_MESSAGE, id, self.receipts.number(receipt), self.messages.give(message)];
        let asked = self.remote.ask(&call);
        self.perform(asked, out);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        let handler = match answer {
            Deleted::Removed => REMOVED,
            Deleted::NotHeld => NOT_HELD,
        };
        let asked = self.remote.ask(&[handler, receipt.message.0, self.receipts.number(receipt)]);
        self.perform(asked, out);
    }
}

impl StandIn {
    fn perform(&mut self, asked: Asked, out: &mut Out) {
        let let_go = asked.read(|asked, let_go| {
            while let Some(effect) = asked.next() {
                match effect {
                    DELETE => out.delete(*self.receipts.get(asked.next()?)),
                    ACT => out.act(self.messages.get(asked.next()?).clone()),
                    _ => return None,
                }
            }
            Some(let_go.to_vec())
        });
        let_go.into_iter().for_each(|number| drop(self.messages.take(number)));
    }
}

/// The answer's side.
pub(crate) struct Calls(pub Build);

impl Protocol for Calls {
    type Answer = dyn AtMostOnce;

    fn start(&self, _: &mut Numbers<'_>) -> Option<Box<dyn AtMostOnce>> {
        Some((self.0)())
    }

    fn call(
        answer: &mut Self::Answer,
        handler: u64,
        call: &mut Numbers<'_>,
        hands: &Rc<Hands>,
        asked: &mut Vec<u64>,
    ) -> Option<()> {
        let (id, receipt) = (call.next()?, u32::try_from(call.next()?).ok()?);
        let receipt = Receipt { message: MessageId(id), attempt: receipt, incarnation: 0 };
        let mut out = Out { effects: Vec::new() };
        match handler {
            ON_MESSAGE => {
                let body = Rc::new(Body::stand_in(call.next()?, hands));
                answer.on_message(Message { id, body }, receipt, &mut out);
            }
            REMOVED => answer.on_delete(receipt, Deleted::Removed, &mut out),
            NOT_HELD => answer.on_delete(receipt, Deleted::NotHeld, &mut out),
            _ => return None,
        }
        asked.extend(out.effects.into_iter().flat_map(|effect| match effect {
            Effect::Delete(receipt) => [DELETE, receipt.attempt.into()],
            Effect::Act(message) => [ACT, message.body.letter.message.0],
        }));
        Some(())
    }
}
