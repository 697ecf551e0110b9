// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `bounded_queue`: what the learner's file sees of it.
//!
//! ```text
//!  producers ──push──► [ your queue: a lock, and places to wait in ] ──pop──► consumers
//!     wait while it is full                                       wait while it is empty
//! ```

mod calls;
mod draw;
mod exam;
mod judge;
mod ledger;
mod story;
mod tally;
#[cfg(test)]
mod tests;
mod world;
mod written;

use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;

use crate::record::{self, Act};

/// A queue between threads that holds no more than a given number of items.
pub trait BoundedQueue: Send + Sync + 'static {
    /// An empty queue that holds at most `bound` items; `bound` is at least 1.
    fn new(bound: usize) -> Self
    where
        Self: Sized;

    /// Puts an item in; waits while the queue is full.
    ///
    /// # Errors
    /// When the queue is closed: the item comes back.
    fn push(&self, item: Item) -> Result<(), Item>;

    /// Takes the item out that was put in first; waits while the queue is empty. `None` when it is closed and empty.
    fn pop(&self) -> Option<Item>;

    /// From now on nothing is put in; what is inside can still be taken out. Called once.
    fn close(&self);
}

/// What goes through the queue. There is only one of each: it cannot be copied, and one that is dropped is lost.
#[derive(PartialEq, Eq)]
pub struct Item(u64);

impl Item {
    /// Takes it out of the learner's hands.
    fn settle(self) -> u64 {
        let number = self.0;
        std::mem::forget(self);
        number
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {}", self.0)
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        record::note(Act::Drops(self.0));
    }
}

/// Makes the learner's type.
type Build = fn(usize) -> Arc<dyn BoundedQueue>;

/// What `exam!(bounded_queue => Type)` makes of the file's `main`.
#[doc(hidden)]
pub fn main<A: BoundedQueue>() -> ExitCode {
    crate::execute::quiet();
    kit::making::main(&kit::making::Searched(exam::BoundedQueueExam {
        build: |bound| Arc::new(A::new(bound)),
    }))
}

/// What an answer needs: `use kit_threads::bounded_queue::prelude::*;`.
pub mod prelude {
    pub use super::{BoundedQueue, Item};
    pub use crate::exam;
    pub use crate::sync::{Arc, Condvar, Mutex, MutexGuard};
    pub use crate::thread;
    pub use std::collections::{BTreeMap, BTreeSet, VecDeque};
}
