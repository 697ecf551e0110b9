// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it reserves one place for urgent messages, by a subtraction. Where there is no place to spare it goes below zero.
//!
//! Breaks: no-panic

use kit::bounded::prelude::*;

struct Shedding {
    waiting: VecDeque<Message>,
    /// How many may wait.
    room: usize,
}

impl BoundedQueue for Shedding {
    fn start(limits: Limits) -> Shedding {
        let in_time = limits.target.as_nanos() / limits.worst.as_nanos();
        Shedding { waiting: VecDeque::new(), room: limits.places.min(in_time as usize) }
    }

    fn offer(&mut self, message: Message, _now: Duration) -> Answer {
        if self.waiting.len() > self.room - 2 {
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
