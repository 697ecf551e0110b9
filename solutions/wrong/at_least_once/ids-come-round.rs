// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: ids are small numbers that come round after 64. Downstream remembers them for longer than that, and takes the
//! next message under an old id for a copy.
//!
//! Breaks: nothing-lost

use kit::at_least_once::prelude::*;

const FIRST_PAUSE_MS: u64 = 100;

struct Pending {
    message: Message,
    receipt: Receipt,
    pause_ms: u64,
}

struct Relay {
    pending: BTreeMap<u64, Pending>,
}

impl Relay {
    fn publish(&mut self, id: u64, out: &mut Out) {
        if let Some(pending) = self.pending.get_mut(&id) {
            out.publish(id, &pending.message);
            out.timer(pending.pause_ms, id);
            pending.pause_ms *= 2;
        }
    }
}

impl AtLeastOnce for Relay {
    fn start() -> Relay {
        Relay { pending: BTreeMap::new() }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let id = message.id % 64;
        self.pending.insert(id, Pending { message, receipt, pause_ms: FIRST_PAUSE_MS });
        self.publish(id, out);
    }

    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        if answer == Answer::Stored
            && let Some(pending) = self.pending.remove(&id)
        {
            out.ack(pending.receipt);
        }
    }

    fn on_timer(&mut self, id: u64, out: &mut Out) {
        self.publish(id, out);
    }
}

exam!(at_least_once => Relay);
