// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was thrown at the learner's code.

use kit::making::{Situation, may, must};

use crate::world::Count;

/// Counted in this order. Each speaks of what the world did.
pub(crate) const SITUATIONS: &[Situation] = &[
    must("crashes of the process"),
    must("real kills"),
    must("crashes with a transaction open that had begun to write"),
    must("losses of power"),
    must("losses of power with writes not flushed"),
    may("writes torn"),
    must("times that SQLite was busy"),
    must("requests that came again after their effect"),
    must("requests that came while the same one was worked on"),
    must("pauses"),
];

/// How often each was reached.
pub(crate) fn reached(count: &Count) -> Vec<u64> {
    vec![
        count.crashes,
        count.kills,
        count.crashes_in_transaction,
        count.losses,
        count.losses_at_risk,
        count.torn,
        count.busy,
        count.again_after_effect,
        count.twice_at_once,
        count.pauses,
    ]
}
