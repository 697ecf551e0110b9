// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercise: resequencer (chapter "Not in order")
//!
//! A queue hands you messages in any order, some of them twice. Put the messages of each key back into their order:
//! of every key emit message 0, then 1, then 2, each exactly once.
//!
//! What you can count on:
//! - `message.seq` counts the messages of one key from 0, without gaps. Keys have nothing to do with each other.
//! - You may hold at most `buffer` messages between two calls. What you cannot hold you can give back with
//!   `out.nack(receipt)`: the queue puts it behind everything that waits and hands it out again.
//! - `gone(key, seq)` says that a message will never come: the queue has put it aside. After a crash you are told again.
//! - Your process and your machine may crash between any two calls of `out`. Fields are gone then; what a transaction
//!   committed is not. `start` gets what you committed with `set_next`.
//! - A message that is neither acked nor nacked comes again: after a crash, or when its lease runs out.
//!
//! What is asked of you: nothing out of order, nothing twice, nothing lost, nothing skipped that is not gone, never more
//! than `buffer` messages held, none of them past the call in which its turn comes, and everything emitted and acked once
//! the faults stop. A message may be late by any time: only `gone` says that it will not come.
//!
//! Ours took 58 lines. About 40 minutes. Check it with `cargo course check resequencer`, and when you are stuck ask
//! `cargo course hint resequencer`.

use kit::resequencer::prelude::*;

struct MyResequencer;

impl Resequencer for MyResequencer {
    fn start(next: BTreeMap<u32, u64>, buffer: usize) -> MyResequencer {
        let _ = (next, buffer);
        MyResequencer
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        // Yours to write. As a beginning: which message of this key is to come next, and is this one it?
        //
        //     let mut transaction = out.transaction();
        //     transaction.emit(message);
        //     transaction.set_next(key, next);
        //     transaction.commit();
        //     out.ack(receipt);
        let _ = (message, receipt, out);
    }

    fn gone(&mut self, key: u32, seq: u64, out: &mut Out) {
        let _ = (key, seq, out);
    }
}

exam!(resequencer => MyResequencer);
