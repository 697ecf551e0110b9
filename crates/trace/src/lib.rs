// SPDX-License-Identifier: MIT OR Apache-2.0
//! What happened in a run: events, ids, time, the file format and the checkers.
//!
//! ```text
//!  sim ──► Event, Event, Event … ──► checkers: a name, a sentence, held | broken | unknown
//!                │
//!                ├──► file (JSON Lines)      ──► another process, another day
//!                └──► stage (scene, player)  ──► terminal, page
//! ```
//!
//! A run is a trace. Whatever made it (a model, a learner's program, a real broker), the same checkers judge it and
//! the same painters play it. This crate uses nothing else of ours.

mod check;
mod delivery;
mod event;
mod fates;
mod file;
mod id;
mod latency;
mod load;
mod map;
mod money;
mod order;
mod theory;
mod time;

pub use check::{Checker, Finding, Verdict, check_all};
pub use delivery::{DeliveryChecker, DeliveryCounts};
pub use event::{Bound, DropReason, Ending, Event, PacketKind, Refusal, What};
pub use fates::{FateChecker, Fates, UNAVAILABLE_AFTER};
pub use file::{
    FORMAT_VERSION, FileError, Header, MAX_EVENTS, MAX_FILE_BYTES, NodeInfo, Role, Trace, hash_bytes,
};
pub use id::{MessageId, NodeId, PacketId};
pub use latency::{Latency, LatencyChecker};
pub use load::{LoadChecker, LoadCounts};
pub use map::{Key, Map, Set, sort_by_key};
pub use money::{LedgerCounts, MoneyChecker};
pub use order::{OrderChecker, OrderCounts, OrderScope};
pub use theory::{Fluid, Measure, Prediction, Theory};
pub use time::{Time, TimeError, decimal, three_digits};
