// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a panic where nobody looks: in drop, at a crash or at the end.
//!
//! Comes out as: crashed

use kit::at_most_once::prelude::*;

#[derive(Default)]
struct Consumer {
    asked: BTreeMap<Receipt, Message>,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer::default()
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        self.asked.insert(receipt, message);
        out.delete(receipt);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        if let (Some(message), Deleted::Removed) = (self.asked.remove(&receipt), answer) {
            out.act(message);
        }
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        panic!("not without me");
    }
}

exam!(at_most_once => Consumer);
