// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: a message is acked as soon as it is held. The queue forgets it, and a crash takes the only copy along.
//!
//! Breaks: nothing-lost

use kit::resequencer::prelude::*;

struct Ordered {
    /// Of each key, the message that comes next; what is not in it waits for 0.
    next: BTreeMap<u32, u64>,
    /// What came early; the queue has forgotten it.
    held: BTreeMap<(u32, u64), Message>,
    /// What will never come, as far as it lies ahead.
    gone: BTreeSet<(u32, u64)>,
    buffer: usize,
}

impl Ordered {
    fn next(&self, key: u32) -> u64 {
        self.next.get(&key).copied().unwrap_or(0)
    }

    fn advance(&mut self, key: u32, out: &mut Out) {
        let before = self.next(key);
        let mut next = before;
        let mut transaction = out.transaction();
        loop {
            if let Some(message) = self.held.remove(&(key, next)) {
                transaction.emit(message);
            } else if !self.gone.remove(&(key, next)) {
                break;
            }
            next += 1;
        }
        if next > before {
            transaction.set_next(key, next);
            transaction.commit();
            self.next.insert(key, next);
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
        self.held.insert((key, seq), message);
        out.ack(receipt);
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
