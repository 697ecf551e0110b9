// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it fills all places and comes back when downstream is done with all of them. Each time it comes late downstream
//! stands idle, and nothing makes up for that.
//!
//! Breaks: in-time

use kit::smooth::prelude::*;

struct Paced {
    limits: Limits,
    waiting: VecDeque<Message>,
    /// When downstream will be done with everything that was sent.
    done: Duration,
}

impl Paced {
    fn fill_up(&mut self, out: &mut Out) {
        if self.done <= out.now() {
            self.done = out.now();
            for _ in 0..self.limits.places {
                if let Some(message) = self.waiting.pop_front() {
                    out.send(message);
                    self.done += self.limits.service;
                }
            }
        }
        if !self.waiting.is_empty() {
            out.wake_after(self.done - out.now());
        }
    }
}

impl Shaper for Paced {
    fn start(limits: Limits) -> Paced {
        Paced { limits, waiting: VecDeque::new(), done: Duration::ZERO }
    }

    fn on_arrival(&mut self, message: Message, out: &mut Out) {
        self.waiting.push_back(message);
        self.fill_up(out);
    }

    fn on_timer(&mut self, out: &mut Out) {
        self.fill_up(out);
    }
}

exam!(smooth => Paced);
