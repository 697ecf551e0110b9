// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `bounded`: its parts put together.

use sim::{Address, AddressError};

use super::{Build, draw, judge, story, tally, world};
use crate::shrink::Reduction;
use crate::simulated::{Breach, CostLimit, Promise, Run, Simulated, Situation};
use crate::verdict::StoryLine;

/// The exam of one learner's code.
pub(crate) struct BoundedExam {
    build: Build,
}

impl BoundedExam {
    /// The exam of what this builds.
    pub(crate) fn new(build: Build) -> BoundedExam {
        BoundedExam { build }
    }
}

const REDUCTIONS: &[Reduction] = &[
    Reduction::Workload { name: "messages", least: 1 },
    Reduction::Number { name: "producers", least: 1 },
    Reduction::Number { name: "spike", least: 0 },
    Reduction::Number { name: "burst", least: 1 },
    Reduction::Number { name: "places", least: 1 },
];

impl Simulated for BoundedExam {
    fn name(&self) -> &'static str {
        "bounded"
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
        [
            CostLimit { what: "messages shed", most: 20 },
            CostLimit { what: "pulls that got nothing although something waited", most: 0 },
        ]
    }
}
