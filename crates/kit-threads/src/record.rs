// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the threads of a run did, in the order in which they did it.
//!
//! All threads of a run take turns on one thread of the machine: the record is that thread's, and needs no lock.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use kit::making::{Call, Panicked, START, goes_on};

/// One thing that a thread did.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// How many decisions of the scheduler there had been.
    pub step: u64,
    /// Which thread, from 0.
    pub thread: usize,
    pub act: Act,
}

/// What a thread can do. Locks and conditions are numbered from 1, in the order in which they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// The exam calls the learner's code.
    Begins(Call),
    /// The call comes back: with this item, or with none.
    Ends(Option<u64>),
    /// It takes a lock.
    Locks { lock: u16 },
    /// It finds a lock taken, and does not wait for it.
    Finds { lock: u16 },
    /// It lets go of a lock.
    Unlocks { lock: u16 },
    /// It lets go of a lock and waits.
    Waits { condition: u16, lock: u16 },
    /// It waits no more, and asks for the lock again.
    Wakes { condition: u16, by_itself: bool },
    /// It notifies one, or all, of those that wait.
    Notifies { condition: u16, all: bool, waiting: Vec<usize> },
    /// It lets others go on.
    Yields,
    /// It drops an item.
    Drops(u64),
}

/// What a thread is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// It runs, or could.
    Work,
    /// It asks for a lock.
    Lock(u16),
    /// It waits for a notification.
    Wait { condition: u16, lock: u16, let_go: bool, by_itself: bool },
    /// It has ended.
    End,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Every thread ended, or none can go on.
    Rest,
    /// There were as many steps as there may be.
    Steps,
    /// The learner's code panicked.
    Panic,
}

/// A run as it was.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub entries: Vec<Entry>,
    /// What each thread is at in the end.
    pub threads: Vec<At>,
    /// Which thread holds a lock in the end.
    pub holders: BTreeMap<u16, usize>,
    pub steps: u64,
    /// The steps at which not that thread went on which goes on when nothing is decided, and which one did.
    pub switches: Vec<(u64, usize)>,
    pub end: Option<End>,
    pub panicked: Option<Panicked>,
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
    static RECORD: RefCell<Record> = const { RefCell::new(Record::EMPTY) };
}

impl Record {
    const EMPTY: Record = Record {
        entries: Vec::new(),
        threads: Vec::new(),
        holders: BTreeMap::new(),
        steps: 0,
        switches: Vec::new(),
        end: None,
        panicked: None,
        calls: Vec::new(),
        turn: 0,
        locks: 0,
        conditions: 0,
        waits: 0,
        wakes: BTreeSet::new(),
    };

    fn note(&mut self, act: Act) {
        // Before the threads start and after the run is over nobody is a thread.
        if self.end.is_some() || self.threads.is_empty() {
            return;
        }
        let thread = self.turn;
        match act {
            Act::Locks { lock } => {
                self.holders.insert(lock, thread);
                self.threads[thread] = At::Work;
            }
            Act::Unlocks { lock } | Act::Waits { lock, .. } => _ = self.holders.remove(&lock),
            Act::Begins(call) => {
                self.calls[thread] = call;
                goes_on(call);
            }
            _ => {}
        }
        self.entries.push(Entry { step: self.steps, thread, act });
    }
}

/// Everybody's business with the record.
fn with<T>(act: impl FnOnce(&mut Record) -> T) -> T {
    RECORD.with_borrow_mut(act)
}

/// A run begins, in which these waits end by themselves.
pub(crate) fn begin(wakes: &BTreeSet<u64>) {
    with(|record| *record = Record { wakes: wakes.clone(), ..Record::EMPTY });
}

/// So many threads start.
pub(crate) fn start(threads: usize) {
    with(|record| {
        record.threads = vec![At::Work; threads];
        record.calls = vec![START; threads];
    });
}

