// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercise: smooth (chapter "The spike")
//!
//! A producer sends in bursts. Downstream has a few places and works on one message after the other. Write what stands
//! between the two: it takes a burst in at once and hands it on no faster than downstream can take it, and no slower.
//!
//! What you can count on:
//! - The envelope: in any span of length t at most `burst + t / interval` messages come. Rests, full bursts and steady
//!   streams are mixed as badly as that allows.
//! - Downstream works `service` on one message, which is less than `interval`, and has room for `places` messages, the
//!   one in work included. It says nothing: what it holds follows from when you sent what.
//! - `out.wake_after(span)` asks for one call of `on_timer`. Asking again replaces what was asked for before. The call
//!   comes up to `late` late; now and then it comes too early, and is used up all the same.
//! - `out.now()` never jumps. `out.wall_clock()` can be set while you run.
//!
//! What is asked of you: no message ever reaches a downstream whose places are all taken; messages leave in the order in
//! which they came; none is dropped; each is sent at most `deadline` after it came, which is `burst · service`, the time
//! that a full burst takes to work off, plus `2 · late + 2 · service`; and you are woken no more than twice for each
//! message and ten times more, where a wake-up that comes too early does not count. Costs: wake-ups, and messages held
//! beyond `burst`.
//!
//! Ours took 35 lines. About 35 minutes. Check it with `cargo course check smooth`, and when you are stuck ask
//! `cargo course hint smooth`.

use kit::smooth::prelude::*;

struct MyShaper;

impl Shaper for MyShaper {
    fn start(limits: Limits) -> MyShaper {
        let _ = limits;
        MyShaper
    }

    fn on_arrival(&mut self, message: Message, out: &mut Out) {
        // Yours to write. As a beginning: has downstream a place for it now, and if not, when will it have one?
        //
        //     out.send(message);
        //     out.wake_after(Duration::from_millis(10));
        let _ = (message, out);
    }

    fn on_timer(&mut self, out: &mut Out) {
        let _ = out;
    }
}

exam!(smooth => MyShaper);
