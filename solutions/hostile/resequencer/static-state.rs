// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a keeper of its state in a static, where a crash in the same process would leave it. Here each incarnation is a
//! process of its own, and what it kept is gone.
//!
//! Comes out as: failed

use std::sync::Mutex;

use kit::resequencer::prelude::*;

/// Of each key, the message that comes next.
static NEXT: Mutex<BTreeMap<u32, u64>> = Mutex::new(BTreeMap::new());

struct Ordered {
    /// What came early, with the receipt of its latest delivery.
    held: BTreeMap<(u32, u64), (Message, Receipt)>,
    /// What will never come, as far as it lies ahead.
    gone: BTreeSet<(u32, u64)>,
    buffer: usize,
}

impl Ordered {
    fn next(&self, key: u32) -> u64 {
        NEXT.lock().map_or(0, |next| next.get(&key).copied().unwrap_or(0))
    }

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
            transaction.commit();
            if let Ok(mut all) = NEXT.lock() {
                all.insert(key, next);
            }
            receipts.into_iter().for_each(|receipt| out.ack(receipt));
        }
    }
}

impl Resequencer for Ordered {
    fn start(_: BTreeMap<u32, u64>, buffer: usize) -> Ordered {
        Ordered { held: BTreeMap::new(), gone: BTreeSet::new(), buffer }
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
