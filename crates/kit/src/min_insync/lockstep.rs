// SPDX-License-Identifier: MIT OR Apache-2.0
//! How calls of a leader travel: a stand-in on the exam's side, the protocol on the answer's.

use std::rc::Rc;

use queues::Letter;
use trace::{MessageId, NodeId};

use super::{Answer, Build, Effect, Leader, Out, Record, Terms};
use crate::held::Hands;
use crate::lockstep::desk::{FIRST, Protocol, START};
use crate::lockstep::frame::{Numbers, put_list};
use crate::lockstep::remote::{Given, Remote};

const LEAD: u64 = FIRST;
const FOLLOW: u64 = FIRST + 1;
const PRODUCE: u64 = FIRST + 2;
const FETCHED: u64 = FIRST + 3;
const ISR: u64 = FIRST + 4;
const ON_TIMER: u64 = FIRST + 5;

const APPEND: u64 = 0;
const CONFIRM: u64 = 1;
const REFUSE: u64 = 2;
const UNKNOWN: u64 = 3;
const TIMER: u64 = 4;

pub(super) struct StandIn {
    remote: Remote,
    records: Given<Record>,
}

impl Leader for StandIn {
    fn start(terms: Terms) -> StandIn {
        let Terms { me, min_insync, answer_within_ms } = terms;
        let remote = Remote::start(&[START, me, min_insync as u64, answer_within_ms]);
        StandIn { remote, records: Given::new() }
    }

    fn lead(&mut self, epoch: u64, end: u64, in_sync: &[u64], out: &mut Out) {
        let mut call = vec![LEAD, out.end, epoch, end];
        put_list(&mut call, in_sync);
        self.call(&call, out);
    }

    fn follow(&mut self, epoch: u64, out: &mut Out) {
        self.call(&[FOLLOW, out.end, epoch], out);
    }

    fn produce(&mut self, record: Record, out: &mut Out) {
        let number = record.number;
        let token = self.records.give(record);
        self.call(&[PRODUCE, out.end, number, token], out);
    }

    fn fetched(&mut self, follower: u64, epoch: u64, offset: u64, out: &mut Out) {
        self.call(&[FETCHED, out.end, follower, epoch, offset], out);
    }

    fn isr(&mut self, epoch: u64, in_sync: &[u64], out: &mut Out) {
        let mut call = vec![ISR, out.end, epoch];
        put_list(&mut call, in_sync);
        self.call(&call, out);
    }

    fn on_timer(&mut self, token: u64, out: &mut Out) {
        self.call(&[ON_TIMER, out.end, token], out);
    }
}

impl StandIn {
    /// Records that are let go of without an answer leave no trace: nobody hears of them here either.
    fn call(&mut self, call: &[u64], out: &mut Out) {
        self.remote.ask(call).read(|asked, _| {
            while let Some(effect) = asked.next() {
                match effect {
                    APPEND => _ = out.append(self.records.get(asked.next()?)),
                    CONFIRM => out.confirm(self.records.take(asked.next()?)),
                    REFUSE => out.refuse(self.records.take(asked.next()?)),
                    UNKNOWN => out.unknown(self.records.take(asked.next()?)),
                    TIMER => out.timer(asked.next()?, asked.next()?),
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
    type Answer = dyn Leader;

    fn start(&self, call: &mut Numbers<'_>) -> Option<Box<dyn Leader>> {
        let (me, min_insync) = (call.next()?, usize::try_from(call.next()?).ok()?);
        Some((self.0)(Terms { me, min_insync, answer_within_ms: call.next()? }))
    }

    fn call(
        answer: &mut Self::Answer,
        handler: u64,
        call: &mut Numbers<'_>,
        _: &Rc<Hands>,
        asked: &mut Vec<u64>,
    ) -> Option<()> {
        let mut out = Out::new(call.next()?);
        let first = call.next()?;
        match handler {
            LEAD => answer.lead(first, call.next()?, &call.list()?, &mut out),
            FOLLOW => answer.follow(first, &mut out),
            PRODUCE => {
                let message = MessageId(call.next()?);
                let letter = Letter { message, producer: NodeId(0), seq: 0, key: 0 };
                answer.produce(Record { number: first, letter, incarnation: 0 }, &mut out);
            }
            FETCHED => answer.fetched(first, call.next()?, call.next()?, &mut out),
            ISR => answer.isr(first, &call.list()?, &mut out),
            ON_TIMER => answer.on_timer(first, &mut out),
            _ => return None,
        }
        for effect in out.effects {
            match effect {
                Effect::Append { letter, .. } => asked.extend([APPEND, letter.message.0]),
                Effect::Answer { letter, answer, .. } => {
                    let answer = match answer {
                        Answer::Confirmed => CONFIRM,
                        Answer::Refused => REFUSE,
                        Answer::Unknown => UNKNOWN,
                    };
                    asked.extend([answer, letter.message.0]);
                }
                Effect::Timer { ms, token } => asked.extend([TIMER, ms, token]),
            }
        }
        Some(())
    }
}
