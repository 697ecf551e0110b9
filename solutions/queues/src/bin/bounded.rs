// SPDX-License-Identifier: MIT OR Apache-2.0
//! Solution: bounded.
//!
//! How long a queue may get follows from how long its last message may wait. Behind `n` others, and behind one that the
//! consumer works on, a message waits `(n + 1) · worst` at the most: so at most `target / worst` may wait, and no more than
//! there are places.

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
