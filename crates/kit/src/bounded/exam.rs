// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `bounded`: its parts put together.
//!
//! The consumer slows down until a stated moment; then it keeps its usual pace, and what waits must drain.

use super::{Build, draw, judge, story, tally, world};
use crate::reproducible::{Assembled, CostLimit, Parts};
use crate::shrink::Reduction;

const PARTS: Parts<Build> = Parts {
    name: "bounded",
    promises: judge::PROMISES,
    situations: tally::SITUATIONS,
    calm: draw::calm,
    rough: draw::rough,
    disturbing: &["spike"],
    run: world::run,
    reductions: &[
        Reduction::Workload { name: "messages", least: 1 },
        Reduction::Number { name: "producers", least: 1 },
        Reduction::Number { name: "spike", least: 0 },
        Reduction::Number { name: "burst", least: 1 },
        Reduction::Number { name: "places", least: 1 },
    ],
    story: story::tell,
    limits: [
        CostLimit { what: "messages shed", most: 20 },
        CostLimit { what: "pulls that got nothing although something waited", most: 0 },
    ],
    small: draw::SMALL,
};

/// The exam of what this builds.
pub(super) fn of(build: Build) -> Assembled<Build> {
    Assembled { parts: &PARTS, build }
}
