// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the learner's code is right now: written before each call, read by whoever finds that it does not come back.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Odd while the learner's code runs; grows with every call.
static CALLS: AtomicU64 = AtomicU64::new(0);
static HANDLER: AtomicU64 = AtomicU64::new(0);
static KEY: AtomicU64 = AtomicU64::new(0);
static SEQ: AtomicU64 = AtomicU64::new(0);
static SEED: AtomicU64 = AtomicU64::new(0);
static CALM: AtomicBool = AtomicBool::new(false);

/// A handler of the learner's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    /// A new incarnation begins.
    Start,
    /// A message is handed over.
    On,
    /// A message is said to be gone.
    Gone,
    /// A crash or the end of a run takes what the code holds.
    Drop,
}

/// A call of a handler with its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Which handler.
    pub handler: Handler,
    /// The message's key; 0 where there is no message.
    pub key: u64,
    /// The message's place in its key; 0 where there is no message.
    pub seq: u64,
}

impl std::fmt::Display for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.handler {
            Handler::Start => f.write_str("start(…)"),
            Handler::On => write!(f, "on(message of key {}, seq {})", self.key, self.seq),
            Handler::Gone => write!(f, "gone(key {}, seq {})", self.key, self.seq),
            Handler::Drop => f.write_str("drop(…)"),
        }
    }
}

/// Notes that a call begins. Costs a few stores; the values need not be read as one, for they are read when nothing
/// moves any more.
pub(crate) fn entering(call: Call) {
    HANDLER.store(call.handler as u64, Relaxed);
    KEY.store(call.key, Relaxed);
    SEQ.store(call.seq, Relaxed);
    CALLS.fetch_add(1, Relaxed);
}

/// Notes that it ended.
pub(crate) fn left() {
    CALLS.fetch_add(1, Relaxed);
}

/// Notes which seed's run begins, and whether it is one without faults.
pub(crate) fn run_begins(seed: u64, calm: bool) {
    SEED.store(seed, Relaxed);
    CALM.store(calm, Relaxed);
}

/// How many calls began and ended: odd while the learner's code runs.
pub(crate) fn calls() -> u64 {
    CALLS.load(Relaxed)
}

/// The last call, the seed of its run, and whether that is one without faults.
pub(crate) fn last() -> (Call, u64, bool) {
    let handler = match HANDLER.load(Relaxed) {
        0 => Handler::Start,
        1 => Handler::On,
        2 => Handler::Gone,
        _ => Handler::Drop,
    };
    (Call { handler, key: KEY.load(Relaxed), seq: SEQ.load(Relaxed) }, SEED.load(Relaxed), CALM.load(Relaxed))
}
