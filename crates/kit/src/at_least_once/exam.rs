// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `at_least_once`: its parts put together.
//!
//! The last fault is over when the script says, and downstream has room again; within an hour, for pauses grow, all must be stored
//! and acked.

use super::world::{FULL, LASTS, run};
use super::{Build, draw, judge, story, tally};
use crate::reproducible::{Assembled, CostLimit, Parts};
use crate::shrink::Reduction;

const PARTS: Parts<Build> = Parts {
    name: "at_least_once",
    promises: judge::PROMISES,
    situations: tally::SITUATIONS,
    calm: draw::calm,
    rough: draw::rough,
    disturbing: &[],
    run,
    reductions: &[
        // First from when, then for how long: the other way round the first message would miss it.
        Reduction::Number { name: FULL, least: 0 },
        Reduction::Number { name: LASTS, least: 0 },
        Reduction::Workload { name: "messages", least: 1 },
        Reduction::Number { name: "prefetch", least: 1 },
    ],
    story: story::tell,
    limits: [CostLimit { what: "publishes", most: 105 }, CostLimit { what: "timers", most: 200 }],
    small: draw::SMALL,
};

/// The exam of what this builds.
pub(super) fn of(build: Build) -> Assembled<Build> {
    Assembled { parts: &PARTS, build }
}
