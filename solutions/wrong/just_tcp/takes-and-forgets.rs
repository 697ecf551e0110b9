// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it takes what it is offered and does nothing with it. Nobody is turned away, and nothing happens.
//!
//! Breaks: finishes

use kit::just_tcp::prelude::*;

struct Nobody;

impl Sender for Nobody {
    fn start(_: usize) -> Nobody {
        Nobody
    }

    fn offer(&mut self, _: &[u8], _: &mut Socket) -> Answer {
        Answer::Taken
    }

    fn connected(&mut self, _: &mut Socket) {}

    fn bytes(&mut self, _: &[u8], _: &mut Socket) {}

    fn disconnected(&mut self) {}
}

impl Receiver for Nobody {
    fn start(_: u64) -> Nobody {
        Nobody
    }

    fn connected(&mut self, _: &mut Out) {}

    fn bytes(&mut self, _: &[u8], _: &mut Out) {}

    fn disconnected(&mut self) {}
}

exam!(just_tcp => (Nobody, Nobody));
