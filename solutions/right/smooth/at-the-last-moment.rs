// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, and woken less often: it fills all places, and sleeps until what downstream still has to do just covers how late
//! the wake-up may come.

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
            let begins = self.done.max(out.now());
            if begins > out.now() + others {
                self.waiting.push_front(message);
                let has_a_place = begins - out.now() - others;
                let runs_empty = begins.saturating_sub(out.now() + self.limits.late);
                return out.wake_after(runs_empty.max(has_a_place));
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
