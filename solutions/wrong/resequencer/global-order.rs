// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: the order of the whole queue is restored, over all keys. A message waits for messages of other keys, which are
//! no business of its own; and a dead letter leaves a hole that nobody announces as such, and every key waits for ever.
//!
//! Breaks: keys-independent

use kit::resequencer::prelude::*;

struct Global {
    /// The next message of the whole queue, by its offset.
    next: u64,
    held: BTreeMap<u64, (Message, Receipt)>,
    buffer: usize,
}

/// The whole queue is one key.
const ALL: u32 = 0;

impl Resequencer for Global {
    fn start(next: BTreeMap<u32, u64>, buffer: usize) -> Global {
        Global { next: next.get(&ALL).copied().unwrap_or(1), held: BTreeMap::new(), buffer }
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let offset = message.offset;
        if offset < self.next {
            return out.ack(receipt);
        }
        let full = self.held.len() >= self.buffer && !self.held.contains_key(&offset);
        if full && offset > self.next {
            return out.nack(receipt);
        }
        self.held.insert(offset, (message, receipt));
        let mut receipts = Vec::new();
        let mut transaction = out.transaction();
        while let Some((message, receipt)) = self.held.remove(&self.next) {
            transaction.emit(message);
            receipts.push(receipt);
            self.next += 1;
        }
        if receipts.is_empty() {
            return;
        }
        transaction.set_next(ALL, self.next);
        transaction.commit();
        receipts.into_iter().for_each(|receipt| out.ack(receipt));
    }

    fn gone(&mut self, _key: u32, _seq: u64, _out: &mut Out) {
        // Which offset that was is not said.
    }
}

exam!(resequencer => Global);
