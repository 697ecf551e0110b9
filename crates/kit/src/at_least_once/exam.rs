// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `at_least_once`: its parts put together.

use sim::{Address, AddressError};

use super::world::{FULL, LASTS, run};
use super::{Build, draw, judge, story, tally};
use crate::shrink::Reduction;
use crate::simulated::{Breach, CostLimit, Promise, Run, Simulated, Situation};
use crate::verdict::StoryLine;

/// The exam of one learner's code.
pub(super) struct AtLeastOnceExam {
    build: Build,
}

impl AtLeastOnceExam {
    /// The exam of what this builds.
    pub(super) fn new(build: Build) -> AtLeastOnceExam {
        AtLeastOnceExam { build }
    }
}

impl Simulated for AtLeastOnceExam {
    fn name(&self) -> &'static str {
        "at_least_once"
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
        run(address, self.build)
    }

    fn reductions(&self) -> &'static [Reduction] {
        &[
            // First from when, then for how long: the other way round the first message would miss it.
            Reduction::Number { name: FULL, least: 0 },
            Reduction::Number { name: LASTS, least: 0 },
            Reduction::Workload { name: "messages", least: 1 },
            Reduction::Number { name: "prefetch", least: 1 },
        ]
    }

    fn story(&self, run: &Run, breach: &Breach, most: usize) -> Vec<StoryLine> {
        story::tell(&run.trace, breach, most)
    }

    fn limits(&self) -> [CostLimit; 2] {
        [CostLimit { what: "publishes", most: 105 }, CostLimit { what: "timers", most: 200 }]
    }
}
