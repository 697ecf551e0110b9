// SPDX-License-Identifier: MIT OR Apache-2.0
//! How calls of a shaper travel: a stand-in on the exam's side, the protocol on the answer's.

use std::rc::Rc;

use super::{Build, Effect, Limits, Out, Shaper};
use crate::held::Hands;
use crate::lockstep::desk::{FIRST, Protocol, START};
use crate::lockstep::frame::{Numbers, put_span, span};
use crate::lockstep::remote::{Asked, Given, Remote, forged};
use crate::message::Message;

const ON_ARRIVAL: u64 = FIRST;
const ON_TIMER: u64 = FIRST + 1;

const SEND: u64 = 0;
const WAKE_AFTER: u64 = 1;

pub(super) struct StandIn {
    remote: Remote,
    messages: Given<Message>,
}

impl Shaper for StandIn {
    fn start(limits: Limits) -> StandIn {
        let Limits { burst, interval, service, places, late, deadline } = limits;
        let mut call = vec![START, burst, places as u64];
        [interval, service, late, deadline].into_iter().for_each(|limit| put_span(&mut call, limit));
        StandIn { remote: Remote::start(&call), messages: Given::new() }
    }

    fn on_arrival(&mut self, message: Message, out: &mut Out) {
        let number = message.number;
        let token = self.messages.give(message);
        self.call(&[ON_ARRIVAL, number, token], out);
    }

    fn on_timer(&mut self, out: &mut Out) {
        self.call(&[ON_TIMER], out);
    }
}

impl StandIn {
    fn call(&mut self, call: &[u64], out: &mut Out) {
        let mut call = call.to_vec();
        put_span(&mut call, out.now);
        put_span(&mut call, out.wall_clock);
        let asked = self.remote.ask(&call);
        self.perform(asked, out);
    }

    fn perform(&mut self, asked: Asked, out: &mut Out) {
        let let_go = asked.read(|asked, let_go| {
            let mut let_go = let_go.to_vec();
            while let Some(effect) = asked.next() {
                match effect {
                    SEND => {
                        let token = asked.next()?;
                        let place = let_go.iter().position(|known| *known == token);
                        let_go.remove(place.unwrap_or_else(|| forged()));
                        out.send(self.messages.take(token));
                    }
                    WAKE_AFTER => out.wake_after(span(asked)?),
                    _ => return None,
                }
            }
            Some(let_go)
        });
        let_go.into_iter().for_each(|token| drop(self.messages.take(token)));
    }
}

/// The answer's side.
pub(super) struct Calls(pub Build);

impl Protocol for Calls {
    type Answer = dyn Shaper;

    fn start(&self, call: &mut Numbers<'_>) -> Option<Box<dyn Shaper>> {
        let (burst, places) = (call.next()?, usize::try_from(call.next()?).ok()?);
        let (interval, service, late, deadline) = (span(call)?, span(call)?, span(call)?, span(call)?);
        Some((self.0)(Limits { burst, interval, service, places, late, deadline }))
    }

    fn call(
        answer: &mut Self::Answer,
        handler: u64,
        call: &mut Numbers<'_>,
        hands: &Rc<Hands>,
        asked: &mut Vec<u64>,
    ) -> Option<()> {
        let message = match handler {
            ON_ARRIVAL => Some(Message::stand_in(call.next()?, call.next()?, hands)),
            ON_TIMER => None,
            _ => return None,
        };
        let mut out = Out::new(span(call)?, span(call)?);
        match message {
            Some(message) => answer.on_arrival(message, &mut out),
            None => answer.on_timer(&mut out),
        }
        for effect in out.effects {
            match effect {
                Effect::Send(passed) => asked.extend([SEND, passed.letter.message.0]),
                Effect::WakeAfter(after) => {
                    asked.push(WAKE_AFTER);
                    put_span(asked, after);
                }
                // What is let go of is found by the exam's own process.
                Effect::Take(_) | Effect::Drop(..) => {}
            }
        }
        Some(())
    }
}
