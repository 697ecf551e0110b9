// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it accepts what waits less than the target, where what waits exactly as long is still in time. Where the target is
//! as long as the worst, it sheds while the queue is empty.
//!
//! Breaks: no-needless-shedding

use kit::bounded::prelude::*;

struct Shedding {
    limits: Limits,
    waiting: VecDeque<Message>,
}

impl BoundedQueue for Shedding {
    fn start(limits: Limits) -> Shedding {
        Shedding { limits, waiting: VecDeque::new() }
    }

    fn offer(&mut self, message: Message, _now: Duration) -> Answer {
        let ahead = self.waiting.len();
        let wait = self.limits.worst * (ahead as u32 + 1);
        if ahead < self.limits.places && wait < self.limits.target {
            self.waiting.push_back(message);
            Answer::Accepted
        } else {
            Answer::Shed
        }
    }

    fn pull(&mut self, _now: Duration) -> Option<Message> {
        self.waiting.pop_front()
    }
}

exam!(bounded => Shedding);
