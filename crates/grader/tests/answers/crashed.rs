// SPDX-License-Identifier: MIT OR Apache-2.0
//! Takes for granted that a message waits.

use kit::bounded::prelude::*;

struct Queue {
    waiting: VecDeque<Message>,
    room: usize,
}

impl BoundedQueue for Queue {
    fn start(limits: Limits) -> Queue {
        let in_time = limits.target.as_nanos() / limits.worst.as_nanos();
        Queue { waiting: VecDeque::new(), room: limits.places.min(in_time as usize) }
    }

    fn offer(&mut self, message: Message, _now: Duration) -> Answer {
        if self.waiting.len() >= self.room {
            return Answer::Shed;
        }
        self.waiting.push_back(message);
        Answer::Accepted
    }

    fn pull(&mut self, _now: Duration) -> Option<Message> {
        Some(self.waiting.pop_front().unwrap())
    }
}

exam!(bounded => Queue);
