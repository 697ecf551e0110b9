// SPDX-License-Identifier: MIT OR Apache-2.0
//! Solution: at_most_once.
//!
//! Act only when the queue has said that this very delivery is removed. What is kept until then stands under its receipt, so
//! that an answer finds its own message, and the same answer a second time finds none.

use kit::at_most_once::prelude::*;

struct Consumer {
    /// What the queue was asked to remove and has not answered yet.
    asked: BTreeMap<Receipt, Message>,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { asked: BTreeMap::new() }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        self.asked.insert(receipt, message);
        out.delete(receipt);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        // Another answer may have come before: then there is nothing left to act on.
        let Some(message) = self.asked.remove(&receipt) else { return };
        if answer == Deleted::Removed {
            out.act(message);
        }
    }
}

exam!(at_most_once => Consumer);
