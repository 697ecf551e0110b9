// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: after each message it sleeps `service`, counted from the moment in which it woke. Each wake-up is a little late, and
//! nothing makes up for it: at the end of a long burst the little adds up to more than the deadline allows.
//!
//! Breaks: in-time

use kit::smooth::prelude::*;

struct Sleepy {
    service: Duration,
    waiting: VecDeque<Message>,
    next: Duration,
}

impl Sleepy {
    fn send_one(&mut self, out: &mut Out) {
        if out.now() >= self.next
            && let Some(message) = self.waiting.pop_front()
        {
            out.send(message);
            self.next = out.now() + self.service;
        }
        if !self.waiting.is_empty() {
            out.wake_after(self.next - out.now());
        }
    }
}

impl Shaper for Sleepy {
    fn start(limits: Limits) -> Sleepy {
        Sleepy { service: limits.service, waiting: VecDeque::new(), next: Duration::ZERO }
    }

    fn on_arrival(&mut self, message: Message, out: &mut Out) {
        self.waiting.push_back(message);
        self.send_one(out);
    }

    fn on_timer(&mut self, out: &mut Out) {
        self.send_one(out);
    }
}

exam!(smooth => Sleepy);
