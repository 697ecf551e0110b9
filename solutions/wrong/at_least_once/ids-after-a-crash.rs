// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: ids count messages, and each incarnation begins where no other has been: at the time of its start. So the same
//! message goes out under a new id after a crash.
//!
//! Breaks: one-id

use kit::at_least_once::prelude::*;

struct Pending {
    message: Message,
    receipt: Receipt,
    pause_ms: u64,
}

struct Relay {
    pending: BTreeMap<u64, Pending>,
    /// The id of the latest message.
    latest: u64,
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
        Relay { pending: BTreeMap::new(), latest: 0 }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        if !self.pending.values().any(|pending| pending.message.id == message.id) {
            // No two incarnations start in one millisecond.
            self.latest = (self.latest + 1).max(1_000 * out.now_ms());
            self.pending.insert(self.latest, Pending { message, receipt, pause_ms: 100 });
            self.publish(self.latest, out);
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
        self.publish(id, out);
    }
}

exam!(at_least_once => Relay);
