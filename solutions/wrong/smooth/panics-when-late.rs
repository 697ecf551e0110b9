// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it subtracts without asking which is larger. Who wakes late finds that downstream was done before now.
//!
//! Breaks: no-panic

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
        while let Some(message) = self.waiting.pop_front() {
            if self.done.is_zero() {
                self.done = out.now();
            }
            let to_do = self.done - out.now();
            if to_do > others {
                self.waiting.push_front(message);
                return out.wake_after(to_do - others);
            }
            out.send(message);
            self.done += service;
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
