// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: after one answer that it did not expect it acts on nothing any more, to be safe, and goes on removing. One fault
//! costs every message that comes after it.
//!
//! Breaks: lost-by-faults-only

use kit::at_most_once::prelude::*;

struct Consumer {
    asked: BTreeMap<Receipt, Message>,
    in_doubt: bool,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { asked: BTreeMap::new(), in_doubt: false }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        self.asked.insert(receipt, message);
        out.delete(receipt);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        match (self.asked.remove(&receipt), answer) {
            (Some(message), Deleted::Removed) if !self.in_doubt => out.act(message),
            (Some(_), Deleted::Removed) => {}
            _ => self.in_doubt = true,
        }
    }
}

exam!(at_most_once => Consumer);
