// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a reader of files that are none of its business.
//!
//! Comes out as: crashed

use std::fs;

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let secret = fs::read_to_string("/etc/passwd").unwrap_or_default();
        println!("{secret}");
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
