// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, and lazy: when its epoch ends it forgets which records wait for what, and leaves them to their timers. Who is in sync it
//! looks at only when somebody fetches, and somebody always does.

use kit::min_insync::prelude::*;

struct Lazy {
    terms: Terms,
    epoch: u64,
    in_sync: Vec<u64>,
    fetched: BTreeMap<u64, u64>,
    /// By number: the offset of each, for as long as its epoch lasts.
    waiting: BTreeMap<u64, (Option<u64>, Record)>,
}

impl Leader for Lazy {
    fn start(terms: Terms) -> Lazy {
        let (in_sync, fetched, waiting) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Lazy { terms, epoch: 0, in_sync, fetched, waiting }
    }

    fn lead(&mut self, epoch: u64, _end: u64, in_sync: &[u64], out: &mut Out) {
        self.follow(epoch, out);
        self.epoch = epoch;
        self.in_sync = in_sync.to_vec();
    }

    fn follow(&mut self, _epoch: u64, _out: &mut Out) {
        self.epoch = 0;
        self.in_sync.clear();
        self.fetched.clear();
        self.waiting.values_mut().for_each(|(offset, _)| *offset = None);
    }

    fn produce(&mut self, record: Record, out: &mut Out) {
        if self.in_sync.len() < self.terms.min_insync {
            out.refuse(record);
            return;
        }
        let offset = out.append(&record);
        out.timer(950, record.number);
        self.waiting.insert(record.number, (Some(offset), record));
    }

    fn fetched(&mut self, follower: u64, epoch: u64, offset: u64, out: &mut Out) {
        if epoch != self.epoch {
            return;
        }
        // What comes late is no news.
        let known = self.fetched.entry(follower).or_insert(0);
        *known = offset.max(*known);
        if self.in_sync.len() < self.terms.min_insync {
            return;
        }
        let is_safe = |at: u64| {
            let mut others = self.in_sync.iter().filter(|replica| **replica != self.terms.me);
            others.all(|replica| self.fetched.get(replica).is_some_and(|held| at < *held))
        };
        let safe = self.waiting.iter().filter(|(_, (at, _))| at.is_some_and(is_safe));
        for number in safe.map(|(number, _)| *number).collect::<Vec<_>>() {
            if let Some((_, record)) = self.waiting.remove(&number) {
                out.confirm(record);
            }
        }
    }

    fn isr(&mut self, epoch: u64, in_sync: &[u64], _out: &mut Out) {
        if epoch == self.epoch {
            self.in_sync = in_sync.to_vec();
        }
    }

    fn on_timer(&mut self, number: u64, out: &mut Out) {
        if let Some((_, record)) = self.waiting.remove(&number) {
            out.unknown(record);
        }
    }
}

exam!(min_insync => Lazy);
