// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it asks once for each message and passes over one that it knows. When the delete is lost the message comes again
//! and again, and nobody asks for it.
//!
//! Breaks: finishes

use kit::at_most_once::prelude::*;

struct Consumer {
    known: BTreeSet<u64>,
    asked: BTreeMap<Receipt, Message>,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { known: BTreeSet::new(), asked: BTreeMap::new() }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        if self.known.insert(message.id) {
            self.asked.insert(receipt, message);
            out.delete(receipt);
        }
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        let Some(message) = self.asked.remove(&receipt) else { return };
        if answer == Deleted::Removed {
            out.act(message);
        }
    }
}

exam!(at_most_once => Consumer);
