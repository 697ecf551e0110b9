// SPDX-License-Identifier: MIT OR Apache-2.0
//! How a plan and a record travel between the grader and a stranger's process: as numbers.
//!
//! What is read may have been written by anybody: it is refused where it is not what a kit writes. Whether it can be true
//! is another question, and an exam's.

use kit::lockstep::frame::Numbers;
#[cfg(feature = "run")]
use kit::lockstep::frame::put_text;
use kit::lockstep::frame::text;
use kit::making::{Call, Panicked};

use crate::plan::{Plan, Policy};
use crate::record::{Act, At, Choice, End, Entry, Record};

/// Adds a count, and so many numbers.
pub(crate) fn put_list(to: &mut Vec<u64>, list: impl ExactSizeIterator<Item = u64>) {
    to.push(list.len() as u64);
    to.extend(list);
}

/// Adds a plan.
pub(crate) fn put_plan(to: &mut Vec<u64>, plan: &Plan) {
    to.push(plan.seed);
    put_list(to, plan.wakes.iter().copied());
    match &plan.policy {
        Policy::Given(switches) => {
            to.push(0);
            put_list(to, switches.keys().copied());
            put_list(to, switches.values().map(|thread| *thread as u64));
        }
        Policy::Random => to.push(1),
        Policy::Pct(depth) => to.extend([2, *depth as u64]),
        Policy::Chosen { first, most_switches } => {
            to.extend([3, *most_switches as u64]);
            put_list(to, first.iter().map(|thread| *thread as u64));
        }
    }
}

/// Reads what [`put_plan`] wrote.
#[cfg(feature = "run")]
pub(crate) fn plan(from: &mut Numbers<'_>) -> Option<Plan> {
    let seed = from.next()?;
    let wakes = from.list()?.into_iter().collect();
    let policy = match from.next()? {
        0 => {
            let (steps, threads) = (from.list()?, sizes(from.list()?));
            Policy::Given(steps.into_iter().zip(threads).collect())
        }
        1 => Policy::Random,
        2 => Policy::Pct(from.next()? as usize),
        3 => Policy::Chosen { most_switches: from.next()? as usize, first: sizes(from.list()?) },
        _ => return None,
    };
    Some(Plan { seed, policy, wakes })
}

#[cfg(feature = "run")]
fn sizes(list: Vec<u64>) -> Vec<usize> {
    list.into_iter().map(|number| number as usize).collect()
}

/// Adds a record; `calls` are those that a thread of this exam makes.
#[cfg(feature = "run")]
pub(crate) fn put_record(to: &mut Vec<u64>, record: &Record, calls: &[&str], place: Option<&str>) {
    to.push(match record.end {
        None => 0,
        Some(End::Rest) => 1,
        Some(End::Steps) => 2,
        Some(End::Panic) => 3,
    });
    to.push(record.steps);
    match &record.panicked {
        None => to.push(0),
        Some(panicked) => {
            to.push(1);
            put_call(to, panicked.call, calls);
            put_text(to, &panicked.message);
            put_text(to, place.unwrap_or(&panicked.message));
        }
    }
    put_list(to, record.threads.iter().map(|at| at_number(*at)));
    put_list(to, record.switches.iter().map(|(step, thread)| step << 8 | *thread as u64));
    put_list(to, record.choices.iter().map(|choice| choice.could << 8 | choice.went as u64));
    for entry in &record.entries {
        put_entry(to, entry, calls);
    }
}

#[cfg(feature = "run")]
fn put_call(to: &mut Vec<u64>, call: Call, calls: &[&str]) {
    let place = calls.iter().position(|says| *says == call.says);
    to.extend([place.unwrap_or(calls.len()) as u64, call.input[0], call.input[1]]);
}

fn call(from: &mut Numbers<'_>, calls: &[&'static str]) -> Option<Call> {
    let says = calls.get(usize::try_from(from.next()?).ok()?)?;
    Some(Call { says, input: [from.next()?, from.next()?] })
}

#[cfg(feature = "run")]
fn at_number(at: At) -> u64 {
    match at {
        At::Work => 0,
        At::End => 1,
        At::Lock(lock) => 2 | u64::from(lock) << 8,
        At::Wait { condition, lock, let_go, by_itself } => {
            let flags = u64::from(let_go) << 40 | u64::from(by_itself) << 41;
            3 | u64::from(lock) << 8 | u64::from(condition) << 24 | flags
        }
    }
}

