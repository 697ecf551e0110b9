// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exams of threads whose answer lives in processes of its own: the grader makes plans and judges what is told of them.
//!
//! ```text
//!  the grader's process                                        a process for so many runs
//!  Exam ──plan──► Line ──frame: plan, tokens──► desk ──► shuttle ──► the answer's queue
//!       ◄record── checked: tokens, calls, locks  ◄─frame: history──  what the threads did
//! ```
//!
//! Address, search, shrinking, judgement and counts stay with the grader. What the threads did only their own process can
//! see: the history is believed as far as it can be true of this plan and of tokens that were drawn for it in secret.

use std::cell::RefCell;
use std::collections::BTreeSet;

use kit::lockstep::frame::Numbers;
use kit::lockstep::{Begin, Halt, Incarnation, halted};
use kit::making::{Budget, Call, Exam, Examined, Searched};
use kit::verdict::Outcome;

use crate::bounded_queue::elsewhere;

/// What an order to run threads begins with, behind its number. No other exam's answer takes it for a call.
pub(crate) const RUN: u64 = u64::from_le_bytes(*b"threads\0");
/// What comes back, behind the number of the order: a record; or, that it is longer than a frame.
pub(crate) const DONE: u64 = 0;
pub(crate) const TOO_LONG: u64 = 1;

/// So many runs one process makes, and none of them twice: a second making is another process's, where nothing is left of
/// the first. A process for each run would take longer than all runs together.
const RUNS_OF_A_PROCESS: usize = 100;

/// Whether an exercise's exam can be taken so.
pub fn is_known(exercise: &str) -> bool {
    exercise == elsewhere::NAME
}

/// Examines an answer elsewhere, on this thread; `None` for an exercise whose exam cannot be.
pub fn examine(exercise: &str, budget: &Budget, begin: Begin) -> Option<Examined> {
    if !is_known(exercise) {
        return None;
    }
    let line = Line::of(begin);
    let mut examined = Searched(elsewhere::exam(&line)).examine(budget);
    let State { halt, panic, .. } = line.0.into_inner();
    if examined.verdict.outcome == Outcome::Crashed {
        examined.verdict.detail = panic.or(examined.verdict.detail);
    }
    if let Some((halt, call)) = halt {
        examined =
            Examined { verdict: halted(exercise, &halt, call, &examined.verdict), counterexample: None };
    }
    Some(examined)
}

/// The way to the answer's processes.
pub(crate) struct Line(RefCell<State>);

struct State {
    begin: Begin,
    process: Option<Box<dyn Incarnation>>,
    /// What this process was ordered to do.
    ordered: BTreeSet<Vec<u64>>,
    /// How many orders there were: each carries its number, and so does what comes back on it.
    orders: u64,
    /// Why the answer cannot be asked any further, and where that was.
    halt: Option<(Halt, Call)>,
    /// Where the last panic was, and what it said.
    panic: Option<String>,
}

impl Line {
    fn of(begin: Begin) -> Line {
        let ordered = BTreeSet::new();
        Line(RefCell::new(State { begin, process: None, ordered, orders: 0, halt: None, panic: None }))
    }

    /// Has a run made; `None` when the answer cannot be asked any further. `read` says what comes back, or why that is none
    /// of a kit's, or cannot be true.
    pub fn run<T>(
        &self,
        order: Vec<u64>,
        place: Call,
        read: impl FnOnce(&mut Numbers<'_>) -> Result<T, Halt>,
    ) -> Option<T> {
        let mut state = self.0.borrow_mut();
        if state.halt.is_some() {
            return None;
        }
        match state.ask(order).and_then(|answered| read(&mut Numbers(&answered))) {
            Ok(read) => Some(read),
            Err(halt) => {
                (state.halt, state.process) = (Some((halt, place)), None);
                None
            }
        }
    }

    /// Keeps where a panic was.
    pub fn panicked(&self, place: String) {
        self.0.borrow_mut().panic = Some(place);
    }
}

impl State {
    fn ask(&mut self, order: Vec<u64>) -> Result<Vec<u64>, Halt> {
        if self.ordered.len() >= RUNS_OF_A_PROCESS || self.ordered.contains(&order) {
            self.process = None;
        }
        let process = match &mut self.process {
            Some(process) => process,
            None => {
                self.ordered.clear();
                self.process.insert((self.begin)()?)
            }
        };
        self.orders += 1;
        let answered = process.ask(&[&[self.orders, RUN], order.as_slice()].concat())?;
        self.ordered.insert(order);
        match answered.as_slice() {
            [number, DONE, told @ ..] if *number == self.orders => Ok(told.to_vec()),
            [number, TOO_LONG] if *number == self.orders => {
                Err(Halt::crashed("does more in one run than can be told of it"))
            }
            _ => Err(garbled()),
        }
    }
}

/// The answer's own code does not write what the grader's reads.
pub(crate) fn garbled() -> Halt {
    Halt::crashed("writes what the kit would not write: it speaks with the grader itself")
}

/// What is told cannot have happened.
pub(crate) fn forged(why: &str) -> Halt {
    Halt::crashed(format!("forges what its threads did: {why}"))
}
