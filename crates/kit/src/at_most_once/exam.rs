// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `at_most_once`: its parts put together.
//!
//! The last fault is over when the script says; 10 s later the queue must be empty.

use super::{Build, draw, judge, story, tally, world};
use crate::reproducible::{Assembled, CostLimit, Parts};
use crate::shrink::Reduction;

const PARTS: Parts<Build> = Parts {
    name: "at_most_once",
    promises: judge::PROMISES,
    situations: tally::SITUATIONS,
    calm: draw::calm,
    rough: draw::rough,
    disturbing: &[],
    run: world::run,
    reductions: &[Reduction::Workload { name: "messages", least: 1 }],
    story: story::tell,
    limits: [CostLimit { what: "deletes", most: 105 }, CostLimit { what: "hand-outs", most: 105 }],
    small: draw::SMALL,
};

/// The exam of what this builds.
pub(crate) fn of(build: Build) -> Assembled<Build> {
    Assembled { parts: &PARTS, build }
}
