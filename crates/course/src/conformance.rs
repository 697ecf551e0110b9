// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the nine systems are documented to do, as small scripted runs, and whether a trace shows it.
//!
//! ```text
//!  conformance/<system>.txt ──read──► behaviour ──address──► run (model) ──┐
//!                                        │          a real broker's ───────┤ trace
//!                                        └── expectations ──────────► judge ◄┘ ──► sentences about what did not hold
//! ```
//!
//! Behaviours are data: a statement in our own words, who says so, a run, and what its trace has to show. Expectations speak
//! of traces and of nothing else, so that whoever makes one by other means can be asked the same.

mod expect;
mod facts;
mod read;

use std::fmt;
use std::sync::OnceLock;

use queues::systems::System;
use queues::{Address, AddressError};
use trace::{Bound, Ending, Trace};

pub use expect::{Expectation, ExpectationError};
pub use read::{ReadError, read};

use facts::Facts;

/// Something that a system is documented to do.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// Whose behaviour.
    pub system: &'static System,
    /// The statement, in our own words.
    pub says: String,
    /// Who says so: document and section, or file.
    pub source: String,
    /// Whether we have read that ourselves; else it is told at second hand, from memory, or inferred.
    pub verified: bool,
    /// The run that shows it: few messages, and the same however the dice fall.
    pub run: Address,
    /// What its trace has to show.
    pub expect: Vec<Expectation>,
    /// The file that it stands in, and the line in which it begins.
    pub place: (String, usize),
}

/// An expectation that a trace did not meet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {system}: {says}: {sentence}")]
pub struct Failure {
    /// The behaviour's file.
    pub file: String,
    /// The line in which the expectation stands.
    pub line: usize,
    /// The system's name.
    pub system: &'static str,
    /// The behaviour's statement.
    pub says: String,
    /// What was expected, and what was seen instead.
    pub sentence: String,
}

impl Behaviour {
    /// What of it a trace does not show; nothing if all of it holds. A trace that stops at a bound shows nothing.
    pub fn judge(&self, trace: &Trace) -> Vec<Failure> {
        let bound = match trace.ending() {
            Some(Ending::Finished) => None,
            Some(Ending::Unfinished(bound)) => Some(format!("the run stopped at {}", Bound::words(bound))),
            None => Some("the trace has no end".to_owned()),
        };
        if let Some(why) = bound {
            return vec![self.failure(self.place.1, format!("{why}, so that nothing is known"))];
        }
        let facts = Facts::of(trace);
        let unmet = self.expect.iter().filter_map(|expected| {
            let seen = expected.unmet(&facts)?;
            Some(self.failure(expected.line, format!("`{expected}` was expected, but {seen}")))
        });
        unmet.collect()
    }

    /// Runs it in the models, and judges that.
    ///
    /// # Errors
    /// When its address is not valid.
    pub fn check(&self) -> Result<Vec<Failure>, AddressError> {
        Ok(self.judge(&queues::run(&self.run)?))
    }

    fn failure(&self, line: usize, sentence: String) -> Failure {
        let (file, says) = (self.place.0.clone(), self.says.trim_end_matches('.').to_owned());
        Failure { file, line, system: self.system.name, says, sentence }
    }
}

impl fmt::Display for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.system.title, self.says)
    }
}

/// The files, by the name of their system.
const FILES: &[(&str, &str)] = &[
    ("kafka", include_str!("conformance/kafka.txt")),
    ("kestrel", include_str!("conformance/kestrel.txt")),
    ("rabbitmq", include_str!("conformance/rabbitmq.txt")),
    ("ironmq", include_str!("conformance/ironmq.txt")),
    ("activemq", include_str!("conformance/activemq.txt")),
    ("artemis", include_str!("conformance/artemis.txt")),
    ("beanstalkd", include_str!("conformance/beanstalkd.txt")),
    ("sqs", include_str!("conformance/sqs.txt")),
    ("celery", include_str!("conformance/celery.txt")),
];

/// All behaviours, system by system.
///
/// # Panics
/// When a file is damaged; a test reads them.
pub fn behaviours() -> &'static [Behaviour] {
    static BEHAVIOURS: OnceLock<Vec<Behaviour>> = OnceLock::new();
    BEHAVIOURS.get_or_init(|| {
        let all = FILES.iter().map(|(system, text)| read(system, text));
        all.flat_map(|read| read.unwrap_or_else(|error| panic!("{error}"))).collect()
    })
}
