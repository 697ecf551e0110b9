// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, with one place instead of a table: the queue hands out one message at a time, so that the latest delivery is the
//! only one whose answer counts. An answer that comes after the next delivery is late, and costs its message.

use kit::at_most_once::prelude::*;

struct Consumer {
    /// The latest delivery, until it is answered.
    asked: Option<(Receipt, Message)>,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { asked: None }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        self.asked = Some((receipt, message));
        out.delete(receipt);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        match self.asked.take() {
            Some((asked, message)) if asked == receipt => {
                if answer == Deleted::Removed {
                    out.act(message);
                }
            }
            other => self.asked = other,
        }
    }
}

exam!(at_most_once => Consumer);