fn at(number: u64) -> Option<At> {
    let (lock, condition) = ((number >> 8) as u16, (number >> 24) as u16);
    Some(match number & 0xff {
        0 => At::Work,
        1 => At::End,
        2 => At::Lock(lock),
        3 => At::Wait { condition, lock, let_go: number >> 40 & 1 == 1, by_itself: number >> 41 & 1 == 1 },
        _ => return None,
    })
}

/// One number for most entries: what was done, by whom, with what, and at which step.
#[cfg(feature = "run")]
fn put_entry(to: &mut Vec<u64>, entry: &Entry, calls: &[&str]) {
    let (what, first, second) = match &entry.act {
        Act::Begins(_) => (0, 0, 0),
        Act::Ends(None) => (1, 0, 0),
        Act::Ends(Some(_)) => (2, 0, 0),
        Act::Locks { lock } => (3, *lock, 0),
        Act::Finds { lock } => (4, *lock, 0),
        Act::Unlocks { lock } => (5, *lock, 0),
        Act::Waits { condition, lock } => (6, *lock, *condition),
        Act::Wakes { condition, by_itself } => (7, u16::from(*by_itself), *condition),
        Act::Notifies { condition, all, .. } => (8, u16::from(*all), *condition),
        Act::Yields => (9, 0, 0),
        Act::Drops(_) => (10, 0, 0),
    };
    let word = what | (entry.thread as u64) << 8 | entry.step << 16;
    to.push(word | u64::from(first) << 32 | u64::from(second) << 48);
    match &entry.act {
        Act::Begins(call) => put_call(to, *call, calls),
        Act::Ends(Some(item)) | Act::Drops(item) => to.push(*item),
        Act::Notifies { waiting, .. } => to.push(waiting.iter().fold(0, |all, thread| all | 1 << thread)),
        _ => {}
    }
}

fn entry(from: &mut Numbers<'_>, calls: &[&'static str]) -> Option<Entry> {
    let word = from.next()?;
    let (first, condition) = ((word >> 32) as u16, (word >> 48) as u16);
    let act = match word & 0xff {
        0 => Act::Begins(call(from, calls)?),
        1 => Act::Ends(None),
        2 => Act::Ends(Some(from.next()?)),
        3 => Act::Locks { lock: first },
        4 => Act::Finds { lock: first },
        5 => Act::Unlocks { lock: first },
        6 => Act::Waits { condition, lock: first },
        7 => Act::Wakes { condition, by_itself: first > 0 },
        8 => {
            let waiting = from.next()?;
            let waiting = (0..64).filter(|thread| waiting >> thread & 1 == 1).collect();
            Act::Notifies { condition, all: first > 0, waiting }
        }
        9 => Act::Yields,
        10 => Act::Drops(from.next()?),
        _ => return None,
    };
    Some(Entry { step: word >> 16 & 0xffff, thread: (word >> 8 & 0xff) as usize, act })
}

/// Reads what [`put_record`] wrote, and where the panic was, if there was one.
pub(crate) fn record(from: &mut Numbers<'_>, calls: &[&'static str]) -> Option<(Record, Option<String>)> {
    let end = match from.next()? {
        1 => End::Rest,
        2 => End::Steps,
        3 => End::Panic,
        _ => return None,
    };
    let mut record = Record { end: Some(end), steps: from.next()?, ..Record::default() };
    let mut place = None;
    if from.next()? > 0 {
        let (call, message) = (call(from, calls)?, text(from)?);
        record.panicked = Some(Panicked { call, message, crash: None });
        place = Some(text(from)?);
    }
    record.threads = from.list()?.into_iter().map(at).collect::<Option<_>>()?;
    let pairs = |list: Vec<u64>| list.into_iter().map(|pair| (pair >> 8, (pair & 0xff) as usize));
    record.switches = pairs(from.list()?).collect();
    record.choices = pairs(from.list()?).map(|(could, went)| Choice { could, went }).collect();
    while !from.is_empty() {
        record.add(entry(from, calls)?);
    }
    Some((record, place))
}
