// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, in memory that is laid out once: a ring of as many slots as messages may wait.

use kit::bounded::prelude::*;

struct Ring {
    slots: Vec<Option<Message>>,
    first: usize,
    taken: usize,
}

impl BoundedQueue for Ring {
    fn start(limits: Limits) -> Ring {
        let in_time = limits.target.as_nanos() / limits.worst.as_nanos();
        let room = limits.places.min(in_time as usize);
        Ring { slots: (0..room).map(|_| None).collect(), first: 0, taken: 0 }
    }

    fn offer(&mut self, message: Message, _now: Duration) -> Answer {
        if self.taken == self.slots.len() {
            return Answer::Shed;
        }
        let free = (self.first + self.taken) % self.slots.len();
        self.slots[free] = Some(message);
        self.taken += 1;
        Answer::Accepted
    }

    fn pull(&mut self, _now: Duration) -> Option<Message> {
        let message = self.slots.get_mut(self.first)?.take()?;
        self.first = (self.first + 1) % self.slots.len();
        self.taken -= 1;
        Some(message)
    }
}

exam!(bounded => Ring);
