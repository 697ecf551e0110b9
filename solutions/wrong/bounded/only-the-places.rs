// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it is bounded by its places alone. Where there are more of them than the target has time for, the last message comes
//! too late as soon as the consumer slows down.
//!
//! Breaks: wait-target

use kit::bounded::prelude::*;

struct Shedding {
    waiting: VecDeque<Message>,
    /// How many may wait.
    room: usize,
}

impl BoundedQueue for Shedding {
    fn start(limits: Limits) -> Shedding {
        Shedding { waiting: VecDeque::new(), room: limits.places }
    }

    fn offer(&mut self, message: Message, _now: Duration) -> Answer {
        if self.waiting.len() >= self.room {
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
