// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it asks again after `NotHeld`, and takes the second for "gone, so it is mine". A lease that ran out is answered in
//! the same way, however often one asks.
//!
//! Breaks: at-most-once

use kit::at_most_once::prelude::*;

struct Consumer {
    asked: BTreeMap<Receipt, Message>,
    asked_again: BTreeSet<Receipt>,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { asked: BTreeMap::new(), asked_again: BTreeSet::new() }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        self.asked.insert(receipt, message);
        out.delete(receipt);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        if answer == Deleted::NotHeld && self.asked_again.insert(receipt) {
            return out.delete(receipt);
        }
        if let Some(message) = self.asked.remove(&receipt) {
            out.act(message);
        }
    }
}

exam!(at_most_once => Consumer);
