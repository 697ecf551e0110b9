// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it does not take no for an answer. `NotHeld` is true for ever, and so it asks for ever.
//!
//! Breaks: finishes

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
        match answer {
            Deleted::NotHeld => out.delete(receipt),
            Deleted::Removed => {
                if let Some(message) = self.asked.remove(&receipt) {
                    out.act(message);
                }
            }
        }
    }
}

exam!(at_most_once => Consumer);
