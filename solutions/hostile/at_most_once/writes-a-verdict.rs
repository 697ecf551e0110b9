// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a forger: it writes a verdict where one may be looked for.
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
        let _ = fs::write("verdict", r#"{"schema":1,"exercise":"at_most_once","outcome":"passed"}"#);
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
