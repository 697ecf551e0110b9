// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it takes a number that is not higher than the last one for a repetition. Messages do not come in the order of their
//! numbers: one that reached the queue late is removed and not acted on.
//!
//! Breaks: lost-by-faults-only

use kit::at_most_once::prelude::*;

struct Consumer {
    asked: BTreeMap<Receipt, Message>,
    highest: u64,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { asked: BTreeMap::new(), highest: 0 }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        self.asked.insert(receipt, message);
        out.delete(receipt);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        let Some(message) = self.asked.remove(&receipt) else { return };
        if answer == Deleted::Removed && message.id > self.highest {
            self.highest = message.id;
            out.act(message);
        }
    }
}

exam!(at_most_once => Consumer);
