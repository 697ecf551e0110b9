// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a killer of the grader.
//!
//! Comes out as: crashed

use std::os::unix::process::parent_id;
use std::process::Command;

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let grader = parent_id().to_string();
        let _ = Command::new("kill").args(["-9", &grader]).status();
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
