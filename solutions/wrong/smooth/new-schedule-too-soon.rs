// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: while messages wait, one is due each `service`, and what falls due while it oversleeps is sent at once. But when
//! nothing waits any more it begins a new schedule, and forgets that downstream still works on what it just caught up with.
//!
//! Breaks: no-overload

use kit::smooth::prelude::*;

struct Scheduled {
    limits: Limits,
    waiting: VecDeque<Message>,
    /// When the next message is due.
    next: Duration,
}

impl Scheduled {
    fn send_what_is_due(&mut self, out: &mut Out) {
        while self.next <= out.now()
            && let Some(message) = self.waiting.pop_front()
        {
            out.send(message);
            self.next += self.limits.service;
        }
        if !self.waiting.is_empty() {
            out.wake_after(self.next - out.now());
        }
    }
}

impl Shaper for Scheduled {
    fn start(limits: Limits) -> Scheduled {
        Scheduled { limits, waiting: VecDeque::new(), next: Duration::ZERO }
    }

    fn on_arrival(&mut self, message: Message, out: &mut Out) {
        if self.waiting.is_empty() {
            self.next = self.next.max(out.now());
        }
        self.waiting.push_back(message);
        self.send_what_is_due(out);
    }

    fn on_timer(&mut self, out: &mut Out) {
        self.send_what_is_due(out);
    }
}

exam!(smooth => Scheduled);
