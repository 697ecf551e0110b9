// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it publishes once and waits for the answer. When the publish or the answer is lost, it waits for ever.
//!
//! Breaks: finishes

use kit::at_least_once::prelude::*;

/// A message that downstream has not confirmed yet.
struct Pending {
    message: Message,
    receipt: Receipt,
}

struct Relay {
    /// By the message's own id, which is the id of every publish of it.
    pending: BTreeMap<u64, Pending>,
}

impl Relay {
    fn publish(&mut self, id: u64, out: &mut Out) {
        if let Some(pending) = self.pending.get(&id) {
            out.publish(id, &pending.message);
        }
    }
}

impl AtLeastOnce for Relay {
    fn start() -> Relay {
        Relay { pending: BTreeMap::new() }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let id = message.id;
        if let Some(pending) = self.pending.get_mut(&id) {
            // It came a second time and is on its way already.
            pending.receipt = receipt;
            return;
        }
        self.pending.insert(id, Pending { message, receipt });
        self.publish(id, out);
    }

    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        if answer == Answer::Refused {
            self.publish(id, out);
        }
        if answer == Answer::Stored
            && let Some(pending) = self.pending.remove(&id)
        {
            out.ack(pending.receipt);
        }
    }

    fn on_timer(&mut self, _: u64, _: &mut Out) {}
}

exam!(at_least_once => Relay);
