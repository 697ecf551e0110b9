// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who may read and write a file: SQLite's five levels for the file itself, and its eight locks on a write-ahead log.
//!
//! The rules are those of <https://sqlite.org/lockingv3.html> and <https://sqlite.org/walformat.html>, section 2.3.

use std::collections::BTreeMap;

/// No lock.
pub(crate) const NONE: u8 = 0;
/// Reads.
pub(crate) const SHARED: u8 = 1;
/// Means to write; others may read.
pub(crate) const RESERVED: u8 = 2;
/// Waits for readers to leave; no new ones come.
pub(crate) const PENDING: u8 = 3;

/// How many locks a write-ahead log has.
pub(crate) const LOG_LOCKS: usize = 8;

/// The locks of one file, by the handle that holds them.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    levels: BTreeMap<u64, u8>,
    log: BTreeMap<(u64, usize), Share>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    Shared,
    Alone,
}

impl Locks {
    fn others(&self, handle: u64) -> impl Iterator<Item = u8> + '_ {
        self.levels.iter().filter(move |(other, _)| **other != handle).map(|(_, level)| *level)
    }

    fn level(&self, handle: u64) -> u8 {
        self.levels.get(&handle).copied().unwrap_or(NONE)
    }

    /// Raises a handle's lock, if the others let it; whether they did.
    pub fn raise(&mut self, handle: u64, to: u8) -> bool {
        if self.level(handle) >= to {
            return true;
        }
        let highest = self.others(handle).max().unwrap_or(NONE);
        let granted = match to {
            SHARED => (highest < PENDING).then_some(SHARED),
            RESERVED => (highest < RESERVED).then_some(RESERVED),
            _ if highest >= RESERVED => None,
            // Who comes from SHARED rolls back a journal that was left behind, and gets all or nothing: else others would
            // take that journal for one in use.
            _ if highest == SHARED => (self.level(handle) >= RESERVED).then_some(PENDING),
            _ => Some(to),
        };
        if let Some(level) = granted {
            self.levels.insert(handle, level.max(self.level(handle)));
        }
        granted == Some(to)
    }

    /// Lowers it.
    pub fn lower(&mut self, handle: u64, to: u8) {
        if to == NONE {
            self.levels.remove(&handle);
        } else if self.level(handle) > to {
            self.levels.insert(handle, to);
        }
    }

    /// Whether anybody means to write.
    pub fn is_reserved(&self) -> bool {
        self.levels.values().any(|level| *level >= RESERVED)
    }

    /// Whether anybody writes to the log: its first lock is the writer's.
    pub fn log_is_written(&self) -> bool {
        self.log.iter().any(|((_, at), share)| *at == 0 && *share == Share::Alone)
    }

    /// Takes locks of the log, all of them or none; whether it got them.
    pub fn take_log(&mut self, handle: u64, first: usize, count: usize, alone: bool) -> bool {
        let blocked = (first..first + count).any(|n| {
            let held = self.log.iter().filter(|((other, at), _)| *other != handle && *at == n);
            held.into_iter().any(|(_, share)| alone || *share == Share::Alone)
        });
        if !blocked {
            let share = if alone { Share::Alone } else { Share::Shared };
            self.log.extend((first..first + count).map(|n| ((handle, n), share)));
        }
        !blocked
    }

    /// Gives them back.
    pub fn leave_log(&mut self, handle: u64, first: usize, count: usize) {
        for n in first..first + count {
            self.log.remove(&(handle, n));
        }
    }

    /// The handle is closed.
    pub fn forget(&mut self, handle: u64) {
        self.levels.remove(&handle);
        self.leave_log(handle, 0, LOG_LOCKS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_writes_when_the_readers_have_left() {
        let mut locks = Locks::default();
        assert!(locks.raise(1, SHARED) && locks.raise(2, SHARED));
        assert!(locks.raise(1, RESERVED) && !locks.raise(2, RESERVED), "one may mean to write");
        assert!(!locks.raise(1, PENDING + 1), "2 still reads");
        assert!(!locks.raise(3, SHARED), "nobody begins to read while one waits");
        locks.lower(2, NONE);
        assert!(locks.raise(1, PENDING + 1) && locks.is_reserved());
        locks.forget(1);
        assert!(locks.raise(3, SHARED) && !locks.is_reserved());
        assert!(
            locks.raise(2, SHARED) && !locks.raise(3, PENDING + 1) && !locks.is_reserved(),
            "all or nothing"
        );
    }

    #[test]
    fn a_log_has_many_readers_or_one_writer() {
        let mut locks = Locks::default();
        assert!(locks.take_log(1, 3, 1, false) && locks.take_log(2, 3, 1, false));
        assert!(!locks.take_log(1, 3, 1, true), "2 reads under it");
        locks.leave_log(2, 3, 1);
        assert!(locks.take_log(1, 3, 1, true) && !locks.take_log(2, 0, 8, true));
        locks.forget(1);
        assert!(locks.take_log(2, 0, LOG_LOCKS, true));
    }
}
