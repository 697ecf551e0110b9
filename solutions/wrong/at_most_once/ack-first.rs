// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it asks for the delete first and acts at once, as "ack first" does. When the delete is lost on its way, the
//! message comes again: acting first was only hidden.
//!
//! Breaks: at-most-once

use kit::at_most_once::prelude::*;

struct Consumer {
    seen: BTreeSet<Receipt>,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { seen: BTreeSet::new() }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        out.delete(receipt);
        if self.seen.insert(receipt) {
            out.act(message);
        }
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
