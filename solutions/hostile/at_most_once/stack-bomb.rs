// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: recursion without an end.
//!
//! Comes out as: crashed

use std::hint::black_box;

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        assert!(deep(message.id) > 0);
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

fn deep(n: u64) -> u64 {
    black_box(deep(black_box(n + 1))) + 1
}

exam!(at_most_once => Consumer);
