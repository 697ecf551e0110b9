// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it is sure that it waits for every answer that comes. The second copy of one finds nothing, and `expect` ends the
//! process.
//!
//! Breaks: no-panic

use kit::at_most_once::prelude::*;

struct Consumer {
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
        let message = self.asked.remove(&receipt).expect("only what was asked is answered");
        if answer == Deleted::Removed {
            out.act(message);
        }
    }
}

exam!(at_most_once => Consumer);
