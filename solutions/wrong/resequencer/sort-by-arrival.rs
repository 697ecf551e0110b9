// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: every message is emitted as it comes; only repetitions are left out. The order is that of arrival.
//!
//! Breaks: order-per-key

use kit::resequencer::prelude::*;

struct AsTheyCome {
    /// Of each key, how many messages were emitted without a hole, and what was emitted beyond.
    next: BTreeMap<u32, u64>,
    beyond: BTreeSet<(u32, u64)>,
}

impl Resequencer for AsTheyCome {
    fn start(next: BTreeMap<u32, u64>, _buffer: usize) -> AsTheyCome {
        AsTheyCome { next, beyond: BTreeSet::new() }
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let (key, seq) = (message.key, message.seq);
        let next = self.next.entry(key).or_insert(0);
        if seq >= *next && self.beyond.insert((key, seq)) {
            while self.beyond.remove(&(key, *next)) {
                *next += 1;
            }
            let next = *next;
            let mut transaction = out.transaction();
            transaction.emit(message);
            transaction.set_next(key, next);
            transaction.commit();
        }
        out.ack(receipt);
    }

    fn gone(&mut self, _key: u32, _seq: u64, _out: &mut Out) {}
}

exam!(resequencer => AsTheyCome);
