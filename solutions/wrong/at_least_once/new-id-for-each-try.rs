// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: each try gets an id of its own, as a request does. A try whose answer was lost was stored all the same, and
//! downstream cannot know that the next one is the same message.
//!
//! Breaks: one-id

use kit::at_least_once::prelude::*;

struct Pending {
    message: Message,
    receipt: Receipt,
    pause_ms: u64,
}

struct Relay {
    /// By the id of the latest try.
    pending: BTreeMap<u64, Pending>,
    tries: u64,
}

impl Relay {
    fn publish(&mut self, mut pending: Pending, out: &mut Out) {
        self.tries += 1;
        let id = 1_000 * pending.message.id + self.tries;
        out.publish(id, &pending.message);
        out.timer(pending.pause_ms, id);
        pending.pause_ms *= 2;
        self.pending.insert(id, pending);
    }
}

impl AtLeastOnce for Relay {
    fn start() -> Relay {
        Relay { pending: BTreeMap::new(), tries: 0 }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        if !self.pending.values().any(|pending| pending.message.id == message.id) {
            self.publish(Pending { message, receipt, pause_ms: 100 }, out);
        }
    }

    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        if answer == Answer::Stored
            && let Some(pending) = self.pending.remove(&id)
        {
            out.ack(pending.receipt);
        }
    }

    fn on_timer(&mut self, id: u64, out: &mut Out) {
        if let Some(pending) = self.pending.remove(&id) {
            self.publish(pending, out);
        }
    }
}

exam!(at_least_once => Relay);
