// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `idempotent_consumer`: what the learner's file sees of it.
//!
//! ```text
//!  queue-1 ──deliver──► [ your code, connection 1 ] ──► ┌────────┐
//!          ◄─ack/nack──                                 │ SQLite │ ──► the disk, which loses power
//!  queue-2 ──deliver──► [ your code, connection 2 ] ──► └────────┘
//!          ◄─ack/nack──
//! ```
//!
//! Both connections are in one process, each with a thread of its own. A queue that hears no ack delivers again.

mod exam;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use rusqlite::{Connection, Result};

use crate::request::{Answer, Code, Reply, Request};

/// Lets each message take effect once, however often it is delivered.
///
/// ```sql
/// CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
/// CREATE TABLE applied (id INTEGER PRIMARY KEY) STRICT;   -- yours to fill
/// ```
///
/// A trigger writes each `UPDATE` of a balance into the bank's books, in the same transaction.
pub trait IdempotentConsumer {
    /// A connection was opened: the place for its settings. An error, and it is opened again later.
    ///
    /// # Errors
    /// What SQLite said.
    fn open(_db: &Connection) -> Result<()> {
        Ok(())
    }

    /// A message was delivered. `Ok` acknowledges it: the queue forgets it. With an error it is delivered again.
    ///
    /// # Errors
    /// What SQLite said.
    fn on_message(db: &mut Connection, message: Message) -> Result<()>;
}

/// What the queue delivers: so much money comes into an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Names the message, however often it is delivered.
    pub id: i64,
    /// Names this delivery: each that the queue makes has a number of its own.
    pub delivery: i64,
    /// The account that gets the money.
    pub account: i64,
    /// How much: more than 0.
    pub amount: i64,
}

/// More deliveries of one message than a run has time for.
const DELIVERIES: i64 = 1_000_000;

fn call<C: IdempotentConsumer>(db: &mut Connection, request: &Request) -> Result<Reply> {
    let id = request.message as i64;
    let delivery = id * DELIVERIES + i64::from(request.attempt);
    C::on_message(db, Message { id, delivery, account: request.to, amount: request.amount })?;
    Ok(Reply::Done)
}

fn answer<C: IdempotentConsumer>() -> Answer {
    Answer { open: C::open, call: call::<C> }
}

/// The exam of code that is elsewhere.
pub(crate) fn elsewhere(code: Code) -> crate::exam::Exam {
    exam::of(code)
}

/// What `exam!(idempotent_consumer => Type)` makes of the file's `main`.
#[doc(hidden)]
pub fn main<C: IdempotentConsumer>() -> ExitCode {
    crate::exam::main(exam::of, answer::<C>())
}

/// What an answer needs: `use kit_database::idempotent_consumer::prelude::*;`.
pub mod prelude {
    pub use super::{IdempotentConsumer, Message};
    pub use crate::prelude::*;
}
