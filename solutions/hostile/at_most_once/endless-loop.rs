// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a loop without an end.
//!
//! Comes out as: timed out

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        while message.id > 0 {}
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
