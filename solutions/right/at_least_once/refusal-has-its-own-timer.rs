// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right: silence and a refusal both set the pause anew, and a token names the timer that counts: older ones go off and
//! change nothing.

use kit::at_least_once::prelude::*;

struct Pending {
    message: Message,
    receipt: Receipt,
    pause_ms: u64,
    /// The token of the timer that counts.
    token: u64,
}

struct Relay {
    pending: BTreeMap<u64, Pending>,
    /// The last token that was given away.
    tokens: u64,
}

impl Relay {
    /// Comes back to a message after its pause, which doubles.
    fn later(&mut self, id: u64, out: &mut Out) {
        if let Some(pending) = self.pending.get_mut(&id) {
            self.tokens += 1;
            pending.token = self.tokens;
            out.timer(pending.pause_ms, pending.token);
            pending.pause_ms *= 2;
        }
    }
}

impl AtLeastOnce for Relay {
    fn start() -> Relay {
        Relay { pending: BTreeMap::new(), tokens: 0 }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let id = message.id;
        if !self.pending.contains_key(&id) {
            out.publish(id, &message);
            self.pending.insert(id, Pending { message, receipt, pause_ms: 80, token: 0 });
            self.later(id, out);
        }
    }

    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        match answer {
            Answer::Stored => {
                if let Some(pending) = self.pending.remove(&id) {
                    out.ack(pending.receipt);
                }
            }
            Answer::Refused => self.later(id, out),
        }
    }

    fn on_timer(&mut self, token: u64, out: &mut Out) {
        let due = self.pending.iter().find(|(_, pending)| pending.token == token);
        if let Some((id, pending)) = due.map(|(id, pending)| (*id, pending)) {
            out.publish(id, &pending.message);
            self.later(id, out);
        }
    }
}

exam!(at_least_once => Relay);
