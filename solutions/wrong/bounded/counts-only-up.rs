// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: a counter of its own, which goes up with each message that is accepted and is not taken down when one is pulled.
//!
//! Breaks: no-needless-shedding

use kit::bounded::prelude::*;

struct Shedding {
    waiting: VecDeque<Message>,
    /// How many may wait.
    room: usize,
    count: usize,
}

impl BoundedQueue for Shedding {
    fn start(limits: Limits) -> Shedding {
        let in_time = limits.target.as_nanos() / limits.worst.as_nanos();
        Shedding { waiting: VecDeque::new(), room: limits.places.min(in_time as usize), count: 0 }
    }

    fn offer(&mut self, message: Message, _now: Duration) -> Answer {
        if self.count >= self.room {
            return Answer::Shed;
        }
        self.count += 1;
        self.waiting.push_back(message);
        Answer::Accepted
    }

    fn pull(&mut self, _now: Duration) -> Option<Message> {
        if self.waiting.is_empty() {
            self.count = 0;
        }
        self.waiting.pop_front()
    }
}

exam!(bounded => Shedding);
