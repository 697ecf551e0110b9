// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, with books the other way round: each record knows who holds it, and is confirmed when everybody in sync does.

use kit::min_insync::prelude::*;

struct Waiting {
    record: Record,
    offset: u64,
    held_by: BTreeSet<u64>,
}

struct Books {
    terms: Terms,
    /// 0 while it does not lead.
    epoch: u64,
    in_sync: BTreeSet<u64>,
    waiting: Vec<Waiting>,
}

impl Books {
    fn confirm(&mut self, out: &mut Out) {
        if self.in_sync.len() < self.terms.min_insync {
            return;
        }
        let in_sync = &self.in_sync;
        for safe in self.waiting.extract_if(.., |waiting| in_sync.is_subset(&waiting.held_by)) {
            out.confirm(safe.record);
        }
    }
}

impl Leader for Books {
    fn start(terms: Terms) -> Books {
        Books { terms, epoch: 0, in_sync: BTreeSet::new(), waiting: Vec::new() }
    }

    fn lead(&mut self, epoch: u64, _end: u64, in_sync: &[u64], out: &mut Out) {
        self.follow(epoch, out);
        self.epoch = epoch;
        self.in_sync = in_sync.iter().copied().collect();
    }

    fn follow(&mut self, _epoch: u64, out: &mut Out) {
        self.epoch = 0;
        self.waiting.drain(..).for_each(|waiting| out.unknown(waiting.record));
    }

    fn produce(&mut self, record: Record, out: &mut Out) {
        if self.epoch == 0 || self.in_sync.len() < self.terms.min_insync {
            return out.refuse(record);
        }
        let offset = out.append(&record);
        out.timer(800, record.number);
        self.waiting.push(Waiting { record, offset, held_by: BTreeSet::from([self.terms.me]) });
    }

    fn fetched(&mut self, follower: u64, epoch: u64, offset: u64, out: &mut Out) {
        if epoch != self.epoch {
            return;
        }
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.offset < offset) {
            waiting.held_by.insert(follower);
        }
        self.confirm(out);
    }

    fn isr(&mut self, epoch: u64, in_sync: &[u64], out: &mut Out) {
        if epoch == self.epoch {
            self.in_sync = in_sync.iter().copied().collect();
            self.confirm(out);
        }
    }

    fn on_timer(&mut self, number: u64, out: &mut Out) {
        for late in self.waiting.extract_if(.., |waiting| waiting.record.number == number) {
            out.unknown(late.record);
        }
    }
}

exam!(min_insync => Books);
