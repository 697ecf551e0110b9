// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it takes a wake-up for proof that a place is free. One that comes too early proves nothing.
//!
//! Breaks: no-overload

use kit::smooth::prelude::*;

struct Paced {
    limits: Limits,
    waiting: VecDeque<Message>,
    /// When downstream will be done with everything that was sent.
    done: Duration,
}

impl Paced {
    fn send(&mut self, out: &mut Out) {
        if let Some(message) = self.waiting.pop_front() {
            self.done = self.done.max(out.now()) + self.limits.service;
            out.send(message);
        }
    }

    fn fill_up(&mut self, out: &mut Out) {
        let others = self.limits.service * (self.limits.places - 1) as u32;
        while !self.waiting.is_empty() {
            let too_early = self.done.saturating_sub(out.now() + others);
            if !too_early.is_zero() {
                return out.wake_after(too_early);
            }
            self.send(out);
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
        self.send(out);
        self.fill_up(out);
    }
}

exam!(smooth => Paced);
