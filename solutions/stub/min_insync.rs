// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercise: min_insync (chapter "Through a partition")
//!
//! You lead a replicated partition, at times. Clients send records; you append them to your log, followers copy it, and you tell
//! each client how it came out. Whatever you confirm must still be there when another replica leads.
//!
//! What you can count on:
//! - A controller knows who leads and which replicas are in sync, the leader among them. It may elect anybody of those at any moment,
//!   without a reason, and it likes to choose the one whose log is shortest. Each election begins a new epoch.
//! - The log of whoever is elected counts: the others cut off what is not in it, also you.
//! - `fetched(follower, epoch, offset)` says that a follower holds every record below `offset` of the log that was led in that epoch. It
//!   may come late, twice, out of order, and after its epoch is over.
//! - `isr(epoch, in_sync)` says who is in sync from now on. You hear of a replica before it joins, and after it has left. It may
//!   come after its epoch is over.
//! - `out.append(&record)` appends to your log and says at which offset. `out.confirm(record)`, `out.refuse(record)` and
//!   `out.unknown(record)` are the three answers that there are.
//! - `out.timer(ms, token)` calls `on_timer(token)` later. Timers cannot be taken back.
//! - The network may be cut, in any way: you may be the only one who does not know that another leads. Processes stand still, crash, and
//!   start anew with their logs.
//!
//! What is asked of you: a confirmed record is in the log of every later leader, and at least `min_insync` replicas hold it when you
//! confirm it, you among them. A refused record is in no log. With fewer than `min_insync` in sync, or without the lead, nothing is
//! appended. Every record is answered within `answer_within_ms`. And while nothing fails and enough are in sync, what comes
//! to you is confirmed.
//!
//! Ours took 69 lines. About 40 minutes. Check it with `cargo course check min_insync`, and when you are stuck ask
//! `cargo course hint min_insync`.

use kit::min_insync::prelude::*;

struct MyLeader;

impl Leader for MyLeader {
    fn start(terms: Terms) -> MyLeader {
        let _ = terms;
        MyLeader
    }

    fn lead(&mut self, epoch: u64, end: u64, in_sync: &[u64], out: &mut Out) {
        let _ = (epoch, end, in_sync, out);
    }

    fn follow(&mut self, epoch: u64, out: &mut Out) {
        let _ = (epoch, out);
    }

    fn produce(&mut self, record: Record, out: &mut Out) {
        // Yours to write. Who must hold the record before the second of these lines is true, and how do you know?
        //
        //     let offset = out.append(&record);
        //     out.confirm(record);
        let _ = (record, out);
    }

    fn fetched(&mut self, follower: u64, epoch: u64, offset: u64, out: &mut Out) {
        let _ = (follower, epoch, offset, out);
    }

    fn isr(&mut self, epoch: u64, in_sync: &[u64], out: &mut Out) {
        let _ = (epoch, in_sync, out);
    }

    fn on_timer(&mut self, token: u64, out: &mut Out) {
        let _ = (token, out);
    }
}

exam!(min_insync => MyLeader);
