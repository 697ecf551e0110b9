// SPDX-License-Identifier: MIT OR Apache-2.0
//! A node's disk: platter, page cache, flush.

use std::collections::VecDeque;

use trace::{Map, Time};

use crate::Dist;

/// How a disk behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiskConfig {
    /// How long a flush takes.
    pub flush: Dist,
}

impl Default for DiskConfig {
    /// A flush takes a millisecond: a data-centre SSD with a write cache that does not lie.
    fn default() -> DiskConfig {
        DiskConfig { flush: Dist::Constant(Time::millis(1)) }
    }
}

/// Records by number: an offset, a message's id, or whatever the node counts by.
///
/// A write is seen by every later read, also after the process has crashed, for the operating system keeps it in the
/// page cache. Only what was *flushed* is on the platter and survives a crash of the machine. Unflushed writes are
/// lost together and in order: what survives is always a prefix of what was written.
#[derive(Clone, Debug)]
pub struct Disk<R> {
    records: Map<u64, R>,
    /// What each write since the last flush replaced, oldest first: losing the page cache undoes them.
    unflushed: VecDeque<(u64, Option<R>)>,
    written: u64,
}

impl<R> Default for Disk<R> {
    fn default() -> Disk<R> {
        Disk { records: Map::new(), unflushed: VecDeque::new(), written: 0 }
    }
}

impl<R> Disk<R> {
    /// Writes a record into the page cache.
    pub fn write(&mut self, number: u64, record: R) {
        let before = self.records.insert(number, record);
        self.note(number, before);
    }

    /// Writes a record that is durable at once and costs nothing: for what a model takes for granted. What is once
    /// written like this must always be, for an older write of the same number that is undone would undo it too.
    pub fn write_through(&mut self, number: u64, record: R) {
        self.records.insert(number, record);
    }

    /// Removes a record, in the page cache.
    pub fn remove(&mut self, number: u64) {
        let before = self.records.remove(number);
        self.note(number, before);
    }

    /// Reads a record as a running process sees it.
    pub fn read(&self, number: u64) -> Option<&R> {
        self.records.get(number)
    }

    /// All records as a running process sees them, by number.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = (u64, &R)> {
        self.records.iter()
    }

    /// How many writes would be lost with the page cache.
    pub fn unflushed(&self) -> usize {
        self.unflushed.len()
    }

    /// How many writes there ever were: a flush that starts now makes exactly these durable.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// A flush that was started when `written` writes had been made is done. Returns how many became durable.
    pub(crate) fn flush_done(&mut self, written: u64) -> u32 {
        let first_unflushed = self.written - self.unflushed.len() as u64;
        let count = written.saturating_sub(first_unflushed).min(self.unflushed.len() as u64);
        self.unflushed.drain(..count as usize);
        count as u32
    }

    /// The machine went down: the page cache is gone.
    pub(crate) fn lose_page_cache(&mut self) {
        while let Some((number, before)) = self.unflushed.pop_back() {
            match before {
                Some(record) => self.records.insert(number, record),
                None => self.records.remove(number),
            };
        }
    }

    /// The disk is gone.
    pub(crate) fn lose_everything(&mut self) {
        self.records.clear();
        self.unflushed.clear();
    }

    fn note(&mut self, number: u64, before: Option<R>) {
        self.unflushed.push_back((number, before));
        self.written += 1;
    }
}
