// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it counts in whole milliseconds and cuts off the rest. What comes at 3.9 ms is in its books from 3 ms on, and so the
//! next one is sent before downstream is done.
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
    fn fill_up(&mut self, out: &mut Out) {
        let service = self.limits.service;
        let others = service * (self.limits.places - 1) as u32;
        let now = Duration::from_millis(out.now().as_millis() as u64);
        while let Some(message) = self.waiting.pop_front() {
            let begins = self.done.max(now);
            let too_early = begins.saturating_sub(now + others);
            if !too_early.is_zero() {
                self.waiting.push_front(message);
                return out.wake_after(too_early);
            }
            out.send(message);
            self.done = begins + service;
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
