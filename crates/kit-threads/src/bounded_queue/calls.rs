// SPDX-License-Identifier: MIT OR Apache-2.0
//! The calls of a run: when each began and ended, and when it can have changed the queue.
//!
//! What an answer does to its queue it does while it holds a lock: safe Rust leaves no other way. So a call changes the
//! queue somewhere between the first lock that it takes (behind its last wait) and the last that it lets go of. Where one
//! such stretch ends before another begins, their order is certain; where they overlap, it is not, and nobody is accused.

use crate::record::{Act, Record};

use super::world::{CLOSE, POP};

/// What a call asks of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    Push(u64),
    Pop,
    Close,
}

/// One call. Places are those of the record's entries.
#[derive(Clone, Debug)]
pub(super) struct Called {
    pub thread: usize,
    pub asks: Asks,
    pub began: usize,
    /// The first lock behind the last wait; none, if it took none since.
    pub locked: Option<usize>,
    /// The last lock that it let go of, to go on.
    pub unlocked: Option<usize>,
    /// Where it came back, and with which item.
    pub ended: Option<(usize, Option<u64>)>,
    /// Where it began to wait.
    pub waits: Vec<usize>,
}

impl Called {
    /// Before this it has changed nothing.
    pub fn from(&self) -> usize {
        match (self.locked, self.ended) {
            (Some(place), _) => place,
            // It took no lock, and changed nothing while it held one.
            (None, Some((place, _))) => place,
            (None, None) => usize::MAX,
        }
    }

    /// Behind this it changes nothing; none, if it did not come back.
    pub fn to(&self) -> Option<usize> {
        let (ended, _) = self.ended?;
        Some(self.unlocked.filter(|unlocked| *unlocked >= self.from()).unwrap_or(ended))
    }

    /// The item that a push has put in.
    pub fn put_in(&self) -> Option<u64> {
        match (self.asks, self.ended) {
            (Asks::Push(item), Some((_, None))) => Some(item),
            _ => None,
        }
    }

    /// The item that a pop has taken out.
    pub fn taken_out(&self) -> Option<u64> {
        match (self.asks, self.ended) {
            (Asks::Pop, Some((_, item))) => item,
            _ => None,
        }
    }
}

/// The calls of a run, in the order in which they began.
pub(super) fn of(record: &Record) -> Vec<Called> {
    let mut calls: Vec<Called> = Vec::new();
    let mut open: Vec<Option<usize>> = vec![None; record.threads.len()];
    for (place, entry) in record.entries.iter().enumerate() {
        if let Act::Begins(call) = entry.act {
            let asks = match call.says {
                POP => Asks::Pop,
                CLOSE => Asks::Close,
                _ => Asks::Push(call.input[0]),
            };
            open[entry.thread] = Some(calls.len());
            let (thread, began) = (entry.thread, place);
            calls.push(Called {
                thread,
                asks,
                began,
                locked: None,
                unlocked: None,
                ended: None,
                waits: Vec::new(),
            });
            continue;
        }
        let Some(call) = open[entry.thread].and_then(|n| calls.get_mut(n)) else { continue };
        match entry.act {
            Act::Locks { .. } => _ = call.locked.get_or_insert(place),
            Act::Unlocks { .. } => call.unlocked = Some(place),
            Act::Waits { .. } => {
                call.waits.push(place);
                call.locked = None;
            }
            Act::Ends(item) => {
                call.ended = Some((place, item));
                open[entry.thread] = None;
            }
            _ => {}
        }
    }
    calls
}
