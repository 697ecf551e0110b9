// SPDX-License-Identifier: MIT OR Apache-2.0
//! What all checkers have in common: a promise, a verdict, a sentence.

use crate::{Ending, Event, MessageId, Trace};

/// What a checker says of one promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The promise's name, the same in every report: `no-loss`, `at-most-once`, `order-per-key`.
    pub promise: &'static str,
    /// Whether it was kept.
    pub verdict: Verdict,
}

/// Whether a promise was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was, by everything that happened.
    Held,
    /// It was not.
    Broken {
        /// What happened, in a sentence: "message 12 took effect twice: attempts 1 and 3".
        sentence: String,
        /// The event that broke it: its place in the trace, from 0.
        event: usize,
        /// The messages that it is about; none, if it is about the whole run.
        messages: Vec<MessageId>,
    },
    /// The run ended before it could be known.
    Unknown {
        /// What is missing.
        why: String,
    },
}

impl Verdict {
    /// For a promise that nothing broke so far: held if the run ended by itself, for what comes behind a bound is unknown.
    pub fn held_by(ending: Option<Ending>) -> Verdict {
        match ending {
            Some(Ending::Finished) => Verdict::Held,
            Some(Ending::Unfinished(bound)) => {
                Verdict::Unknown { why: format!("nothing broke it; the run stopped at {}", bound.words()) }
            }
            None => Verdict::Unknown { why: "nothing broke it so far; the run goes on".to_owned() },
        }
    }

    /// Whether the promise was seen to break.
    pub fn is_broken(&self) -> bool {
        matches!(self, Verdict::Broken { .. })
    }
}

/// A fold over events. It sees nothing else: the same checker judges a model, a learner's program and a real broker.
pub trait Checker {
    /// Takes the next event; events come in the trace's order.
    fn observe(&mut self, event: &Event);

    /// What it thinks of the promises it watches, given the events so far.
    fn findings(&self) -> Vec<Finding>;
}

/// Runs checkers over a whole trace and collects what they find.
pub fn check_all(trace: &Trace, checkers: &mut [&mut dyn Checker]) -> Vec<Finding> {
    for event in &trace.events {
        checkers.iter_mut().for_each(|checker| checker.observe(event));
    }
    checkers.iter().flat_map(|checker| checker.findings()).collect()
}
