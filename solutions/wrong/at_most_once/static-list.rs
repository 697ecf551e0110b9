// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it keeps what it is about to act on in a thread-local list, so that a crash does not lose it, and makes up for it
//! with the next message. A real crash takes all memory of the process.
//!
//! Breaks: fresh-start

use std::cell::RefCell;

use kit::at_most_once::prelude::*;

thread_local! {
    static ABOUT_TO_ACT: RefCell<Vec<Message>> = const { RefCell::new(Vec::new()) };
}

struct Consumer {
    asked: BTreeMap<Receipt, Message>,
    has_acted: bool,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { asked: BTreeMap::new(), has_acted: false }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let left = ABOUT_TO_ACT.take();
        if !self.has_acted {
            // What a crash left behind.
            left.into_iter().for_each(|message| out.act(message));
        }
        self.asked.insert(receipt, message);
        out.delete(receipt);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        let Some(message) = self.asked.remove(&receipt) else { return };
        if answer == Deleted::Removed {
            ABOUT_TO_ACT.set(vec![message.clone()]);
            out.act(message);
            self.has_acted = true;
        }
    }
}

exam!(at_most_once => Consumer);
