// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `min_insync`: its parts put together.
//!
//! The last fault is over when the script says and the last election held; a second and a half later some more records come,
//! and those must be confirmed.

use super::world::{ELECTIONS, run};
use super::{Build, draw, judge, story, tally};
use crate::reproducible::{Assembled, CostLimit, Parts};
use crate::shrink::Reduction;

const PARTS: Parts<Build> = Parts {
    name: "min_insync",
    promises: judge::PROMISES,
    situations: tally::SITUATIONS,
    calm: draw::calm,
    rough: draw::rough,
    disturbing: &[ELECTIONS],
    run,
    reductions: &[
        Reduction::List { name: ELECTIONS },
        Reduction::Workload { name: "messages", least: 1 },
        Reduction::Number { name: "replicas", least: 3 },
    ],
    story: story::tell,
    limits: [CostLimit { what: "answers", most: 100 }, CostLimit { what: "timers", most: 100 }],
    small: draw::SMALL,
};

/// The exam of what this builds.
pub(super) fn of(build: Build) -> Assembled<Build> {
    Assembled { parts: &PARTS, build }
}
