// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a reader of other files, by way of the compiler.
//!
//! Comes out as: did not compile

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        println!("{SECRET}");
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

const SECRET: &str = include_str!("/etc/passwd");

exam!(at_most_once => Consumer);
