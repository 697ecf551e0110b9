// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether what a stranger's process tells of its threads can have happened.
//!
//! It is not asked whether the queue is right: that is the judge's affair. It is asked whether these threads, with these
//! items and this plan, can have done so at all, whatever an answer does: each makes the calls of its role, an item that
//! comes back was in the queue's hands, a lock has one holder. What cannot be is a forgery, for a kit records no such thing.

use std::collections::{BTreeMap, BTreeSet};

use kit::making::{Call, DROP, START};

use super::world::{CLOSE, Closer, POP, PUSH, Terms};
use crate::plan::{MOST_STEPS, Plan};
use crate::record::{Act, At, End, Entry, Record};

/// Why it cannot be true.
type Forgery = &'static str;

const NO_ITEM: Forgery = "an item comes out that the queue does not hold";
const NO_CALL: Forgery = "a thread does something outside of its calls";
const NO_ROLE: Forgery = "a call is made that is none of its thread's";
const NO_LOCK: Forgery = "a lock is taken that another holds, or let go of by who does not hold it";
const NO_TIME: Forgery = "its steps do not follow one another";
const NO_WAIT: Forgery = "a wait ends that did not begin so";
const NO_END: Forgery = "it ends where no run does";

/// Checks a record, and gives the items their numbers instead of their tokens.
///
/// # Errors
/// Why it cannot be true.
pub(super) fn honest(
    terms: &Terms,
    plan: &Plan,
    numbers: &BTreeMap<u64, u64>,
    record: &mut Record,
) -> Result<(), Forgery> {
    let threads = terms.names().len();
    let number = |token: u64| numbers.get(&token).copied().ok_or(NO_ITEM);
    for entry in &mut record.entries {
        match &mut entry.act {
            Act::Begins(call) if call.says == PUSH => call.input[0] = number(call.input[0])?,
            Act::Ends(Some(item)) | Act::Drops(item) => *item = number(*item)?,
            _ => {}
        }
    }
    if let Some(panicked) = record.panicked.as_mut().filter(|panicked| panicked.call.says == PUSH) {
        panicked.call.input[0] = number(panicked.call.input[0])?;
    }
    in_time(record, threads)?;
    let mut checker = Checker::of(terms, plan, threads);
    record.entries.iter().try_for_each(|entry| checker.follow(entry))?;
    checker.ends(record)
}

/// Steps follow one another, each belongs to one thread, and there is no other thread.
fn in_time(record: &Record, threads: usize) -> Result<(), Forgery> {
    let known = |thread: usize| thread < threads;
    let fits = |entry: &Entry| known(entry.thread) && (1..=record.steps).contains(&entry.step);
    let follows = |two: &[Entry]| {
        two[0].step < two[1].step || two[0].step == two[1].step && two[0].thread == two[1].thread
    };
    let switch_fits = |(step, thread): &(u64, usize)| known(*thread) && (1..=record.steps).contains(step);
    let acts: BTreeMap<u64, usize> = record.entries.iter().map(|entry| (entry.step, entry.thread)).collect();
    let goes = |step: u64, thread: usize| acts.get(&step).is_none_or(|acts| *acts == thread);
    let chosen = || (1..).zip(&record.choices);
    let right = record.steps <= MOST_STEPS
        && record.entries.iter().all(fits)
        && record.entries.windows(2).all(follows)
        && record.switches.iter().all(switch_fits)
        && record.switches.is_sorted_by(|one, next| one.0 < next.0)
        && record.switches.iter().all(|(step, thread)| goes(*step, *thread))
        && chosen().all(|(step, choice)| known(choice.went) && goes(step, choice.went))
        && chosen().all(|(_, choice)| choice.could >> choice.went & 1 == 1 && choice.could >> threads == 0)
        && (record.choices.is_empty() || record.choices.len() as u64 == record.steps);
    if right { Ok(()) } else { Err(NO_TIME) }
}

struct Checker<'a> {
    terms: &'a Terms,
    plan: &'a Plan,
    /// The call that each thread is in,
    open: Vec<Option<Call>>,
    /// how many it has come back from,
    over: Vec<u64>,
    /// whether it heard that nothing more comes,
    told: Vec<bool>,
    /// and whether it waits, and whether that ends by itself.
    waits: Vec<Option<bool>>,
    /// Items that the answer has.
    held: BTreeSet<u64>,
    holders: BTreeMap<u16, usize>,
    waits_begun: u64,
    pushes_over: u64,
    closes_begun: u64,
    closes_over: u64,
}

