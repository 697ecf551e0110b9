// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it sends at the rate at which messages come on average, one each `interval`. A backlog shrinks only as far as
//! downstream is faster than that, and this never lets it be.
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
        let pause = self.limits.interval;
        let others = pause * (self.limits.places - 1) as u32;
        while let Some(message) = self.waiting.pop_front() {
            let begins = self.done.max(out.now());
            let too_early = begins.saturating_sub(out.now() + others);
            if !too_early.is_zero() {
                self.waiting.push_front(message);
                return out.wake_after(too_early);
            }
            out.send(message);
            self.done = begins + pause;
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
