// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: what is never accepted never waits too long.
//!
//! Breaks: no-needless-shedding

use kit::bounded::prelude::*;

struct Closed;

impl BoundedQueue for Closed {
    fn start(_: Limits) -> Closed {
        Closed
    }

    fn offer(&mut self, _message: Message, _now: Duration) -> Answer {
        Answer::Shed
    }

    fn pull(&mut self, _now: Duration) -> Option<Message> {
        None
    }
}

exam!(bounded => Closed);
