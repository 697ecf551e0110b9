// SPDX-License-Identifier: MIT OR Apache-2.0
//! One replica's log: in memory, and on its disk.

use sim::{Context, Sink};
use trace::{Map, MessageId, Set};

use super::packet::{Entry, Op, Share, Term};
use crate::wire::{Letter, Record, Wire};

/// Where on the disk a replica keeps what is not an entry.
const BESIDE: u64 = u64::MAX;

/// Entries from index 1 on; those up to `base` this replica never had.
#[derive(Default)]
pub(super) struct Journal {
    entries: Vec<Entry>,
    beside: Term,
    /// The index of the entry that put each message last.
    puts: Map<MessageId, u32>,
    /// Up to which index everything is on the platter, as far as this process knows.
    pub durable: u32,
    /// Flushes that are asked for: up to which index, and that entry's term.
    flushes: Vec<(u64, u32, u32)>,
    asked: u64,
}

impl Journal {
    /// What the disk holds; and whether it holds anything of an earlier process.
    pub fn from_disk<S: Sink>(context: &mut Context<'_, Wire, S>) -> (Journal, bool) {
        let mut journal = Journal::default();
        let known = match context.disk().read(BESIDE) {
            Some(Record::Term(beside)) => {
                journal.beside = *beside;
                true
            }
            _ => false,
        };
        let kept = context.disk().records().filter_map(|(index, record)| match record {
            Record::Entry(entry) => Some((index as u32, *entry)),
            _ => None,
        });
        let entries: Vec<(u32, Entry)> = kept.collect();
        for (index, entry) in entries {
            if index == journal.last() + 1 {
                journal.push(entry);
            }
        }
        (journal, known)
    }

    pub fn term(&self) -> Term {
        self.beside
    }

    /// Notes term, vote and base, durably: each of these systems does so in a file of its own before it goes on.
    pub fn set_term<S: Sink>(&mut self, beside: Term, context: &mut Context<'_, Wire, S>) {
        self.beside = beside;
        context.disk().write_through(BESIDE, Record::Term(beside));
    }

    pub fn base(&self) -> u32 {
        self.beside.base
    }

    pub fn last(&self) -> u32 {
        self.beside.base + self.entries.len() as u32
    }

    pub fn get(&self, index: u32) -> Option<Entry> {
        let place = index.checked_sub(self.beside.base + 1)?;
        self.entries.get(place as usize).copied()
    }

    /// The term of the entry at an index; of the beginning, 0. `None` where this replica cannot know.
    pub fn term_at(&self, index: u32) -> Option<u32> {
        match index {
            0 => Some(0),
            _ if index == self.beside.base => Some(u32::MAX),
            _ => self.get(index).map(|entry| entry.term),
        }
    }

    /// Where a message stands, if it was ever put.
    pub fn place_of(&self, message: MessageId) -> Option<u32> {
        self.puts.get(message).copied()
    }

    /// Appends an entry and writes it, into the page cache.
    pub fn append<S: Sink>(&mut self, entry: Entry, context: &mut Context<'_, Wire, S>) -> u32 {
        self.push(entry);
        context.disk().write(u64::from(self.last()), Record::Entry(entry));
        self.last()
    }

    fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
        if let Op::Put(letter) = entry.op {
            self.puts.insert(letter.message, self.last());
        }
    }

    /// Takes off everything behind an index.
    pub fn truncate<S: Sink>(&mut self, last: u32, context: &mut Context<'_, Wire, S>) {
        while self.last() > last.max(self.beside.base) {
            let index = self.last();
            context.disk().remove(u64::from(index));
            if let Some(Entry { op: Op::Put(Letter { message, .. }), .. }) = self.entries.pop()
                && self.puts.get(message) == Some(&index)
            {
                self.puts.remove(message);
            }
        }
        self.durable = self.durable.min(last);
    }

    /// Forgets everything; what comes begins behind `base`.
    pub fn reset<S: Sink>(&mut self, term: u32, base: u32, context: &mut Context<'_, Wire, S>) {
        self.truncate(0, context);
        self.puts = Map::new();
        self.durable = base;
        self.set_term(Term { term, vote: None, base }, context);
    }

    /// Asks the disk to make everything durable that was written so far.
    pub fn flush<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.asked += 1;
        let last = self.last();
        self.flushes.push((self.asked, last, self.term_at(last).unwrap_or(0)));
        context.flush(self.asked);
    }

    /// A flush is done: up to where the log is durable by it. Not what was put in place of something since.
    pub fn flushed(&mut self, number: u64) -> u32 {
        if let Some(place) = self.flushes.iter().position(|(asked, ..)| *asked == number) {
            let (_, index, term) = self.flushes.remove(place);
            if self.term_at(index) == Some(term) {
                self.durable = self.durable.max(index);
            }
        }
        self.durable
    }

    pub fn flush_failed(&mut self, number: u64) {
        self.flushes.retain(|(asked, ..)| *asked != number);
    }

    /// What was put up to an index and is not done with, in order, with the indices.
    pub fn open(&self, until: u32) -> Vec<(u32, Letter)> {
        let mut done = Set::new();
        for entry in &self.entries[..self.count_until(until)] {
            if let Op::Done { put, .. } = entry.op {
                done.insert(put);
            }
        }
        let puts = self.puts_until(until);
        puts.filter(|(index, _)| !done.contains(*index)).collect()
    }

    /// Everything that was put up to an index, in order, with the indices.
    pub fn puts_until(&self, until: u32) -> impl Iterator<Item = (u32, Letter)> {
        let entries = self.entries[..self.count_until(until)].iter().enumerate();
        entries.filter_map(|(place, entry)| match entry.op {
            Op::Put(letter) => Some((self.beside.base + 1 + place as u32, letter)),
            _ => None,
        })
    }

    /// What is done with up to an index: the indices of the puts.
    pub fn done_until(&self, until: u32) -> impl Iterator<Item = u32> {
        self.entries[..self.count_until(until)].iter().filter_map(|entry| match entry.op {
            Op::Done { put, .. } => Some(put),
            _ => None,
        })
    }

    /// What the members of the group read, in every generation up to an index.
    pub fn shares_until(&self, until: u32) -> impl Iterator<Item = Share> {
        self.entries[..self.count_until(until)].iter().filter_map(|entry| match entry.op {
            Op::Share(share) => Some(share),
            _ => None,
        })
    }

    /// What stands behind an index.
    pub fn entries_behind(&self, index: u32) -> &[Entry] {
        &self.entries[self.count_until(index)..]
    }

    fn count_until(&self, until: u32) -> usize {
        (until.saturating_sub(self.beside.base) as usize).min(self.entries.len())
    }
}
