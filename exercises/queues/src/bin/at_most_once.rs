// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercise: at_most_once (chapter "At most, at least")
//!
//! A queue hands you messages, one at a time. Each of them moves money: it must never take effect twice. So you let the
//! queue remove a message first, and act only when you know that it did.
//!
//! What you can count on:
//! - `out.delete(receipt)` asks the queue to remove the message. Its answer comes to `on_delete`: `Removed`, or `NotHeld`
//!   when this delivery is not open any more. What you asked and what it answers may be lost, late, or come twice.
//! - A message that was not removed comes again: when its lease of 400 ms runs out, or after a crash. Each delivery has a
//!   receipt of its own. What was removed never comes again.
//! - The network may bring one delivery twice, with the same receipt: the second right behind the first, before any answer.
//! - `out.act(message)` lets the message take effect. It takes some milliseconds and cannot be asked or taken back.
//! - Your process may crash between any two calls of `out`, and stand still for longer than a lease. There is no disk:
//!   after a crash `start` knows nothing.
//!
//! What is asked of you: no message takes effect twice, whatever happens. Without faults each takes effect once; each
//! fault costs one message at most. When the faults stop every message leaves the queue.
//!
//! Ours took 20 lines. About 20 minutes. Check it with `cargo course check at_most_once`, and when you are stuck ask
//! `cargo course hint at_most_once`.

use kit::at_most_once::prelude::*;

struct MyConsumer;

impl AtMostOnce for MyConsumer {
    fn start() -> MyConsumer {
        MyConsumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        // Yours to write. What must have happened before the second of these lines?
        //
        //     out.delete(receipt);
        //     out.act(message);
        let _ = (message, receipt, out);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        let _ = (receipt, answer, out);
    }
}

exam!(at_most_once => MyConsumer);
