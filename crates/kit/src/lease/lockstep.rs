// SPDX-License-Identifier: MIT OR Apache-2.0
//! How calls of a worker travel: a stand-in on the exam's side, the protocol on the answer's.

use std::rc::Rc;

use queues::Receipt;
use trace::MessageId;

use super::{Answer, Asked, Build, Job, Out, Terms, Work, Worker};
use crate::held::Hands;
use crate::lockstep::desk::{FIRST, Protocol, START};
use crate::lockstep::frame::Numbers;
use crate::lockstep::remote::{Given, Remote};

const ON_JOB: u64 = FIRST;
const ON_TIMER: u64 = FIRST + 1;
/// Each thing that can be said has a handler's number of its own.
const ON_WORK: u64 = FIRST + 2;
const ON_ANSWER: u64 = ON_WORK + WORKS.len() as u64;

const WORKS: [Work; 3] = [Work::GoesOn, Work::Done, Work::Failed];
const ANSWERS: [Answer; 5] =
    [Answer::Extended, Answer::NotHeld, Answer::Deleted, Answer::Written, Answer::Fenced];

const WORK: u64 = 0;
const EXTEND: u64 = 1;
const WRITE: u64 = 2;
const WRITE_FENCED: u64 = 3;
const DELETE: u64 = 4;
const DELETE_IF_HELD: u64 = 5;
const TIMER: u64 = 6;

pub(super) struct StandIn {
    remote: Remote,
    jobs: Given<Job>,
}

impl Worker for StandIn {
    fn start(terms: Terms) -> StandIn {
        let Terms { lease_ms, step_ms } = terms;
        StandIn { remote: Remote::start(&[START, lease_ms, step_ms]), jobs: Given::new() }
    }

    fn on_job(&mut self, job: Job, out: &mut Out) {
        self.call(ON_JOB, job, out);
    }

    fn on_work(&mut self, job: Job, work: Work, out: &mut Out) {
        self.call(ON_WORK + place(&WORKS, &work), job, out);
    }

    fn on_answer(&mut self, job: Job, answer: Answer, out: &mut Out) {
        self.call(ON_ANSWER + place(&ANSWERS, &answer), job, out);
    }

    fn on_timer(&mut self, job: Job, out: &mut Out) {
        self.call(ON_TIMER, job, out);
    }
}

/// Where it stands in the list of all that there are.
fn place<T: PartialEq>(all: &[T], one: &T) -> u64 {
    all.iter().position(|other| other == one).unwrap_or(0) as u64
}

impl StandIn {
    /// A job is known by the number that it was given, whatever the answer writes on it.
    fn call(&mut self, handler: u64, job: Job, out: &mut Out) {
        let given = self.jobs.number(job);
        self.remote.ask(&[handler, out.now_ms, job.number, job.token, given]).read(|asked, _| {
            while let Some(effect) = asked.next() {
                let job = *self.jobs.get(asked.next()?);
                match effect {
                    WORK => out.work(job),
                    EXTEND => out.extend(job),
                    WRITE => out.write(job),
                    WRITE_FENCED => out.write_fenced(job, asked.next()?),
                    DELETE => out.delete(job),
                    DELETE_IF_HELD => out.delete_if_held(job),
                    TIMER => out.timer(asked.next()?, job),
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
    type Answer = dyn Worker;

    fn start(&self, call: &mut Numbers<'_>) -> Option<Box<dyn Worker>> {
        Some((self.0)(Terms { lease_ms: call.next()?, step_ms: call.next()? }))
    }

    fn call(
        answer: &mut Self::Answer,
        handler: u64,
        call: &mut Numbers<'_>,
        _: &Rc<Hands>,
        asked: &mut Vec<u64>,
    ) -> Option<()> {
        let mut out = Out::new(call.next()?);
        let (message, attempt) = (MessageId(call.next()?), u32::try_from(call.next()?).ok()?);
        let job = Job::of(Receipt { message, attempt, session: 0 }, call.next()?);
        let nth = |first: u64| usize::try_from(handler.checked_sub(first)?).ok();
        match handler {
            ON_JOB => answer.on_job(job, &mut out),
            ON_TIMER => answer.on_timer(job, &mut out),
            _ => match nth(ON_ANSWER) {
                Some(nth) => answer.on_answer(job, *ANSWERS.get(nth)?, &mut out),
                None => answer.on_work(job, *WORKS.get(nth(ON_WORK)?)?, &mut out),
            },
        }
        for effect in out.effects {
            let job = effect.incarnation;
            match effect.what {
                Asked::Work => asked.extend([WORK, job]),
                Asked::Extend => asked.extend([EXTEND, job]),
                Asked::Write(None) => asked.extend([WRITE, job]),
                Asked::Write(Some(token)) => asked.extend([WRITE_FENCED, job, token]),
                Asked::Delete(false) => asked.extend([DELETE, job]),
                Asked::Delete(true) => asked.extend([DELETE_IF_HELD, job]),
                Asked::Timer(ms) => asked.extend([TIMER, job, ms]),
            }
        }
        Some(())
    }
}
