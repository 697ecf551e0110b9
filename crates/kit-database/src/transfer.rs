// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `transfer`: what the learner's file sees of it.
//!
//! ```text
//!  client-1 ──transfer──► [ your code, connection 1 ] ──► ┌────────┐
//!           ◄──answer───                                  │ SQLite │ ──► the disk, which loses power
//!  client-2 ──transfer──► [ your code, connection 2 ] ──► └────────┘
//!           ◄──answer───
//! ```
//!
//! Both connections are in one process, each with a thread of its own. A client that hears no answer, or an error, asks again.

mod exam;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use rusqlite::{Connection, Result};

use crate::request::{Answer, Code, Reply, Request};

/// Moves money between accounts: each transfer once, whatever happens to process and power.
///
/// ```sql
/// CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
/// CREATE TABLE applied (id INTEGER PRIMARY KEY) STRICT;   -- yours: transfers that are done
/// ```
///
/// A trigger writes each `UPDATE` of a balance into the bank's books, in the same transaction.
pub trait Transfer {
    /// A connection was opened: the place for its settings. An error, and it is opened again later.
    ///
    /// # Errors
    /// What SQLite said.
    fn open(_db: &Connection) -> Result<()> {
        Ok(())
    }

    /// Moves an amount from one account to another, if there is that much, and once for each id. The same id means the same
    /// transfer, which was perhaps asked for before: by this process, or by one that was killed.
    ///
    /// # Errors
    /// What SQLite said. The client does not know then whether the money was moved, and asks again.
    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered>;
}

/// What is to be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The account that pays.
    pub from: i64,
    /// The account that gets it: another one.
    pub to: i64,
    /// How much: more than 0.
    pub amount: i64,
}

/// What the client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The money is moved, and nothing that happens from now on undoes it.
    Done,
    /// There is not as much in the account, and nothing was moved.
    Refused,
}

fn call<T: Transfer>(db: &mut Connection, request: &Request) -> Result<Reply> {
    let order = Order { from: request.from.unwrap_or_default(), to: request.to, amount: request.amount };
    let answered = T::transfer(db, request.message as i64, order)?;
    Ok(match answered {
        Answered::Done => Reply::Done,
        Answered::Refused => Reply::Refused,
    })
}

fn answer<T: Transfer>() -> Answer {
    Answer { open: T::open, call: call::<T> }
}

/// The exam of code that is elsewhere.
pub(crate) fn elsewhere(code: Code) -> crate::exam::Exam {
    exam::of(code)
}

/// What `exam!(transfer => Type)` makes of the file's `main`.
#[doc(hidden)]
pub fn main<T: Transfer>() -> ExitCode {
    crate::exam::main(exam::of, answer::<T>())
}

/// What an answer needs: `use kit_database::transfer::prelude::*;`.
pub mod prelude {
    pub use super::{Answered, Order, Transfer};
    pub use crate::prelude::*;
}
