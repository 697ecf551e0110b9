// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `lease`: its parts put together.
//!
//! The last fault is over when the script says; within a minute every job must be done and deleted.

use super::world::{FAILS, STUCK, run};
use super::{Build, draw, judge, story, tally};
use crate::reproducible::{Assembled, CostLimit, Parts};
use crate::shrink::Reduction;

const PARTS: Parts<Build> = Parts {
    name: "lease",
    promises: judge::PROMISES,
    situations: tally::SITUATIONS,
    calm: draw::calm,
    rough: draw::rough,
    disturbing: &[STUCK, FAILS],
    run,
    reductions: &[
        Reduction::List { name: STUCK },
        Reduction::List { name: FAILS },
        Reduction::Workload { name: "messages", least: 1 },
        Reduction::Number { name: "workers", least: 1 },
    ],
    story: story::tell,
    // Work takes a second on the average: a heartbeat for each quarter of a lease, and some to spare.
    limits: [CostLimit { what: "heartbeats", most: 1_200 }, CostLimit { what: "times the work", most: 100 }],
    small: draw::SMALL,
};

/// The exam of what this builds.
pub(super) fn of(build: Build) -> Assembled<Build> {
    Assembled { parts: &PARTS, build }
}
