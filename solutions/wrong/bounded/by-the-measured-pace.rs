// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it measures how long the consumer took last, and counts with that. When the consumer slows down, what was accepted
//! before is accepted.
//!
//! Breaks: wait-target

use kit::bounded::prelude::*;

struct Measuring {
    limits: Limits,
    waiting: VecDeque<Message>,
    pulled_at: Option<Duration>,
    pace: Duration,
}

impl BoundedQueue for Measuring {
    fn start(limits: Limits) -> Measuring {
        Measuring { limits, waiting: VecDeque::new(), pulled_at: None, pace: limits.worst }
    }

    fn offer(&mut self, message: Message, _now: Duration) -> Answer {
        let ahead = self.waiting.len();
        if ahead >= self.limits.places || self.pace * (ahead as u32 + 1) > self.limits.target {
            return Answer::Shed;
        }
        self.waiting.push_back(message);
        Answer::Accepted
    }

    fn pull(&mut self, now: Duration) -> Option<Message> {
        if let Some(since) = self.pulled_at {
            self.pace = (now - since).clamp(self.limits.usual, self.limits.worst);
        }
        let message = self.waiting.pop_front();
        self.pulled_at = message.as_ref().map(|_| now);
        message
    }
}

exam!(bounded => Measuring);
