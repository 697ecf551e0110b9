// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the threads of a run did, in the order in which they did it.

use std::collections::BTreeMap;

use kit::making::{Call, Panicked};

/// One thing that a thread did.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// Who could go on at a step, and who did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The thread with number n, if bit n is set.
    pub could: u64,
    pub went: usize,
}

impl Choice {
    /// The next thread that could have gone on in its place.
    pub fn later(self) -> Option<usize> {
        (self.went + 1..64).find(|thread| self.could >> thread & 1 == 1)
    }
}

/// A run as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub entries: Vec<Entry>,
    /// What each thread is at in the end.
    pub threads: Vec<At>,
    /// Which thread holds a lock in the end.
    pub holders: BTreeMap<u16, usize>,
    pub steps: u64,
    /// The steps at which not that thread went on which goes on when nothing is decided, and which one did.
    pub switches: Vec<(u64, usize)>,
    /// What was chosen at each step, where a search asked for it.
    pub choices: Vec<Choice>,
    pub end: Option<End>,
    pub panicked: Option<Panicked>,
}

impl Record {
    /// Adds an entry, and keeps who holds which lock.
    pub fn add(&mut self, entry: Entry) {
        match entry.act {
            Act::Locks { lock } => _ = self.holders.insert(lock, entry.thread),
            Act::Unlocks { lock } | Act::Waits { lock, .. } => _ = self.holders.remove(&lock),
            _ => {}
        }
        self.entries.push(entry);
    }
}
