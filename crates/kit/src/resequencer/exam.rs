// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `resequencer`: its parts put together.
//!
//! The last fault is over when the script says; 20 s later, and half a second for each message, all must be emitted and acked.

use super::{Build, draw, judge, story, tally, world};
use crate::reproducible::{Assembled, CostLimit, Parts};
use crate::shrink::Reduction;

const PARTS: Parts<Build> = Parts {
    name: "resequencer",
    promises: judge::PROMISES,
    situations: tally::SITUATIONS,
    calm: draw::calm,
    rough: draw::rough,
    disturbing: &[world::DEAD_LETTERS],
    run: world::run,
    reductions: &[
        Reduction::List { name: "dead-letters" },
        Reduction::Workload { name: "messages", least: 1 },
        Reduction::Number { name: "keys", least: 1 },
        Reduction::Number { name: "jitter", least: 0 },
        Reduction::Number { name: "buffer", least: 1 },
        Reduction::Number { name: "prefetch", least: 2 },
    ],
    story: story::tell,
    limits: [CostLimit { what: "hand-outs", most: 150 }, CostLimit { what: "commits", most: 105 }],
    small: draw::SMALL,
};

/// The exam of what this builds.
pub(super) fn of(build: Build) -> Assembled<Build> {
    Assembled { parts: &PARTS, build }
}
