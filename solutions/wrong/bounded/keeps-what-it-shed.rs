// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it sheds, and keeps the message for a quieter moment. The producer has gone elsewhere with it long ago.
//!
//! Breaks: shed-is-final

use kit::bounded::prelude::*;

struct Shedding {
    waiting: VecDeque<Message>,
    /// How many may wait.
    room: usize,
    shed: VecDeque<Message>,
}

impl BoundedQueue for Shedding {
    fn start(limits: Limits) -> Shedding {
        let in_time = limits.target.as_nanos() / limits.worst.as_nanos();
        Shedding { waiting: VecDeque::new(), room: limits.places.min(in_time as usize), shed: VecDeque::new() }
    }

    fn offer(&mut self, message: Message, _now: Duration) -> Answer {
        if self.waiting.len() >= self.room {
            self.shed.push_back(message);
            return Answer::Shed;
        }
        self.waiting.push_back(message);
        Answer::Accepted
    }

    fn pull(&mut self, _now: Duration) -> Option<Message> {
        self.waiting.pop_front().or_else(|| self.shed.pop_front())
    }
}

exam!(bounded => Shedding);
