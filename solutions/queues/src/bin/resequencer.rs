// SPDX-License-Identifier: MIT OR Apache-2.0
//! Solution: resequencer.
//!
//! Hold what comes early, unacked, so that a crash brings it back. When the buffer is full give back whatever is not the
//! message that its key waits for: that one must always find a place, or nothing moves any more.

use kit::resequencer::prelude::*;

struct Ordered {
    /// Of each key, the message that comes next; what is not in it waits for 0.
    next: BTreeMap<u32, u64>,
    /// What came early, with the receipt of its latest delivery.
    held: BTreeMap<(u32, u64), (Message, Receipt)>,
    /// What will never come, as far as it lies ahead.
    gone: BTreeSet<(u32, u64)>,
    buffer: usize,
}

impl Ordered {
    fn next(&self, key: u32) -> u64 {
        self.next.get(&key).copied().unwrap_or(0)
    }

    /// Emits everything of a key that can be emitted now, in one transaction with the new `next`, and acks it after.
    fn advance(&mut self, key: u32, out: &mut Out) {
        let before = self.next(key);
        let mut next = before;
        let mut receipts = Vec::new();
        let mut transaction = out.transaction();
        loop {
            if let Some((message, receipt)) = self.held.remove(&(key, next)) {
                transaction.emit(message);
                receipts.push(receipt);
            } else if !self.gone.remove(&(key, next)) {
                break;
            }
            next += 1;
        }
        if next > before {
            transaction.set_next(key, next);
            transaction.commit();
            self.next.insert(key, next);
            receipts.into_iter().for_each(|receipt| out.ack(receipt));
        }
    }
}

impl Resequencer for Ordered {
    fn start(next: BTreeMap<u32, u64>, buffer: usize) -> Ordered {
        Ordered { next, held: BTreeMap::new(), gone: BTreeSet::new(), buffer }
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let (key, seq) = (message.key, message.seq);
        let next = self.next(key);
        if seq < next {
            // It was emitted and its ack was lost: only the ack is missing.
            return out.ack(receipt);
        }
        let full = self.held.len() >= self.buffer && !self.held.contains_key(&(key, seq));
        if full && seq > next {
            return out.nack(receipt);
        }
        self.held.insert((key, seq), (message, receipt));
        self.advance(key, out);
    }

    fn gone(&mut self, key: u32, seq: u64, out: &mut Out) {
        if seq >= self.next(key) {
            self.gone.insert((key, seq));
            self.advance(key, out);
        }
    }
}

exam!(resequencer => Ordered);
