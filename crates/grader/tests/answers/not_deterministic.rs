// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every other start sheds everything: no run comes out twice as it did once.

use kit::bounded::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

static STARTS: AtomicUsize = AtomicUsize::new(0);

struct Queue {
    waiting: VecDeque<Message>,
    room: usize,
}

impl BoundedQueue for Queue {
    fn start(limits: Limits) -> Queue {
        let in_time = limits.target.as_nanos() / limits.worst.as_nanos();
        let odd = STARTS.fetch_add(1, Ordering::Relaxed) % 2;
        Queue { waiting: VecDeque::new(), room: odd * limits.places.min(in_time as usize) }
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
