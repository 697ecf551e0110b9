// SPDX-License-Identifier: MIT OR Apache-2.0
//! How calls of the two ends travel: stand-ins on the exam's side, one protocol for both on the answer's.

use std::rc::Rc;

use super::{Answer, Build, Effect, End, Out, Receiver, Sender, Socket};
use crate::held::Hands;
use crate::lockstep::desk::{FIRST, Protocol, START};
use crate::lockstep::frame::{Numbers, bytes, put_bytes};
use crate::lockstep::remote::Remote;

const OFFER: u64 = FIRST;
const CONNECTED: u64 = FIRST + 1;
const BYTES: u64 = FIRST + 2;
const DISCONNECTED: u64 = FIRST + 3;

/// Which end a process is.
const SENDER: u64 = 0;
const RECEIVER: u64 = 1;

const WRITE: u64 = 0;
const APPLY: u64 = 1;
const TAKEN: u64 = 2;
const FULL: u64 = 3;

pub(super) struct FarSender(Remote);
pub(super) struct FarReceiver(Remote);

fn call_of(handler: u64, given: &[u8]) -> Vec<u64> {
    let mut call = vec![handler];
    put_bytes(&mut call, given);
    call
}

impl FarSender {
    fn call(&mut self, handler: u64, given: &[u8], socket: &mut Socket) -> Answer {
        self.0.ask(&call_of(handler, given)).read(|asked, _| {
            let mut answer = Answer::Full;
            while let Some(effect) = asked.next() {
                match effect {
                    WRITE => socket.write(&bytes(asked)?),
                    TAKEN if handler == OFFER => answer = Answer::Taken,
                    FULL if handler == OFFER => answer = Answer::Full,
                    _ => return None,
                }
            }
            Some(answer)
        })
    }
}

impl Sender for FarSender {
    fn start(window: usize) -> FarSender {
        FarSender(Remote::start(&[START, SENDER, window as u64]))
    }

    fn offer(&mut self, message: &[u8], socket: &mut Socket) -> Answer {
        self.call(OFFER, message, socket)
    }

    fn connected(&mut self, socket: &mut Socket) {
        self.call(CONNECTED, &[], socket);
    }

    fn bytes(&mut self, bytes: &[u8], socket: &mut Socket) {
        self.call(BYTES, bytes, socket);
    }

    fn disconnected(&mut self) {
        self.call(DISCONNECTED, &[], &mut Socket::new());
    }
}

impl FarReceiver {
    fn call(&mut self, handler: u64, given: &[u8], out: &mut Out) {
        self.0.ask(&call_of(handler, given)).read(|asked, _| {
            while let Some(effect) = asked.next() {
                match effect {
                    WRITE => out.write(&bytes(asked)?),
                    APPLY => {
                        let next = asked.next()?;
                        out.apply(&bytes(asked)?, next);
                    }
                    _ => return None,
                }
            }
            Some(())
        });
    }
}

impl Receiver for FarReceiver {
    fn start(next: u64) -> FarReceiver {
        FarReceiver(Remote::start(&[START, RECEIVER, next]))
    }

    fn connected(&mut self, out: &mut Out) {
        self.call(CONNECTED, &[], out);
    }

    fn bytes(&mut self, bytes: &[u8], out: &mut Out) {
        self.call(BYTES, bytes, out);
    }

    fn disconnected(&mut self) {
        self.call(DISCONNECTED, &[], &mut Out::new());
    }
}

/// The answer's side.
pub(super) struct Calls(pub Build);

impl Protocol for Calls {
    type Answer = End;

    fn start(&self, call: &mut Numbers<'_>) -> Option<Box<End>> {
        let (side, given) = (call.next()?, call.next()?);
        Some(Box::new(match side {
            SENDER => End::Sender((self.0.sender)(usize::try_from(given).ok()?)),
            RECEIVER => End::Receiver((self.0.receiver)(given)),
            _ => return None,
        }))
    }

    fn call(
        answer: &mut End,
        handler: u64,
        call: &mut Numbers<'_>,
        _: &Rc<Hands>,
        asked: &mut Vec<u64>,
    ) -> Option<()> {
        let given = bytes(call)?;
        let (mut socket, mut out) = (Socket::new(), Out::new());
        match (answer, handler) {
            (End::Sender(sender), OFFER) => {
                let taken = sender.offer(&given, &mut socket) == Answer::Taken;
                asked.push(if taken { TAKEN } else { FULL });
            }
            (End::Sender(sender), CONNECTED) => sender.connected(&mut socket),
            (End::Sender(sender), BYTES) => sender.bytes(&given, &mut socket),
            (End::Sender(sender), DISCONNECTED) => sender.disconnected(),
            (End::Receiver(receiver), CONNECTED) => receiver.connected(&mut out),
            (End::Receiver(receiver), BYTES) => receiver.bytes(&given, &mut out),
            (End::Receiver(receiver), DISCONNECTED) => receiver.disconnected(),
            _ => return None,
        }
        for effect in socket.effects.into_iter().chain(out.effects) {
            match effect {
                Effect::Write(bytes) => {
                    asked.push(WRITE);
                    put_bytes(asked, &bytes);
                }
                Effect::Apply { message, next } => {
                    asked.extend([APPLY, next]);
                    put_bytes(asked, &message);
                }
                Effect::Answer(_) => return None,
            }
        }
        Some(())
    }
}
