// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: `offer` waits until there is a place. While it waits nobody can pull, so there never is one; and whoever offers
//! hears neither yes nor no.
//!
//! Comes out as: timed out

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
        while self.waiting.len() >= self.room {
            std::thread::yield_now();
        }
        self.waiting.push_back(message);
        Answer::Accepted
    }

    fn pull(&mut self, _now: Duration) -> Option<Message> {
        self.waiting.pop_front()
    }
}

exam!(bounded => Shedding);
