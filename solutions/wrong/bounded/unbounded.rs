// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: there is no bound. Above capacity the queue grows for as long as that lasts, and every message waits longer than
//! the one before.
//!
//! Breaks: bound-kept

use kit::bounded::prelude::*;

struct Unbounded(VecDeque<Message>);

impl BoundedQueue for Unbounded {
    fn start(_: Limits) -> Unbounded {
        Unbounded(VecDeque::new())
    }

    fn offer(&mut self, message: Message, _now: Duration) -> Answer {
        self.0.push_back(message);
        Answer::Accepted
    }

    fn pull(&mut self, _now: Duration) -> Option<Message> {
        self.0.pop_front()
    }
}

exam!(bounded => Unbounded);
