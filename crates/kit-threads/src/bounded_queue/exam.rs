// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `bounded_queue`: its parts put together.

use kit::making::{Breach, CostLimit, Exhausted, Promise, Reduction, Reproducible, Run, Situation};
use kit::verdict::StoryLine;
use sim::{Address, AddressError};

use super::world::{SWITCHES, Threads, WAKES};
use super::{draw, judge, story, tally, world};

/// So many drawn schedules it takes to pass: about a second.
const ENOUGH: u64 = 2_000;
/// So many schedules of each small case are tried at most; an answer like ours has a quarter of it.
const MOST_SCHEDULES: usize = 10_000;

/// The exam of what these threads do.
pub(super) struct BoundedQueueExam<T> {
    pub threads: T,
}

impl<T: Threads> Reproducible for BoundedQueueExam<T> {
    fn name(&self) -> &'static str {
        "bounded_queue"
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

    fn disturbing(&self) -> &'static [&'static str] {
        &["closer", "schedule", WAKES, SWITCHES]
    }

    fn run(&self, address: &Address) -> Result<Run, AddressError> {
        world::run(address, &self.threads)
    }

    fn exhaust(&self, take: &mut dyn FnMut(&Address, Run) -> bool) -> Option<Exhausted> {
        let mut all = true;
        for (address, most_switches) in draw::small() {
            // An earlier case may have shown enough.
            all = all && world::every_schedule(&address, MOST_SCHEDULES, most_switches, &self.threads, take);
        }
        Some(Exhausted { what: draw::SMALL.to_owned(), all })
    }

    fn spelled_out(&self, address: &Address) -> Option<Address> {
        world::spelled_out(address, &self.threads)
    }

    fn reductions(&self) -> &'static [Reduction] {
        &[
            Reduction::Workload { name: "items", least: 1 },
            Reduction::Workload { name: "producers", least: 1 },
            Reduction::Workload { name: "consumers", least: 1 },
            Reduction::Workload { name: "closer", least: 0 },
            Reduction::List { name: WAKES },
            Reduction::List { name: SWITCHES },
            Reduction::Number { name: "bound", least: 1 },
            Reduction::Number { name: "schedule", least: 0 },
        ]
    }

    fn story(&self, run: &Run, breach: &Breach, most: usize) -> Vec<StoryLine> {
        story::tell(&run.trace, breach, most)
    }

    fn limits(&self) -> [CostLimit; 2] {
        [CostLimit { what: "locks taken", most: 350 }, CostLimit { what: "wake-ups in vain", most: 25 }]
    }

    fn enough(&self) -> u64 {
        ENOUGH
    }

    fn kinds(&self) -> [&'static str; 2] {
        ["in which a thread goes on until it waits", "with drawn schedules"]
    }
}