/// Whether the threads have started.
pub(crate) fn has_started() -> bool {
    with(|record| !record.threads.is_empty())
}

/// The record of the run that is over.
pub(crate) fn take() -> Record {
    with(|record| std::mem::replace(record, Record::EMPTY))
}

pub(crate) fn new_lock() -> u16 {
    with(|record| {
        record.locks = record.locks.saturating_add(1);
        record.locks
    })
}

pub(crate) fn new_condition() -> u16 {
    with(|record| {
        record.conditions = record.conditions.saturating_add(1);
        record.conditions
    })
}

/// The thread whose turn it is does something.
pub(crate) fn note(act: Act) {
    with(|record| record.note(act));
}

/// The thread asks for a lock. Whether it holds it already, so that the run is over for it.
pub(crate) fn asks_for(lock: u16) -> bool {
    with(|record| {
        let thread = record.turn;
        let own = record.holders.get(&lock) == Some(&thread) && record.end.is_none();
        if let Some(at) = record.threads.get_mut(thread) {
            *at = At::Lock(lock);
        }
        if own {
            record.end = Some(End::Rest);
        }
        own
    })
}

/// The thread lets go of a lock to wait. Whether this wait ends by itself.
pub(crate) fn waits(condition: u16, lock: u16) -> bool {
    with(|record| {
        record.note(Act::Waits { condition, lock });
        record.waits += 1;
        let by_itself = record.wakes.contains(&record.waits);
        let thread = record.turn;
        if let Some(at) = record.threads.get_mut(thread) {
            *at = At::Wait { condition, lock, let_go: false, by_itself };
        }
        by_itself
    })
}

/// The thread has notified one or all.
pub(crate) fn notifies(condition: u16, all: bool) {
    with(|record| {
        let here = |at: &At| matches!(at, At::Wait { condition: own, let_go: true, .. } if *own == condition);
        let threads = record.threads.iter().enumerate();
        let waiting = threads.filter(|(_, at)| here(at)).map(|(thread, _)| thread).collect();
        record.note(Act::Notifies { condition, all, waiting });
    });
}

/// The scheduler decided that this thread goes on; `expected` would have, had nothing been decided.
pub(crate) fn turn(thread: usize, expected: usize) {
    with(|record| {
        record.steps += 1;
        record.turn = thread;
        if thread != expected {
            record.switches.push((record.steps, thread));
        }
        goes_on(record.calls[thread]);
        match &mut record.threads[thread] {
            // The first turn after it began to wait is the one in which it lets go of the lock.
            At::Wait { let_go, .. } if !*let_go => *let_go = true,
            At::Wait { condition, lock, by_itself, .. } => {
                let (wakes, lock) = (Act::Wakes { condition: *condition, by_itself: *by_itself }, *lock);
                record.threads[thread] = At::Lock(lock);
                record.note(wakes);
            }
            _ => {}
        }
    });
}

/// The thread whose turn it is has ended.
pub(crate) fn leaves() {
    with(|record| {
        let thread = record.turn;
        record.threads[thread] = At::End;
    });
}

/// The learner's code panicked in this call.
pub(crate) fn panics(call: Call, message: String) {
    with(|record| {
        record.panicked.get_or_insert(Panicked { call, message, crash: None });
    });
    ends(End::Panic);
}

/// The run is over.
pub(crate) fn ends(how: End) {
    with(|record| _ = record.end.get_or_insert(how));
}

/// No thread can go on. Whether all have ended.
pub(crate) fn rests() -> bool {
    ends(End::Rest);
    with(|record| record.threads.iter().all(|at| *at == At::End))
}

/// How the run ended, if it has.
pub(crate) fn ended() -> Option<End> {
    with(|record| record.end)
}

/// How often another thread went on than would have, had nothing been decided.
pub(crate) fn switches() -> usize {
    with(|record| record.switches.len())
}

/// How many steps there were.
pub(crate) fn steps() -> u64 {
    with(|record| record.steps)
}
