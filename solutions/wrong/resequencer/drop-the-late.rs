// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: whatever is ahead is emitted at once, and what comes after it is taken for a repetition, acked and dropped.
//! The order is right and messages are missing.
//!
//! Breaks: no-gap

use kit::resequencer::prelude::*;

struct Forward {
    next: BTreeMap<u32, u64>,
}

impl Resequencer for Forward {
    fn start(next: BTreeMap<u32, u64>, _buffer: usize) -> Forward {
        Forward { next }
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let (key, seq) = (message.key, message.seq);
        if seq >= self.next.get(&key).copied().unwrap_or(0) {
            let mut transaction = out.transaction();
            transaction.emit(message);
            transaction.set_next(key, seq + 1);
            transaction.commit();
            self.next.insert(key, seq + 1);
        }
        out.ack(receipt);
    }

    fn gone(&mut self, _key: u32, _seq: u64, _out: &mut Out) {}
}

exam!(resequencer => Forward);
