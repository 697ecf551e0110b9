// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, and it accepts more: it knows since when the consumer works on the last message, and counts only what is left of
//! its worst.

use kit::bounded::prelude::*;

struct Shedding {
    limits: Limits,
    waiting: VecDeque<Message>,
    /// Until when the consumer may be busy with the message that it pulled last.
    busy_until: Duration,
}

impl BoundedQueue for Shedding {
    fn start(limits: Limits) -> Shedding {
        Shedding { limits, waiting: VecDeque::new(), busy_until: limits.worst }
    }

    fn offer(&mut self, message: Message, now: Duration) -> Answer {
        let ahead = self.waiting.len();
        let wait = self.busy_until.saturating_sub(now) + self.limits.worst * ahead as u32;
        if ahead >= self.limits.places || wait > self.limits.target {
            return Answer::Shed;
        }
        self.waiting.push_back(message);
        Answer::Accepted
    }

    fn pull(&mut self, now: Duration) -> Option<Message> {
        let message = self.waiting.pop_front();
        self.busy_until = if message.is_some() { now + self.limits.worst } else { now };
        message
    }
}

exam!(bounded => Shedding);
