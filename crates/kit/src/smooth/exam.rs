// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `smooth`: its parts put together.
//!
//! Timers that are late belong to the terms and stay so to the end, as does a clock that was set: with them each message must leave
//! by its deadline, and a second after the last one nothing may be left to do.

use super::{Build, draw, judge, story, tally, world};
use crate::reproducible::{Assembled, CostLimit, Parts};
use crate::shrink::Reduction;

const PARTS: Parts<Build> = Parts {
    name: "smooth",
    promises: judge::PROMISES,
    situations: tally::SITUATIONS,
    calm: draw::calm,
    rough: draw::rough,
    disturbing: &[world::EARLY, "late"],
    run: world::run,
    reductions: &[
        Reduction::List { name: world::EARLY },
        Reduction::Workload { name: "messages", least: 1 },
        Reduction::Number { name: "late", least: 0 },
        Reduction::Number { name: "burst", least: 1 },
        Reduction::Number { name: "places", least: 1 },
    ],
    story: story::tell,
    limits: [
        CostLimit { what: "wake-ups", most: 100 },
        CostLimit { what: "places beyond the burst", most: 0 },
    ],
    small: draw::SMALL,
};

/// The exam of what this builds.
pub(super) fn of(build: Build) -> Assembled<Build> {
    Assembled { parts: &PARTS, build }
}
