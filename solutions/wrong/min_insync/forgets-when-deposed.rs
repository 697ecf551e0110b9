// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: when another leads it lets go of what waits. The clients never hear of it.
//!
//! Breaks: answered

use kit::min_insync::prelude::*;

struct Watermark {
    terms: Terms,
    /// The epoch in which this replica leads; none while it does not.
    epoch: Option<u64>,
    in_sync: BTreeSet<u64>,
    /// How far each follower's log goes, as it said in this epoch.
    fetched: BTreeMap<u64, u64>,
    /// What waits for its answer, with its offset, by its number.
    waiting: BTreeMap<u64, (u64, Record)>,
}

impl Watermark {
    /// Confirms what everybody in sync holds.
    fn confirm(&mut self, out: &mut Out) {
        if self.in_sync.len() < self.terms.min_insync {
            return;
        }
        let followers = self.in_sync.iter().filter(|replica| **replica != self.terms.me);
        let offsets = followers.map(|replica| self.fetched.get(replica).copied().unwrap_or(0));
        let Some(high_watermark) = offsets.min() else { return };
        while let Some(first) = self.waiting.first_entry()
            && first.get().0 < high_watermark
        {
            out.confirm(first.remove().1);
        }
    }

    /// What was appended and not confirmed may be lost in an election, or not.
    fn end_epoch(&mut self, epoch: Option<u64>, out: &mut Out) {
        self.epoch = epoch;
        self.fetched.clear();
        self.waiting.clear();
        let _ = out;
    }
}

impl Leader for Watermark {
    fn start(terms: Terms) -> Watermark {
        let (in_sync, fetched, waiting) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
        Watermark { terms, epoch: None, in_sync, fetched, waiting }
    }

    fn lead(&mut self, epoch: u64, _end: u64, in_sync: &[u64], out: &mut Out) {
        self.end_epoch(Some(epoch), out);
        self.in_sync = in_sync.iter().copied().collect();
    }

    fn follow(&mut self, _epoch: u64, out: &mut Out) {
        self.end_epoch(None, out);
    }

    fn produce(&mut self, record: Record, out: &mut Out) {
        if self.epoch.is_none() || self.in_sync.len() < self.terms.min_insync {
            return out.refuse(record);
        }
        let (number, offset) = (record.number, out.append(&record));
        self.waiting.insert(number, (offset, record));
        out.timer(self.terms.answer_within_ms - 100, number);
    }

    fn fetched(&mut self, follower: u64, epoch: u64, offset: u64, out: &mut Out) {
        if self.epoch == Some(epoch) {
            self.fetched.insert(follower, offset);
            self.confirm(out);
        }
    }

    fn isr(&mut self, epoch: u64, in_sync: &[u64], out: &mut Out) {
        if self.epoch == Some(epoch) {
            self.in_sync = in_sync.iter().copied().collect();
            self.confirm(out);
        }
    }

    fn on_timer(&mut self, number: u64, out: &mut Out) {
        if let Some((_, record)) = self.waiting.remove(&number) {
            out.unknown(record);
        }
    }
}

exam!(min_insync => Watermark);
