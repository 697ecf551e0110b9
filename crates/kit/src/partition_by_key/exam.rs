// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `partition_by_key`: its parts put together.
//!
//! The last fault is over when the script says, and joins and leaves are no faults; 20 s later everything must be done.

use super::{Build, draw, judge, story, tally, world};
use crate::reproducible::{Assembled, CostLimit, Parts};
use crate::shrink::Reduction;

const PARTS: Parts<Build> = Parts {
    name: "partition_by_key",
    promises: judge::PROMISES,
    situations: tally::SITUATIONS,
    calm: draw::calm,
    rough: draw::rough,
    disturbing: &[],
    run: world::run,
    reductions: &[
        Reduction::Number { name: world::LEAVES, least: 0 },
        Reduction::Number { name: world::JOINS, least: 0 },
        Reduction::Workload { name: "messages", least: 1 },
        Reduction::Number { name: "keys", least: 1 },
        Reduction::Number { name: "consumers", least: 1 },
        Reduction::Number { name: "window", least: 1 },
    ],
    story: story::tell,
    limits: [
        CostLimit { what: "hand-outs and fences", most: 115 },
        CostLimit { what: "moves of a key", most: 15 },
    ],
    small: draw::SMALL,
};

/// The exam of what this builds.
pub(super) fn of(build: Build) -> Assembled<Build> {
    Assembled { parts: &PARTS, build }
}
