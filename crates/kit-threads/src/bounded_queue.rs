// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `bounded_queue`: what the learner's file sees of it.
//!
//! ```text
//!  producers ──push──► [ your queue: a lock, and places to wait in ] ──pop──► consumers
//!     wait while it is full                                       wait while it is empty
//! ```

#[cfg(feature = "run")]
mod answer;
mod calls;
#[cfg(feature = "run")]
mod cast;
#[cfg(feature = "run")]
mod desk;
mod draw;
pub(crate) mod elsewhere;
mod exam;
mod honest;
mod judge;
mod ledger;
mod story;
mod tally;
#[cfg(all(test, feature = "run"))]
mod tests;
mod world;
mod written;

#[cfg(feature = "run")]
pub use answer::{BoundedQueue, Item, main, prelude};
