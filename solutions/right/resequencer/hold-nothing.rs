// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, and dear: hold nothing. What is not next goes back to the queue until it is. The queue is the buffer; the
//! price is paid in deliveries.

use kit::resequencer::prelude::*;

struct Picky {
    next: BTreeMap<u32, u64>,
    gone: BTreeMap<u32, BTreeSet<u64>>,
}

impl Picky {
    /// The next message of a key that can still come.
    fn awaited(&self, key: u32) -> u64 {
        let mut next = self.next.get(&key).copied().unwrap_or(0);
        while self.gone.get(&key).is_some_and(|gone| gone.contains(&next)) {
            next += 1;
        }
        next
    }
}

impl Resequencer for Picky {
    fn start(next: BTreeMap<u32, u64>, _buffer: usize) -> Picky {
        Picky { next, gone: BTreeMap::new() }
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let (key, seq) = (message.key, message.seq);
        let awaited = self.awaited(key);
        if seq > awaited {
            return out.nack(receipt);
        }
        if seq == awaited {
            let mut transaction = out.transaction();
            transaction.emit(message);
            transaction.set_next(key, seq + 1);
            transaction.commit();
            self.next.insert(key, seq + 1);
        }
        out.ack(receipt);
    }

    fn gone(&mut self, key: u32, seq: u64, _out: &mut Out) {
        self.gone.entry(key).or_default().insert(seq);
    }
}

exam!(resequencer => Picky);
