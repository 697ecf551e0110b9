// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a learner's file links: traits, prelude, exams, shrinking.
//!
//! ```text
//!  learner's file ──exam!(…)──► runner ──► Exam ──► Verdict (JSON schema v1), trace of the counterexample
//!                                           │
//!             search over seeds ─► run of an address ─► checkers ─► shrink ─► story
//!
//!  The run is a simulated world here; what needs more, such as a database, has a crate of its own (`making`).
//! ```
//!
//! The engine and the exams are compiled here, once and optimised; what an answer adds is its own code behind `dyn`.
//! Only `runner` touches the clock, threads and files. What searches, shrinks and judges is private: not because that
//! made an exam tamper-proof, which it is not (the answer and its exam are one process), but because none of it is an
//! answer's business.

pub mod at_least_once;
pub mod at_most_once;
pub mod bounded;
mod breach;
mod brought;
mod draw;
pub mod exam;
mod exhaustive;
mod held;
mod host;
pub mod just_tcp;
pub mod lease;
pub mod lockstep;
pub mod making;
mod message;
pub mod min_insync;
pub mod partition_by_key;
mod points;
pub mod report;
mod reproducible;
pub mod resequencer;
mod runner;
mod search;
mod setting;
mod shrink;
pub mod smooth;
mod spot;
mod staging;
mod story;
mod subscription;
mod traffic;
pub mod verdict;

/// What every answer may need. Each exercise has a prelude of its own, which has all of this in it.
pub mod prelude {
    pub use crate::exam;
    pub use std::collections::{BTreeMap, BTreeSet, VecDeque};
}

/// Makes the file's `main`: the exam of this name, taken by this type. Each exercise is a module of this crate.
///
/// ```no_run
/// use kit::resequencer::prelude::*;
///
/// struct Patient;
///
/// impl Resequencer for Patient {
///     fn start(_next: BTreeMap<u32, u64>, _buffer: usize) -> Patient {
///         Patient
///     }
///     fn on(&mut self, _message: Message, receipt: Receipt, out: &mut Out) {
///         out.nack(receipt);
///     }
///     fn gone(&mut self, _key: u32, _seq: u64, _out: &mut Out) {}
/// }
///
/// exam!(resequencer => Patient);
/// ```
#[macro_export]
macro_rules! exam {
    ($exercise:ident => $answer:ty) => {
        fn main() -> ::std::process::ExitCode {
            $crate::$exercise::main::<$answer>()
        }
    };
}
