// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it acts once for each answer and keeps the message. An answer that the network brings twice makes it act twice.
//!
//! Breaks: at-most-once

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
        if answer == Deleted::Removed
            && let Some(message) = self.asked.get(&receipt)
        {
            out.act(message.clone());
        }
    }
}

exam!(at_most_once => Consumer);
