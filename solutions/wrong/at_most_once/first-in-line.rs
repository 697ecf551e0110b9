// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it does not look which delivery is answered: the first `Removed` is for the first message in line. A line that
//! is off by one acts on messages whose removal nobody has confirmed.
//!
//! Breaks: at-most-once

use kit::at_most_once::prelude::*;

struct Consumer {
    line: VecDeque<Message>,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { line: VecDeque::new() }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        self.line.push_back(message);
        out.delete(receipt);
    }

    fn on_delete(&mut self, _: Receipt, answer: Deleted, out: &mut Out) {
        if answer == Deleted::Removed
            && let Some(message) = self.line.pop_front()
        {
            out.act(message);
        }
    }
}

exam!(at_most_once => Consumer);
