// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exams that can be taken with the answer elsewhere, by their kinds.

use kit::lockstep;
use kit::making::{Budget, Examined};
#[cfg(feature = "databases")]
use kit_database::lockstep as databases;
use kit_threads::lockstep as threads;

use super::line::Maker;

/// Whether an exercise's exam is one of them, in this build.
pub(super) fn is_known(exercise: &str) -> bool {
    #[cfg(feature = "databases")]
    if databases::EXERCISES.contains(&exercise) {
        return true;
    }
    lockstep::is_known(exercise) || threads::is_known(exercise)
}

/// Takes an exam; `None` for an exercise whose exam is none of them.
pub(super) fn examine(exercise: &str, budget: &Budget, maker: Maker) -> Option<Examined> {
    #[cfg(feature = "databases")]
    if databases::EXERCISES.contains(&exercise) {
        return databases::examine(exercise, budget, Box::new(move || maker.begin()));
    }
    if threads::is_known(exercise) {
        return threads::examine(exercise, budget, Box::new(move || maker.begin().map(|line| line as _)));
    }
    lockstep::examine(exercise, budget, Box::new(move || maker.begin().map(|line| line as _)))
}
