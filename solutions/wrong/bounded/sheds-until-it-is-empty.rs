// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: once it was full it sheds until everything has drained. Meanwhile there are places, and time.
//!
//! Breaks: no-needless-shedding

use kit::bounded::prelude::*;

struct Shedding {
    waiting: VecDeque<Message>,
    /// How many may wait.
    room: usize,
    was_full: bool,
}

impl BoundedQueue for Shedding {
    fn start(limits: Limits) -> Shedding {
        let in_time = limits.target.as_nanos() / limits.worst.as_nanos();
        Shedding { waiting: VecDeque::new(), room: limits.places.min(in_time as usize), was_full: false }
    }

    fn offer(&mut self, message: Message, _now: Duration) -> Answer {
        self.was_full |= self.waiting.len() >= self.room;
        self.was_full &= !self.waiting.is_empty();
        if self.was_full {
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
