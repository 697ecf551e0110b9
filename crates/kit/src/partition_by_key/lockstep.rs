// SPDX-License-Identifier: MIT OR Apache-2.0
//! How calls of a router travel: a stand-in on the exam's side, the protocol on the answer's.

use std::rc::Rc;

use queues::Letter;
use trace::{MessageId, NodeId};

use super::{Build, Effect, Message, Out, PartitionByKey};
use crate::held::Hands;
use crate::lockstep::desk::{FIRST, Protocol, START};
use crate::lockstep::frame::{Numbers, put_list};
use crate::lockstep::remote::{Given, Remote};

const ON_MESSAGE: u64 = FIRST;
const ON_REBALANCE: u64 = FIRST + 1;
const ON_ACK: u64 = FIRST + 2;
const ON_FENCED: u64 = FIRST + 3;

const HAND: u64 = 0;
const FENCE: u64 = 1;
const DONE: u64 = 2;

pub(super) struct StandIn {
    remote: Remote,
    messages: Given<Message>,
}

impl PartitionByKey for StandIn {
    fn start() -> StandIn {
        StandIn { remote: Remote::start(&[START]), messages: Given::new() }
    }

    fn on_message(&mut self, message: Message, out: &mut Out) {
        let (key, number) = (message.key.into(), message.number);
        let token = self.messages.give(message);
        self.call(&[ON_MESSAGE, key, number, token], out);
    }

    fn on_rebalance(&mut self, generation: u64, members: &[u64], out: &mut Out) {
        let mut call = vec![ON_REBALANCE, generation];
        put_list(&mut call, members);
        self.call(&call, out);
    }

    fn on_ack(&mut self, key: u32, number: u64, out: &mut Out) {
        self.call(&[ON_ACK, key.into(), number], out);
    }

    fn on_fenced(&mut self, key: u32, token: u64, last: u64, out: &mut Out) {
        self.call(&[ON_FENCED, key.into(), token, last], out);
    }
}

impl StandIn {
    /// Messages that are let go of without being done leave no trace: nobody hears of them here either.
    fn call(&mut self, call: &[u64], out: &mut Out) {
        self.remote.ask(call).read(|asked, _| {
            while let Some(effect) = asked.next() {
                match effect {
                    HAND => out.hand(self.messages.get(asked.next()?), asked.next()?, asked.next()?),
                    FENCE => out.fence(u32::try_from(asked.next()?).ok()?, asked.next()?),
                    DONE => out.done(self.messages.take(asked.next()?)),
                    _ => return None,
                }
            }
            Some(())
        });
    }
}

/// The answer's side.
pub(super) struct Calls(pub Build);

impl Protocol for Calls {
    type Answer = dyn PartitionByKey;

    fn start(&self, _: &mut Numbers<'_>) -> Option<Box<dyn PartitionByKey>> {
        Some((self.0)())
    }

    fn call(
        answer: &mut Self::Answer,
        handler: u64,
        call: &mut Numbers<'_>,
        _: &Rc<Hands>,
        asked: &mut Vec<u64>,
    ) -> Option<()> {
        let mut out = Out::new();
        // The generation, for a rebalance; else the key.
        let first = call.next()?;
        let key = || u32::try_from(first).ok();
        match handler {
            ON_MESSAGE => {
                let (key, number, token) = (key()?, call.next()?, MessageId(call.next()?));
                let letter = Letter { message: token, producer: NodeId(0), seq: 0, key };
                answer.on_message(Message { key, number, letter, incarnation: 0 }, &mut out);
            }
            ON_REBALANCE => answer.on_rebalance(first, &call.list()?, &mut out),
            ON_ACK => answer.on_ack(key()?, call.next()?, &mut out),
            ON_FENCED => answer.on_fenced(key()?, call.next()?, call.next()?, &mut out),
            _ => return None,
        }
        for effect in out.effects {
            match effect {
                Effect::Hand { letter, member, token, .. } => {
                    asked.extend([HAND, letter.message.0, member, token]);
                }
                Effect::Fence { key, token } => asked.extend([FENCE, key.into(), token]),
                Effect::Done { message, .. } => asked.extend([DONE, message.0]),
            }
        }
        Some(())
    }
}
