// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a fork bomb: it starts itself until the machine has no room for more.
//!
//! Comes out as: crashed

use std::process::Command;

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        loop {
            let _ = Command::new("/proc/self/exe").spawn();
        }
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