impl<'a> Checker<'a> {
    fn of(terms: &'a Terms, plan: &'a Plan, threads: usize) -> Checker<'a> {
        Checker {
            terms,
            plan,
            open: vec![None; threads],
            over: vec![0; threads],
            told: vec![false; threads],
            waits: vec![None; threads],
            held: BTreeSet::new(),
            holders: BTreeMap::new(),
            waits_begun: 0,
            pushes_over: 0,
            closes_begun: 0,
            closes_over: 0,
        }
    }

    fn follow(&mut self, entry: &Entry) -> Result<(), Forgery> {
        let thread = entry.thread;
        if let Act::Begins(call) = entry.act {
            return self.begins(thread, call);
        }
        let Some(call) = self.open[thread] else { return Err(NO_CALL) };
        match entry.act {
            Act::Ends(item) => self.comes_back(thread, call, item)?,
            Act::Drops(item) => self.gives(item)?,
            Act::Locks { lock } => {
                self.waits[thread] = None;
                if self.holders.insert(lock, thread).is_some() {
                    return Err(NO_LOCK);
                }
            }
            Act::Unlocks { lock } => self.lets_go(lock, thread)?,
            Act::Waits { lock, .. } => {
                self.lets_go(lock, thread)?;
                self.waits_begun += 1;
                self.waits[thread] = Some(self.plan.wakes.contains(&self.waits_begun));
            }
            Act::Wakes { by_itself, .. } => {
                if self.waits[thread] != Some(by_itself) {
                    return Err(NO_WAIT);
                }
            }
            Act::Finds { .. } | Act::Notifies { .. } | Act::Yields | Act::Begins(_) => {}
        }
        Ok(())
    }

    fn begins(&mut self, thread: usize, call: Call) -> Result<(), Forgery> {
        if self.open[thread].is_some() || self.next_call(thread) != Some(call) {
            return Err(NO_ROLE);
        }
        match call.says {
            PUSH => _ = self.held.insert(call.input[0]),
            CLOSE => self.closes_begun += 1,
            _ => {}
        }
        self.open[thread] = Some(call);
        Ok(())
    }

    fn comes_back(&mut self, thread: usize, call: Call, item: Option<u64>) -> Result<(), Forgery> {
        if let Some(item) = item {
            self.gives(item)?;
        }
        match call.says {
            PUSH => self.pushes_over += 1,
            CLOSE if item.is_some() => return Err(NO_ITEM),
            CLOSE => self.closes_over += 1,
            _ => self.told[thread] = item.is_none(),
        }
        (self.open[thread], self.waits[thread]) = (None, None);
        self.over[thread] += 1;
        Ok(())
    }

    fn gives(&mut self, item: u64) -> Result<(), Forgery> {
        if self.held.remove(&item) { Ok(()) } else { Err(NO_ITEM) }
    }

    fn lets_go(&mut self, lock: u16, thread: usize) -> Result<(), Forgery> {
        if self.holders.remove(&lock) == Some(thread) { Ok(()) } else { Err(NO_LOCK) }
    }

    /// The call that this thread makes next, between two calls; none, when it has made all.
    fn next_call(&self, thread: usize) -> Option<Call> {
        let terms = self.terms;
        let plain = |says| Some(Call { says, input: [0; 2] });
        if thread < terms.producers {
            let mut own = (1..=terms.items).filter(|item| terms.producer_of(*item) == thread);
            if let Some(item) = own.nth(self.over[thread] as usize) {
                return Some(Call { says: PUSH, input: [item, 0] });
            }
            // Which of them is the last can be seen only where each has items; but one is, and it is when all are in.
            let last = self.pushes_over == terms.items && self.closes_begun == 0;
            return if last && terms.closer == Closer::LastProducer { plain(CLOSE) } else { None };
        }
        let consumer = thread - terms.producers;
        if consumer < terms.consumers {
            let asks = match terms.closer {
                Closer::Nobody => self.over[thread] < terms.share_of(consumer),
                _ => true,
            };
            return if asks && !self.told[thread] { plain(POP) } else { None };
        }
        if self.over[thread] == 0 { plain(CLOSE) } else { None }
    }

    /// Whether these threads can be at this in the end.
    fn ends(&self, record: &Record) -> Result<(), Forgery> {
        let threads = self.open.len();
        let panic_fits = match &record.panicked {
            // The queue could not be made: no thread has begun.
            Some(panicked) if panicked.call == START => {
                let begun = !record.entries.is_empty() || !record.threads.is_empty();
                return if begun || record.end != Some(End::Panic) { Err(NO_END) } else { Ok(()) };
            }
            Some(panicked) if panicked.call == DROP => {
                record.end == Some(End::Rest) && record.threads.iter().all(|at| *at == At::End)
            }
            Some(panicked) => record.end == Some(End::Panic) && self.open.contains(&Some(panicked.call)),
            None => record.end != Some(End::Panic),
        };
        let all_steps = record.end != Some(End::Steps) || record.steps == MOST_STEPS;
        if !panic_fits || !all_steps || record.threads.len() != threads {
            return Err(NO_END);
        }
        // Who asks for a lock that it holds goes no further, and nobody does: it ends the run.
        let stands = |(thread, at): (usize, &At)| matches!(at, At::Lock(lock) if self.holders.get(lock) == Some(&thread));
        let cut_short = record.end != Some(End::Rest) || record.threads.iter().enumerate().any(stands);
        let fits = |(thread, at): (usize, &At)| match at {
            At::End => self.open[thread].is_none() && self.is_done(thread),
            At::Work => cut_short,
            At::Lock(_) | At::Wait { .. } => self.open[thread].is_some(),
        };
        let unclosed = self.terms.closer == Closer::LastProducer
            && record.threads[..self.terms.producers].iter().all(|at| *at == At::End)
            && self.closes_over == 0;
        if record.threads.iter().enumerate().all(fits) && !unclosed { Ok(()) } else { Err(NO_END) }
    }

    /// Whether a thread has made its calls. Who of the producers closes is asked of all of them together.
    fn is_done(&self, thread: usize) -> bool {
        self.next_call(thread).is_none_or(|call| call.says == CLOSE && thread < self.terms.producers)
    }
}
