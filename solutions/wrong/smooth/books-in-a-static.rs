// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: its books are a thread-local, and the next run begins with those of the last one.
//!
//! Comes out as: not deterministic

use kit::smooth::prelude::*;

use std::cell::Cell;

thread_local! {
    /// When downstream will be done with everything that was sent.
    static DONE: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

struct Paced {
    limits: Limits,
    waiting: VecDeque<Message>,
}

impl Paced {
    fn fill_up(&mut self, out: &mut Out) {
        let service = self.limits.service;
        let others = service * (self.limits.places - 1) as u32;
        while let Some(message) = self.waiting.pop_front() {
            let begins = DONE.get().max(out.now());
            let too_early = begins.saturating_sub(out.now() + others);
            if !too_early.is_zero() {
                self.waiting.push_front(message);
                return out.wake_after(too_early);
            }
            out.send(message);
            DONE.set(begins + service);
        }
    }
}

impl Shaper for Paced {
    fn start(limits: Limits) -> Paced {
        Paced { limits, waiting: VecDeque::new() }
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
