// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it remembers what it acted on in the bits of one number. There are more messages than bits.
//!
//! Breaks: no-panic

use kit::at_most_once::prelude::*;

struct Consumer {
    asked: BTreeMap<Receipt, Message>,
    acted_on: u64,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { asked: BTreeMap::new(), acted_on: 0 }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        self.asked.insert(receipt, message);
        out.delete(receipt);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        let Some(message) = self.asked.remove(&receipt) else { return };
        let bit = 1 << message.id;
        if answer == Deleted::Removed && self.acted_on & bit == 0 {
            self.acted_on |= bit;
            out.act(message);
        }
    }
}

exam!(at_most_once => Consumer);
