// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who goes on at each step: what a plan says of it, and the search that makes plans one after the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::Choice;

/// The most steps of a run: one that does not rest by then goes in circles.
pub(crate) const MOST_STEPS: u64 = 2_000;

/// Everything that decides a run but the learner's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub seed: u64,
    pub policy: Policy,
    /// The waits, by number from 1, that end by themselves: whoever waits on a condition variable may wake up so.
    pub wakes: BTreeSet<u64>,
}

/// How it is decided which thread goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// A thread goes on until it waits, ends or yields, and then the next one does; but at these steps this thread goes on.
    Given(BTreeMap<u64, usize>),
    /// shuttle's random scheduler, from the plan's seed.
    Random,
    /// shuttle's scheduler after Burckhardt and others, "A Randomized Scheduler with Probabilistic Guarantees of Finding
    /// Bugs" (2010), from the plan's seed: the thread with the highest drawn priority goes on, and at one step less than
    /// this depth its priority becomes the lowest.
    Pct(usize),
    /// At the first steps these threads go on, then always the first that can; behind so many switches, the one that goes
    /// on when nothing is decided. What could be chosen is recorded.
    Chosen { first: Vec<usize>, most_switches: usize },
}

/// Every schedule, one after the other: a depth-first search that keeps no more than the way to the last schedule, so that
/// whoever runs it need not remember anything.
///
/// It is a search among the schedules in which it happens no more often than this that a thread goes on which would not,
/// had nothing been decided. Few such switches show most mistakes (Musuvathi and Qadeer, "Iterative Context Bounding for
/// Systematic Testing of Multithreaded Programs", 2007), and their number is small enough to try all.
pub(crate) struct Every {
    /// The beginning of the next one; none, when there is no other.
    first: Option<Vec<usize>>,
    most_switches: usize,
}

impl Every {
    pub fn of_at_most(most_switches: usize) -> Every {
        Every { first: Some(Vec::new()), most_switches }
    }

    /// How the next run is decided; `None` when these were all.
    pub fn next(&self) -> Option<Policy> {
        Some(Policy::Chosen { first: self.first.clone()?, most_switches: self.most_switches })
    }

    /// The run was made, and chose so. Whether that was a step ahead: an answer that is not deterministic can lead back.
    pub fn took(&mut self, choices: &[Choice]) -> bool {
        let turn = choices.iter().rposition(|choice| choice.later().is_some());
        let next = turn.and_then(|at| {
            let kept = choices[..at].iter().map(|choice| choice.went);
            Some(kept.chain([choices[at].later()?]).collect::<Vec<usize>>())
        });
        let ahead = next.is_none() || next > self.first;
        self.first = next;
        ahead
    }
}
