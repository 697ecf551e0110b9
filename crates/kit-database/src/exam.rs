// SPDX-License-Identifier: MIT OR Apache-2.0
//! An exam of a database, put together of what is particular to it.

use kit::making::{Breach, Cost, CostLimit, Promise, Reduction, Reproducible, Run, Searched, Situation};
use kit::verdict::StoryLine;
use sim::{Address, AddressError};
use trace::Finding;

use std::process::ExitCode;

use crate::child;
use crate::draw;
use crate::judge::{Findings, Words, judge};
use crate::lockstep;
use crate::request::{Answer, Code};
use crate::run::{Kind, run};
use crate::story::{Telling, tell};
use crate::world::Count;

/// So many runs with faults it takes to pass: each is some milliseconds of SQLite.
pub(crate) const ENOUGH: u64 = 500;

/// What an operation of SQLite costs beside a step of the simulator, by which the search is bounded.
const STEPS_PER_OPERATION: u64 = 4;

/// What an exam is made of.
pub(crate) struct Parts {
    pub name: &'static str,
    pub kind: Kind,
    pub words: Words,
    pub telling: Telling,
    pub promises: &'static [Promise],
    pub findings: fn(&Findings) -> Vec<Finding>,
    pub situations: &'static [Situation],
    pub reached: fn(&Count) -> Vec<u64>,
    pub limits: [CostLimit; 2],
}

/// An exam for one learner's code.
pub(crate) struct Exam {
    pub parts: &'static Parts,
    pub code: Code,
}

/// Examines as a program; or serves an exam that is elsewhere, or lives one life, if that is what this process was started for.
pub(crate) fn main(exam: fn(Answer) -> Exam, answer: Answer) -> ExitCode {
    if lockstep::was_asked_to_serve() {
        return lockstep::serve(answer);
    }
    let exam = exam(answer);
    let asked = child::was_asked_to_live(answer, exam.parts.kind.call);
    asked.unwrap_or_else(|| kit::making::main(&Searched(exam)))
}

impl Reproducible for Exam {
    fn name(&self) -> &'static str {
        self.parts.name
    }

    fn promises(&self) -> &'static [Promise] {
        self.parts.promises
    }

    fn situations(&self) -> &'static [Situation] {
        self.parts.situations
    }

    fn calm(&self, seed: u64) -> Address {
        draw::calm(seed, &self.parts.kind)
    }

    fn rough(&self, seed: u64) -> Address {
        draw::rough(seed, &self.parts.kind)
    }

    fn disturbing(&self) -> &'static [&'static str] {
        &["kill"]
    }

    fn run(&self, address: &Address) -> Result<Run, AddressError> {
        let lived = run(address, &self.parts.kind, &self.code)?;
        let findings = (self.parts.findings)(&judge(&lived.trace, &lived.world, &self.parts.words));
        let count = &lived.world.count;
        let answered: usize = lived.world.lanes.iter().map(|lane| lane.answered).sum();
        Ok(Run {
            findings,
            reached: (self.parts.reached)(count),
            cost: Cost { messages: answered as u64, spent: [count.flushes, count.writes] },
            steps: count.operations * STEPS_PER_OPERATION,
            panicked: lived.panicked,
            survived: None,
            trace: lived.trace,
        })
    }

    fn reductions(&self) -> &'static [Reduction] {
        &[Reduction::Workload { name: "requests", least: 1 }, Reduction::Number { name: "kill", least: 0 }]
    }

    fn story(&self, run: &Run, breach: &Breach, most: usize) -> Vec<StoryLine> {
        tell(run, breach, &self.parts.kind, &self.parts.telling, most)
    }

    fn limits(&self) -> [CostLimit; 2] {
        self.parts.limits
    }

    fn enough(&self) -> u64 {
        ENOUGH
    }
}
