// SPDX-License-Identifier: MIT OR Apache-2.0
//! As many wait as there are places, however long that takes.

use kit::bounded::prelude::*;

struct Queue {
    waiting: VecDeque<Message>,
    room: usize,
}

impl BoundedQueue for Queue {
    fn start(limits: Limits) -> Queue {
        Queue { waiting: VecDeque::new(), room: limits.places }
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

exam!(bounded => Queue);
