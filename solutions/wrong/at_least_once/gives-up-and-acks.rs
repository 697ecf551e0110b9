// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: after five tries it gives a message up and acks it, so that the queue does not bring it again. Five tries are over
//! long before downstream is back.
//!
//! Breaks: nothing-lost

use kit::at_least_once::prelude::*;

/// The first pause between two publishes: longer than an answer takes when all is well.
const FIRST_PAUSE_MS: u64 = 100;
/// That of the fifth try.
const LONGEST_PAUSE_MS: u64 = 1_600;

/// A message that downstream has not confirmed yet.
struct Pending {
    message: Message,
    receipt: Receipt,
    /// How long to wait for an answer before the next publish.
    pause_ms: u64,
}

struct Relay {
    /// By the message's own id, which is the id of every publish of it.
    pending: BTreeMap<u64, Pending>,
}

impl Relay {
    /// Publishes a message that is still pending, and comes back to it after a pause that doubles each time.
    fn publish(&mut self, id: u64, out: &mut Out) {
        if self.pending.get(&id).is_some_and(|pending| pending.pause_ms > LONGEST_PAUSE_MS)
            && let Some(pending) = self.pending.remove(&id)
        {
            out.ack(pending.receipt);
        }
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
        let id = message.id;
        if let Some(pending) = self.pending.get_mut(&id) {
            // It came a second time and is on its way already.
            pending.receipt = receipt;
            return;
        }
        self.pending.insert(id, Pending { message, receipt, pause_ms: FIRST_PAUSE_MS });
        self.publish(id, out);
    }

    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        // After a refusal as after silence: the timer knows when to try again.
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
