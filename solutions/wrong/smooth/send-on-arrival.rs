// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it sends what comes as it comes. That is what it was put there to prevent.
//!
//! Breaks: no-overload

use kit::smooth::prelude::*;

struct Through;

impl Shaper for Through {
    fn start(_: Limits) -> Through {
        Through
    }

    fn on_arrival(&mut self, message: Message, out: &mut Out) {
        out.send(message);
    }

    fn on_timer(&mut self, _: &mut Out) {}
}

exam!(smooth => Through);
