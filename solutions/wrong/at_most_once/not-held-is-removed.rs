// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it takes `NotHeld` for "gone, so it is mine". The lease ran out: the message was handed out again, and the second
//! delivery is removed and acted on, too.
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

    fn on_delete(&mut self, receipt: Receipt, _: Deleted, out: &mut Out) {
        if let Some(message) = self.asked.remove(&receipt) {
            out.act(message);
        }
    }
}

exam!(at_most_once => Consumer);
