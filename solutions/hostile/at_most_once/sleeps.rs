// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a wait of an hour.
//!
//! Comes out as: timed out

use std::thread::sleep;
use std::time::Duration;

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        sleep(Duration::from_secs(3_600));
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
