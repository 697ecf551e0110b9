// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it accepts what there is a place for, and drops at the pull what has waited too long by then. The producer was told
//! something else.
//!
//! Breaks: accepted-is-kept

use kit::bounded::prelude::*;

struct Stale {
    limits: Limits,
    waiting: VecDeque<(Message, Duration)>,
}

impl BoundedQueue for Stale {
    fn start(limits: Limits) -> Stale {
        Stale { limits, waiting: VecDeque::new() }
    }

    fn offer(&mut self, message: Message, now: Duration) -> Answer {
        if self.waiting.len() >= self.limits.places {
            return Answer::Shed;
        }
        self.waiting.push_back((message, now));
        Answer::Accepted
    }

    fn pull(&mut self, now: Duration) -> Option<Message> {
        while let Some((message, since)) = self.waiting.pop_front() {
            if now - since <= self.limits.target {
                return Some(message);
            }
        }
        None
    }
}

exam!(bounded => Stale);
