// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it acts, and then asks the queue to remove the message. A crash between the two, and the message is handed out
//! again.
//!
//! Breaks: at-most-once

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        out.act(message);
        out.delete(receipt);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
