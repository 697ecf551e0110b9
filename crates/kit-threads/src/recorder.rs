// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who writes the record of a run while it goes on.
//!
//! All threads of a run take turns on one thread of the machine: the record is that thread's, and needs no lock.

use std::cell::RefCell;
use std::collections::BTreeSet;

use kit::making::{Call, Panicked, START, goes_on};

use crate::record::{Act, At, Choice, End, Entry, Record};

/// A record, and what is known only while it grows.
#[derive(Default)]
struct Recorder {
    record: Record,
    /// The call that each thread is in, for whoever asks from outside.
    calls: Vec<Call>,
    /// Whose turn it is.
    turn: usize,
    locks: u16,
    conditions: u16,
    waits: u64,
    /// The waits, by number from 1, that end by themselves.
    wakes: BTreeSet<u64>,
}

thread_local! {
    static RECORDER: RefCell<Recorder> = RefCell::default();
}

impl Recorder {
    fn note(&mut self, act: Act) {
        // Before the threads start and after the run is over nobody is a thread.
        if self.record.end.is_some() || self.record.threads.is_empty() {
            return;
        }
        let thread = self.turn;
        match act {
            Act::Locks { .. } => self.record.threads[thread] = At::Work,
            Act::Begins(call) => {
                self.calls[thread] = call;
                goes_on(call);
            }
            _ => {}
        }
        self.record.add(Entry { step: self.record.steps, thread, act });
    }
}

/// Everybody's business with the record.
fn with<T>(act: impl FnOnce(&mut Recorder) -> T) -> T {
    RECORDER.with_borrow_mut(act)
}

/// A run begins, in which these waits end by themselves.
pub(crate) fn begin(wakes: &BTreeSet<u64>) {
    with(|own| *own = Recorder { wakes: wakes.clone(), ..Recorder::default() });
}

/// So many threads start.
pub(crate) fn start(threads: usize) {
    with(|own| {
        own.record.threads = vec![At::Work; threads];
        own.calls = vec![START; threads];
    });
}

/// Whether the threads have started.
pub(crate) fn has_started() -> bool {
    with(|own| !own.record.threads.is_empty())
}

/// The record of the run that is over.
pub(crate) fn take() -> Record {
    with(|own| std::mem::take(own).record)
}

pub(crate) fn new_lock() -> u16 {
    with(|own| {
        own.locks = own.locks.saturating_add(1);
        own.locks
    })
}

pub(crate) fn new_condition() -> u16 {
    with(|own| {
        own.conditions = own.conditions.saturating_add(1);
        own.conditions
    })
}

/// The thread whose turn it is does something.
pub(crate) fn note(act: Act) {
    with(|own| own.note(act));
}

/// The thread asks for a lock. Whether it holds it already, so that the run is over for it.
pub(crate) fn asks_for(lock: u16) -> bool {
    with(|own| {
        let thread = own.turn;
        let holds = own.record.holders.get(&lock) == Some(&thread) && own.record.end.is_none();
        if let Some(at) = own.record.threads.get_mut(thread) {
            *at = At::Lock(lock);
        }
        if holds {
            own.record.end = Some(End::Rest);
        }
        holds
    })
}

/// The thread lets go of a lock to wait. Whether this wait ends by itself.
pub(crate) fn waits(condition: u16, lock: u16) -> bool {
    with(|own| {
        own.note(Act::Waits { condition, lock });
        // As the record counts them: in threads, while the run goes on.
        own.waits += u64::from(!own.record.threads.is_empty());
        let by_itself = own.wakes.contains(&own.waits);
        let thread = own.turn;
        if let Some(at) = own.record.threads.get_mut(thread) {
            *at = At::Wait { condition, lock, let_go: false, by_itself };
        }
        by_itself
    })
}

/// The thread has notified one or all.
pub(crate) fn notifies(condition: u16, all: bool) {
    with(|own| {
        let here =
            |at: &At| matches!(at, At::Wait { condition: there, let_go: true, .. } if *there == condition);
        let threads = own.record.threads.iter().enumerate();
        let waiting = threads.filter(|(_, at)| here(at)).map(|(thread, _)| thread).collect();
        own.note(Act::Notifies { condition, all, waiting });
    });
}

/// The scheduler decided that this thread goes on; `expected` would have, had nothing been decided.
pub(crate) fn turn(thread: usize, expected: usize) {
    with(|own| {
        own.record.steps += 1;
        own.turn = thread;
        if thread != expected {
            own.record.switches.push((own.record.steps, thread));
        }
        goes_on(own.calls[thread]);
        match &mut own.record.threads[thread] {
            // The first turn after it began to wait is the one in which it lets go of the lock.
            At::Wait { let_go, .. } if !*let_go => *let_go = true,
            At::Wait { condition, lock, by_itself, .. } => {
                let (wakes, lock) = (Act::Wakes { condition: *condition, by_itself: *by_itself }, *lock);
                own.record.threads[thread] = At::Lock(lock);
                own.note(wakes);
            }
            _ => {}
        }
    });
}

/// These threads could go on, and this one does.
pub(crate) fn chooses(choice: Choice) {
    with(|own| own.record.choices.push(choice));
}

/// The thread whose turn it is has ended.
pub(crate) fn leaves() {
    with(|own| {
        let thread = own.turn;
        own.record.threads[thread] = At::End;
    });
}

/// The learner's code panicked in this call.
pub(crate) fn panics(call: Call, message: String) {
    with(|own| {
        own.record.panicked.get_or_insert(Panicked { call, message, crash: None });
    });
    ends(End::Panic);
}

/// The run is over.
pub(crate) fn ends(how: End) {
    with(|own| _ = own.record.end.get_or_insert(how));
}

/// No thread can go on. Whether all have ended.
pub(crate) fn rests() -> bool {
    ends(End::Rest);
    with(|own| own.record.threads.iter().all(|at| *at == At::End))
}

/// How the run ended, if it has.
pub(crate) fn ended() -> Option<End> {
    with(|own| own.record.end)
}

/// How often another thread went on than would have, had nothing been decided.
pub(crate) fn switches() -> usize {
    with(|own| own.record.switches.len())
}

/// How many steps there were.
pub(crate) fn steps() -> u64 {
    with(|own| own.record.steps)
}
