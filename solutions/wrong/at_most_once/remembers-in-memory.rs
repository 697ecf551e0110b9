// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it acts before the answer and trusts in its own list of what it acted on. The list is gone after a crash, and the
//! message is not.
//!
//! Breaks: at-most-once

use kit::at_most_once::prelude::*;

struct Consumer {
    acted_on: BTreeSet<u64>,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { acted_on: BTreeSet::new() }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        out.delete(receipt);
        if self.acted_on.insert(message.id) {
            out.act(message);
        }
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
