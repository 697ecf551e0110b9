// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercise: bounded (chapter "Oh no, queues")
//!
//! More may come than the consumer can do, for as long as it likes. Write the queue between them: it accepts what it can
//! hand out in time, and turns away the rest in a way that whoever offers can see.
//!
//! What you can count on:
//! - `offer` is called for each message, by several producers, and often several times between two pulls. What it answers
//!   is what the producer hears. It cannot wait: while it runs nothing else happens.
//! - `pull` is called when the consumer is ready for one message, for the first time at the very beginning. After `None` it
//!   is called again behind the next offer.
//! - The consumer comes for its next message at the latest `worst` after it pulled one, and `usual` after it on most days.
//! - `now` is how long the run goes on; it never jumps. You need not use it.
//!
//! What is asked of you: what you accept is handed out, in the order in which you accepted it, and waits no longer than
//! `target`; what you shed is let go of and never handed out; between two calls you hold at most `places` messages; and you
//! shed nothing that finds a place and would be in time even if the consumer took its worst each time. Costs: messages
//! shed while the consumer keeps its usual pace, and pulls that get nothing although something waits.
//!
//! Ours took 22 lines. About 20 minutes. Check it with `cargo course check bounded`, and when you are stuck ask
//! `cargo course hint bounded`.

use kit::bounded::prelude::*;

struct MyQueue;

impl BoundedQueue for MyQueue {
    fn start(limits: Limits) -> MyQueue {
        let _ = limits;
        MyQueue
    }

    fn offer(&mut self, message: Message, now: Duration) -> Answer {
        // Yours to write. As a beginning: if it is accepted now, how long may it have to wait?
        let _ = (message, now);
        Answer::Accepted
    }

    fn pull(&mut self, now: Duration) -> Option<Message> {
        let _ = now;
        None
    }
}

exam!(bounded => MyQueue);
