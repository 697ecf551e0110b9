// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, and the long way: it mirrors what downstream holds, message by message, each with the moment in which it will be
//! done.

use kit::smooth::prelude::*;

struct Mirror {
    limits: Limits,
    waiting: VecDeque<Message>,
    /// When each message that downstream holds will be done.
    inside: VecDeque<Duration>,
}

impl Mirror {
    fn fill_up(&mut self, out: &mut Out) {
        while self.inside.front().is_some_and(|done| *done <= out.now()) {
            self.inside.pop_front();
        }
        while self.inside.len() < self.limits.places
            && let Some(message) = self.waiting.pop_front()
        {
            let begins = self.inside.back().copied().unwrap_or(out.now());
            self.inside.push_back(begins + self.limits.service);
            out.send(message);
        }
        if let Some(first) = self.inside.front().filter(|_| !self.waiting.is_empty()) {
            out.wake_after(*first - out.now());
        }
    }
}

impl Shaper for Mirror {
    fn start(limits: Limits) -> Mirror {
        Mirror { limits, waiting: VecDeque::new(), inside: VecDeque::new() }
    }

    fn on_arrival(&mut self, message: Message, out: &mut Out) {
        self.waiting.push_back(message);
        self.fill_up(out);
    }

    fn on_timer(&mut self, out: &mut Out) {
        self.fill_up(out);
    }
}

exam!(smooth => Mirror);
