// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it is fair to producers, with a lane for each of two and turns between them. What was accepted first from one waits
//! behind what was accepted later from the other.
//!
//! Breaks: first-in-first-out

use kit::bounded::prelude::*;

struct Lanes {
    lanes: [VecDeque<Message>; 2],
    turn: usize,
    /// How many may wait.
    room: usize,
}

impl BoundedQueue for Lanes {
    fn start(limits: Limits) -> Lanes {
        let in_time = limits.target.as_nanos() / limits.worst.as_nanos();
        Lanes { lanes: Default::default(), turn: 0, room: limits.places.min(in_time as usize) }
    }

    fn offer(&mut self, message: Message, _now: Duration) -> Answer {
        if self.lanes.iter().map(VecDeque::len).sum::<usize>() >= self.room {
            return Answer::Shed;
        }
        self.lanes[(message.number % 2) as usize].push_back(message);
        Answer::Accepted
    }

    fn pull(&mut self, _now: Duration) -> Option<Message> {
        self.turn = 1 - self.turn;
        self.lanes[self.turn].pop_front().or_else(|| self.lanes[1 - self.turn].pop_front())
    }
}

exam!(bounded => Lanes);
