// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercise: partition_by_key (chapter "Not in order")
//!
//! Messages have keys, and consumers come and go. Hand each message to a member of the group so that the messages of one
//! key take effect in their order, each once, whoever joins, leaves, dies or only seems to be dead.
//!
//! What you can count on:
//! - The messages of one key come to you in their order. You may have at most a window of them at a time: `out.done(message)`
//!   makes room for the next.
//! - A member works on what you hand it one after the other, in the order in which you handed it, and acks each message once
//!   it has taken effect in the store. So a key that stays where it is does not wait for acks.
//! - `on_rebalance` tells you who is a member from now on. A member that is gone may have left and be finishing what you
//!   handed it; it may be dead; it may stand still and go on later, and know nothing of it. You cannot tell.
//! - The token that you hand out with a message goes with its effect to the store. Once the store has seen a larger token for
//!   a key it refuses that key's smaller ones. It compares tokens and nothing else: one message in two deliveries takes
//!   effect twice.
//! - `out.fence(key, token)` makes the store refuse smaller tokens of this key. The answer says which message of the key was
//!   the last to take effect: what was handed out with a smaller token and is not among those never will.
//! - Acks may be late, come twice or not at all; hand-outs may be late or lost. Who does not ack for long is put out of the
//!   group. What goes to the store and comes from it may be late and is never lost. Your own process does not fail.
//!
//! What is asked of you: no message before an earlier one of its key, none twice, none done that has not taken effect,
//! nothing handed to who is not a member, each message handed out in the call in which it comes unless its own key is still
//! in other hands, and everything done once the faults stop. Of 64 keys no member may have more than twice its even share,
//! and when the group changes few keys should move, with few fences.
//!
//! Ours took 79 lines. About 50 minutes. Check it with `cargo course check partition_by_key`, and when you are stuck ask
//! `cargo course hint partition_by_key`.

use kit::partition_by_key::prelude::*;

/// Who shall have a key, of these members: no one, where there is none.
fn route(key: u32, members: &[u64]) -> Option<u64> {
    let _ = key;
    members.first().copied()
}

struct MyRouter;

impl PartitionByKey for MyRouter {
    fn start() -> MyRouter {
        MyRouter
    }

    fn on_message(&mut self, message: Message, out: &mut Out) {
        // Yours to write. As a beginning: who has this key, and may the message go there now?
        //
        //     out.hand(&message, member, token);
        let _ = (message, out, route(0, &[]));
    }

    fn on_rebalance(&mut self, generation: u64, members: &[u64], out: &mut Out) {
        // Which keys go to somebody else, and which of their messages are still with somebody?
        //
        //     out.fence(key, generation);
        let _ = (generation, members, out);
    }

    fn on_ack(&mut self, key: u32, number: u64, out: &mut Out) {
        let _ = (key, number, out);
    }

    fn on_fenced(&mut self, key: u32, token: u64, last: u64, out: &mut Out) {
        let _ = (key, token, last, out);
    }
}

exam!(partition_by_key => MyRouter);
