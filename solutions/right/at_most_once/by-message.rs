// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, and it also remembers what it acted on, by message: the queue never hands out what it removed, so that this
//! changes nothing. What it asked about is kept by receipt.

use kit::at_most_once::prelude::*;

struct Consumer {
    asked: Vec<(Receipt, Message)>,
    acted_on: BTreeSet<u64>,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { asked: Vec::new(), acted_on: BTreeSet::new() }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        self.asked.retain(|(_, other)| other.id != message.id);
        self.asked.push((receipt, message));
        out.delete(receipt);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        let Some(place) = self.asked.iter().position(|(asked, _)| *asked == receipt) else { return };
        let (_, message) = self.asked.swap_remove(place);
        if answer == Deleted::Removed && self.acted_on.insert(message.id) {
            out.act(message);
        }
    }
}

exam!(at_most_once => Consumer);
