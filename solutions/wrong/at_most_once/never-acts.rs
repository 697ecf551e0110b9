// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it removes and does nothing. Nothing takes effect twice, and nothing takes effect.
//!
//! Breaks: lost-by-faults-only

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, _: Message, receipt: Receipt, out: &mut Out) {
        out.delete(receipt);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
