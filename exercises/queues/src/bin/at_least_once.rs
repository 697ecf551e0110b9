// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercise: at_least_once (chapter "At most, at least")
//!
//! You are a relay between two queues: take each message from the one, publish it to the other, and let the first forget it
//! only when the second has it. Whatever gets lost between, each message arrives.
//!
//! What you can count on:
//! - What the queue hands you stays yours until you ack it: there is no lease. After a crash it hands out again what was
//!   not acked, with a new receipt and the same `message.id`. The network may bring a delivery twice.
//! - `out.publish(id, &message)` sends a copy downstream, under an id of your choice. Downstream keeps the first copy under
//!   an id and takes every other one for a repetition of it.
//! - Its answer comes to `on_answer`: `Stored`, or `Refused` when there was no room. When all is well it comes within
//!   50 ms. It may be lost, late, or come twice, and so may the publish. Silence says neither yes nor no.
//! - Downstream may be out of reach for up to a minute, and full for some seconds.
//! - `out.timer(ms, token)` calls `on_timer(token)` later. Timers cannot be taken back: look whether one still matters.
//! - Your process may crash between any two calls of `out`. There is no disk: after a crash `start` knows nothing.
//!
//! What is asked of you: what you acked is stored downstream; every copy of a message goes out under one id; no message is
//! published more than 40 times, whether downstream is silent or refuses; and when the faults stop every message is stored
//! and acked, and no timer runs any more.
//!
//! Ours took 44 lines. About 30 minutes. Check it with `cargo course check at_least_once`, and when you are stuck ask
//! `cargo course hint at_least_once`.

use kit::at_least_once::prelude::*;

struct MyRelay;

impl AtLeastOnce for MyRelay {
    fn start() -> MyRelay {
        MyRelay
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        // Yours to write. What if no answer comes to the first of these lines, and when is it time for the second?
        //
        //     out.publish(id, &message);
        //     out.ack(receipt);
        let _ = (message, receipt, out);
    }

    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        let _ = (id, answer, out);
    }

    fn on_timer(&mut self, token: u64, out: &mut Out) {
        let _ = (token, out);
    }
}

exam!(at_least_once => MyRelay);
