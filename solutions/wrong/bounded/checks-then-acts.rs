// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it counts once in each moment, and messages that come in the same moment all pass the same check.
//!
//! Breaks: bound-kept

use kit::bounded::prelude::*;

struct Shedding {
    waiting: VecDeque<Message>,
    /// How many may wait.
    room: usize,
    /// How many waited, and when that was counted.
    counted: (usize, Duration),
}

impl BoundedQueue for Shedding {
    fn start(limits: Limits) -> Shedding {
        let in_time = limits.target.as_nanos() / limits.worst.as_nanos();
        Shedding { waiting: VecDeque::new(), room: limits.places.min(in_time as usize), counted: (0, Duration::ZERO) }
    }

    fn offer(&mut self, message: Message, now: Duration) -> Answer {
        if self.counted.1 != now {
            self.counted = (self.waiting.len(), now);
        }
        if self.counted.0 >= self.room {
            return Answer::Shed;
        }
        self.waiting.push_back(message);
        Answer::Accepted
    }

    fn pull(&mut self, _now: Duration) -> Option<Message> {
        self.waiting.pop_front()
    }
}

exam!(bounded => Shedding);
