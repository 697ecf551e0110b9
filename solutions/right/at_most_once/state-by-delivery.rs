// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, and it never forgets: each delivery has a state, and acts only on the way from asked to done. A delivery that
//! the network brings twice asks twice, and is one delivery all the same.

use kit::at_most_once::prelude::*;

enum State {
    Asked(Message),
    Done,
}

struct Consumer {
    deliveries: BTreeMap<Receipt, State>,
}

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer { deliveries: BTreeMap::new() }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        self.deliveries.entry(receipt).or_insert(State::Asked(message));
        out.delete(receipt);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        if answer == Deleted::NotHeld {
            // It may be the answer to a second request: the first one's is still to come.
            return;
        }
        if let Some(State::Asked(message)) = self.deliveries.insert(receipt, State::Done) {
            out.act(message);
        }
    }
}

exam!(at_most_once => Consumer);
