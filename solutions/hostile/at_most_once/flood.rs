// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a gigabyte of output.
//!
//! Comes out as: crashed

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let line = "x".repeat(1 << 20);
        for _ in 0..1_024 {
            println!("{line}");
        }
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
