// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the learner's code is right now: written before each call, read by whoever finds that it does not come back.

use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Odd while the learner's code runs; grows with every call.
static CALLS: AtomicU64 = AtomicU64::new(0);
/// Never held while the learner's code runs.
static LAST: Mutex<Spot> = Mutex::new(Spot { call: START, seed: 0, calm: false });

thread_local! {
    /// The last call on this thread: exams of several answers may go on at once, each on a thread of its own.
    static HERE: Cell<Call> = const { Cell::new(START) };
}

/// The last call, and the run that it belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub call: Call,
    /// The seed of its run.
    pub seed: u64,
    /// Whether that is a run without faults.
    pub calm: bool,
}

/// A new incarnation begins.
pub const START: Call = Call { says: "start(…)", input: [0; 2] };
/// A crash or the end of a run takes what the code holds.
pub const DROP: Call = Call { says: "drop(…)", input: [0; 2] };

/// A call of a handler with its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The handler and what it is given, as people read it: each `{}` stands for a number of the input.
    pub says: &'static str,
    /// The numbers; 0 where there is none.
    pub input: [u64; 2],
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut input = self.input.iter();
        for (n, part) in self.says.split("{}").enumerate() {
            if n > 0
                && let Some(number) = input.next()
            {
                write!(f, "{number}")?;
            }
            f.write_str(part)?;
        }
        Ok(())
    }
}

fn change(change: impl FnOnce(&mut Spot)) {
    if let Ok(mut last) = LAST.lock() {
        change(&mut last);
    }
}

/// Notes that a call begins.
fn entering(call: Call) {
    HERE.set(call);
    change(|last| last.call = call);
    CALLS.fetch_add(1, Relaxed);
}

/// Notes that it ended.
fn left() {
    CALLS.fetch_add(1, Relaxed);
}

/// Notes that the learner's code, which is running, goes on with this call: what [`guarded`] runs may be many calls that
/// take turns.
pub fn goes_on(call: Call) {
    change(|last| last.call = call);
    CALLS.fetch_add(2, Relaxed);
}

/// Notes which seed's run begins, and whether it is one without faults.
pub(crate) fn run_begins(seed: u64, calm: bool) {
    change(|last| (last.seed, last.calm) = (seed, calm));
}

/// How many calls began and ended: odd while the learner's code runs.
pub(crate) fn calls() -> u64 {
    CALLS.load(Relaxed)
}

/// Where the learner's code is, or was last.
pub(crate) fn last() -> Spot {
    LAST.lock().map_or_else(|poisoned| *poisoned.into_inner(), |last| *last)
}

/// The last call on this thread.
pub(crate) fn here() -> Call {
    HERE.get()
}

/// Runs learner's code: where it is can be read from outside, and a panic comes back as what it said.
///
/// # Errors
/// What the panic said.
pub fn guarded<T>(call: Call, act: impl FnOnce() -> T) -> Result<T, String> {
    entering(call);
    let outcome = catch_unwind(AssertUnwindSafe(act));
    left();
    outcome.map_err(panic_text)
}

/// What a panic said.
pub fn panic_text(payload: Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    // A payload may be of a type of the learner's, whose drop is learner's code again.
    std::mem::forget(payload);
    text.unwrap_or_else(|| "it gave no reason".to_owned())
}
