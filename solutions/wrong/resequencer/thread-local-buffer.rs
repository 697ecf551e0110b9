// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: messages are acked when they are held, and held in a thread-local, which the simulated crash leaves alone. A real
//! one would not.
//!
//! Breaks: fresh-start

use std::cell::RefCell;

use kit::resequencer::prelude::*;

thread_local! {
    /// What came early; the queue has forgotten it.
    static HELD: RefCell<BTreeMap<(u32, u64), Message>> = const { RefCell::new(BTreeMap::new()) };
}

struct Ordered {
    /// Of each key, the message that comes next; what is not in it waits for 0.
    next: BTreeMap<u32, u64>,
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
            if let Some(message) = HELD.with_borrow_mut(|held| held.remove(&(key, next))) {
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
        Ordered { next, gone: BTreeSet::new(), buffer }
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let (key, seq) = (message.key, message.seq);
        let next = self.next(key);
        if seq < next {
            // It was emitted and its ack was lost: only the ack is missing.
            return out.ack(receipt);
        }
        let full = HELD.with_borrow(|held| held.len() >= self.buffer && !held.contains_key(&(key, seq)));
        if full && seq > next {
            return out.nack(receipt);
        }
        HELD.with_borrow_mut(|held| held.insert((key, seq), message));
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
