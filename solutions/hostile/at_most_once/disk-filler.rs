// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a filler of disks.
//!
//! Comes out as: crashed

use std::fs::File;
use std::io::Write;

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let mut file = File::create("/tmp/filler").expect("a place to fill");
        while file.write_all(&[0; 1 << 16]).is_ok() {}
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
