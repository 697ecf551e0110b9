// SPDX-License-Identifier: MIT OR Apache-2.0
//! How calls of a bounded queue travel: a stand-in on the exam's side, the protocol on the answer's.

use std::rc::Rc;
use std::time::Duration;

use super::{Answer, BoundedQueue, Build, Limits};
use crate::held::Hands;
use crate::lockstep::desk::{FIRST, Protocol, START};
use crate::lockstep::frame::{Numbers, put_list, put_span, span};
use crate::lockstep::remote::{Given, Remote, forged};
use crate::message::Message;

const OFFER: u64 = FIRST;
const PULL: u64 = FIRST + 1;

const ACCEPTED: u64 = 0;
const SHED: u64 = 1;

pub(super) struct StandIn {
    remote: Remote,
    messages: Given<Message>,
}

impl BoundedQueue for StandIn {
    fn start(limits: Limits) -> StandIn {
        let Limits { places, target, worst, usual } = limits;
        let mut call = vec![START, places as u64];
        [target, worst, usual].into_iter().for_each(|limit| put_span(&mut call, limit));
        StandIn { remote: Remote::start(&call), messages: Given::new() }
    }

    fn offer(&mut self, message: Message, now: Duration) -> Answer {
        let number = message.number;
        let mut call = vec![OFFER, number, self.messages.give(message)];
        put_span(&mut call, now);
        let (answer, let_go) = self.remote.ask(&call).read(|asked, let_go| {
            let answer = match asked.next()? {
                ACCEPTED => Answer::Accepted,
                SHED => Answer::Shed,
                _ => return None,
            };
            Some((answer, let_go.to_vec()))
        });
        let_go.into_iter().for_each(|token| drop(self.messages.take(token)));
        answer
    }

    fn pull(&mut self, now: Duration) -> Option<Message> {
        let mut call = vec![PULL];
        put_span(&mut call, now);
        let asked = self.remote.ask(&call);
        let (passed, let_go) = asked.read(|asked, let_go| Some((asked.list()?, let_go.to_vec())));
        let passed = passed.first().map(|token| {
            if !let_go.contains(token) {
                forged();
            }
            (*token, self.messages.take(*token))
        });
        let others = let_go.into_iter().filter(|token| passed.as_ref().is_none_or(|(own, _)| own != token));
        others.for_each(|token| drop(self.messages.take(token)));
        passed.map(|(_, message)| message)
    }
}

/// The answer's side.
pub(super) struct Calls(pub Build);

impl Protocol for Calls {
    type Answer = dyn BoundedQueue;

    fn start(&self, call: &mut Numbers<'_>) -> Option<Box<dyn BoundedQueue>> {
        let places = usize::try_from(call.next()?).ok()?;
        let (target, worst, usual) = (span(call)?, span(call)?, span(call)?);
        Some((self.0)(Limits { places, target, worst, usual }))
    }

    fn call(
        answer: &mut Self::Answer,
        handler: u64,
        call: &mut Numbers<'_>,
        hands: &Rc<Hands>,
        asked: &mut Vec<u64>,
    ) -> Option<()> {
        match handler {
            OFFER => {
                let message = Message::stand_in(call.next()?, call.next()?, hands);
                asked.push(match answer.offer(message, span(call)?) {
                    Answer::Accepted => ACCEPTED,
                    Answer::Shed => SHED,
                });
            }
            PULL => {
                let passed = answer.pull(span(call)?).map(|message| message.pass().letter.message.0);
                put_list(asked, passed.as_slice());
            }
            _ => return None,
        }
        Some(())
    }
}
