// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `just_tcp`: its parts put together.
//!
//! The last fault is over when the script says; 20 s later, and a tenth of a second for each message, all must be done.

use super::world::{READS, SEGMENT, run};
use super::{Build, draw, judge, story, tally};
use crate::reproducible::{Assembled, CostLimit, Parts};
use crate::shrink::Reduction;

const PARTS: Parts<Build> = Parts {
    name: "just_tcp",
    promises: judge::PROMISES,
    situations: tally::SITUATIONS,
    calm: draw::calm,
    rough: draw::rough,
    disturbing: &[READS, SEGMENT],
    run,
    reductions: &[
        Reduction::Workload { name: "messages", least: 1 },
        Reduction::Number { name: SEGMENT, least: 0 },
        Reduction::Number { name: READS, least: 0 },
        Reduction::Number { name: "window", least: 1 },
    ],
    story: story::tell,
    // A length, a number and something to spare; a number.
    limits: [
        CostLimit { what: "bytes sent beyond the message itself", most: 1_600 },
        CostLimit { what: "bytes sent back", most: 1_200 },
    ],
    small: draw::SMALL,
};

/// The exam of what this builds.
pub(super) fn of(build: Build) -> Assembled<Build> {
    Assembled { parts: &PARTS, build }
}
