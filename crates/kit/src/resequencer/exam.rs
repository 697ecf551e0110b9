// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `resequencer`: its parts put together.

use sim::{Address, AddressError};

use super::{Build, draw, judge, story, tally, world};
use crate::shrink::Reduction;
use crate::simulated::{Breach, CostLimit, Promise, Run, Simulated, Situation};
use crate::verdict::StoryLine;

/// The exam of one learner's code.
pub(crate) struct ResequencerExam {
    build: Build,
}

impl ResequencerExam {
    /// The exam of what this builds.
    pub(crate) fn new(build: Build) -> ResequencerExam {
        ResequencerExam { build }
    }
}

const REDUCTIONS: &[Reduction] = &[
    Reduction::List { name: "dead-letters" },
    Reduction::Workload { name: "messages", least: 1 },
    Reduction::Number { name: "keys", least: 1 },
    Reduction::Number { name: "jitter", least: 0 },
    Reduction::Number { name: "buffer", least: 1 },
    Reduction::Number { name: "prefetch", least: 2 },
];

impl Simulated for ResequencerExam {
    fn name(&self) -> &'static str {
        "resequencer"
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
        [CostLimit { what: "hand-outs", most: 200 }, CostLimit { what: "commits", most: 105 }]
    }
}
