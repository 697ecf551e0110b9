// SPDX-License-Identifier: MIT OR Apache-2.0
//! What all kinds of exam have in common: a budget in, a verdict out.

use sim::Address;
use trace::Trace;

use crate::verdict::Verdict;

/// An exam of one answer. All that the course has are [`crate::making::Searched`]: whatever follows from an address, be it
/// a simulated world, a schedule of threads or a database whose power fails, is searched and shrunk in one way.
pub trait Exam {
    /// The exercise's name.
    fn name(&self) -> &'static str;

    /// Examines, within the budget.
    fn examine(&self, budget: &Budget) -> Examined {
        self.examine_telling(budget, &mut |_| {})
    }

    /// The same, and tells what broke as soon as that is known: before the run that broke it is made shorter, which takes
    /// longer than to find it. What is told so has no story yet, and says so.
    fn examine_telling(&self, budget: &Budget, tell: &mut dyn FnMut(&Verdict)) -> Examined;
}

/// So many runs with faults it takes to pass, unless an exam says otherwise; fewer can reject an answer but say too little
/// for it.
pub const MIN_RUNS_TO_PASS: u64 = 500;

/// How much an exam may try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The first seed; the others follow it.
    pub seed: u64,
    /// How many runs with faults; by default as many as it takes to pass.
    pub runs: Option<u64>,
    /// Seeds to try before all others: they broke something last time.
    pub first: Vec<u64>,
    /// Whether small runs are searched for every placement of two faults, too, and not of one alone.
    pub thorough: bool,
    /// This run and no other.
    pub only: Option<Address>,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { seed: 1, runs: None, first: Vec::new(), thorough: false, only: None }
    }
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// The verdict.
    pub verdict: Verdict,
    /// The shortest run that broke a promise.
    pub counterexample: Option<Trace>,
}
