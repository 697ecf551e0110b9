// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an answer is, and what it holds in its hands.

use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;

use kit::lockstep;

use super::cast::Here;
use super::desk;
use super::exam::BoundedQueueExam;
use crate::record::Act;
use crate::recorder;

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
pub struct Item(pub(super) u64);

impl Item {
    /// Takes it out of the learner's hands.
    pub(super) fn settle(self) -> u64 {
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
        recorder::note(Act::Drops(self.0));
    }
}

/// Makes the learner's type.
pub(super) type Build = fn(usize) -> Arc<dyn BoundedQueue>;

/// What `exam!(bounded_queue => Type)` makes of the file's `main`.
#[doc(hidden)]
pub fn main<A: BoundedQueue>() -> ExitCode {
    crate::execute::quiet();
    let build: Build = |bound| Arc::new(A::new(bound));
    if lockstep::is_wanted() {
        return lockstep::serve(|order| desk::answer(order, build));
    }
    kit::making::main(&kit::making::Searched(BoundedQueueExam { threads: Here { build } }))
}

/// What an answer needs: `use kit_threads::bounded_queue::prelude::*;`.
pub mod prelude {
    pub use super::{BoundedQueue, Item};
    pub use crate::exam;
    pub use crate::sync::{Arc, Condvar, Mutex, MutexGuard};
    pub use crate::thread;
    pub use std::collections::{BTreeMap, BTreeSet, VecDeque};
}
