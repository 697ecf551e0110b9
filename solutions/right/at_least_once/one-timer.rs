// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, with one timer for all: it looks at each message whether its time has come, and runs while anything is pending.
//! Pauses grow to five seconds and no further.

use kit::at_least_once::prelude::*;

const LOOK_EVERY_MS: u64 = 100;
const LONGEST_PAUSE_MS: u64 = 5_000;

struct Pending {
    message: Message,
    receipt: Receipt,
    due_ms: u64,
    pause_ms: u64,
}

struct Relay {
    pending: BTreeMap<u64, Pending>,
    timer_runs: bool,
}

impl Relay {
    fn keep_looking(&mut self, out: &mut Out) {
        if !self.timer_runs && !self.pending.is_empty() {
            self.timer_runs = true;
            out.timer(LOOK_EVERY_MS, 0);
        }
    }
}

impl AtLeastOnce for Relay {
    fn start() -> Relay {
        Relay { pending: BTreeMap::new(), timer_runs: false }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let id = message.id;
        out.publish(id, &message);
        let due_ms = out.now_ms() + 200;
        self.pending.insert(id, Pending { message, receipt, due_ms, pause_ms: 200 });
        self.keep_looking(out);
    }

    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        if answer == Answer::Refused {
            return;
        }
        if let Some(pending) = self.pending.remove(&id) {
            out.ack(pending.receipt);
        }
    }

    fn on_timer(&mut self, _: u64, out: &mut Out) {
        self.timer_runs = false;
        let now_ms = out.now_ms();
        for (id, pending) in &mut self.pending {
            if pending.due_ms <= now_ms {
                out.publish(*id, &pending.message);
                pending.pause_ms = (2 * pending.pause_ms).min(LONGEST_PAUSE_MS);
                pending.due_ms = now_ms + pending.pause_ms;
            }
        }
        self.keep_looking(out);
    }
}

exam!(at_least_once => Relay);
