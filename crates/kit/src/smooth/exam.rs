// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `smooth`: its parts put together.

use sim::{Address, AddressError};

use super::{Build, draw, judge, story, tally, world};
use crate::shrink::Reduction;
use crate::simulated::{Breach, CostLimit, Promise, Run, Simulated, Situation};
use crate::verdict::StoryLine;

/// The exam of one learner's code.
pub(crate) struct SmoothExam {
    build: Build,
}

impl SmoothExam {
    /// The exam of what this builds.
    pub(crate) fn new(build: Build) -> SmoothExam {
        SmoothExam { build }
    }
}

const REDUCTIONS: &[Reduction] = &[
    Reduction::List { name: world::EARLY },
    Reduction::Workload { name: "messages", least: 1 },
    Reduction::Number { name: "late", least: 0 },
    Reduction::Number { name: "burst", least: 1 },
    Reduction::Number { name: "places", least: 1 },
];

impl Simulated for SmoothExam {
    fn name(&self) -> &'static str {
        "smooth"
    }

    fn promises(&self) -> &'static [Promise] {
        judge::PROMISES
    }

    fn situations(&self) -> &'static [Situation] {
        tally::SITUATIONS
    }

    fn calm(&self, seed: u64) -> Address {
        draw::calm(seed)
    }

    fn rough(&self, seed: u64) -> Address {
        draw::rough(seed)
    }

    fn run(&self, address: &Address) -> Result<Run, AddressError> {
        world::run(address, self.build)
    }

    fn reductions(&self) -> &'static [Reduction] {
        REDUCTIONS
    }

    fn story(&self, run: &Run, breach: &Breach, most: usize) -> Vec<StoryLine> {
        story::tell(&run.trace, breach, most)
    }

    fn limits(&self) -> [CostLimit; 2] {
        [CostLimit { what: "wake-ups", most: 100 }, CostLimit { what: "places beyond the burst", most: 0 }]
    }
}
