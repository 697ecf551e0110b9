// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it acks what it is given and publishes until it is stored. A crash between, and nobody has the message any more.
//!
//! Breaks: nothing-lost

use kit::at_least_once::prelude::*;

/// The first pause between two publishes: longer than an answer takes when all is well.
const FIRST_PAUSE_MS: u64 = 100;

/// A message that downstream has not confirmed yet.
struct Pending {
    message: Message,
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
        out.ack(receipt);
        if self.pending.contains_key(&id) {
            return;
        }
        self.pending.insert(id, Pending { message, pause_ms: FIRST_PAUSE_MS });
        self.publish(id, out);
    }

    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        // After a refusal as after silence: the timer knows when to try again.
        let _ = out;
        if answer == Answer::Stored {
            self.pending.remove(&id);
        }
    }

    fn on_timer(&mut self, id: u64, out: &mut Out) {
        self.publish(id, out);
    }
}

exam!(at_least_once => Relay);
