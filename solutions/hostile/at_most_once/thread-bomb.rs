// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: threads without an end.
//!
//! Comes out as: crashed

use std::thread;

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        for _ in 0.. {
            let _ = thread::Builder::new().spawn(thread::park);
        }
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
