// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a kind of exam is made with; no business of an answer.
//!
//! The exams on the simulator live in this crate. Those that need something heavy, such as a database, live in crates of
//! their own: they say how a run is made of an address ([`Reproducible`]), and take the search, the shrinking, the points,
//! the story and the verdict from here.

pub use crate::exam::{Budget, Exam, Examined, MIN_RUNS_TO_PASS};
pub use crate::exhaustive::{Peril, Small};
pub use crate::reproducible::{
    Breach, Cost, CostLimit, Exhausted, First, Panicked, Part, Promise, Reproducible, Run, Situation,
    Survived, may, must, times,
};
pub use crate::runner::{FIRST, main};
pub use crate::search::Searched;
pub use crate::setting::{Choice, Choices, ListChoice, Setting, written};
pub use crate::shrink::Reduction;
pub use crate::spot::{Call, DROP, START, goes_on, guarded, panic_text};
pub use crate::story::{Tale, Weight, Words};
