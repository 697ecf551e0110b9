// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exams of databases: a learner's transactions, on a disk that loses power and in a process that is killed.
//!
//! ```text
//!  address ─► World: clients, packets, the disk ─► Life: the learner's code, two connections, SQLite ─► World … ─► trace
//!                    ▲                                  │ each read, write, flush and lock
//!                    └────────── vfs ◄──────────────────┘
//!                    kit: search, shrinking, points, verdict ◄─ Run ◄─ judged by what the books hold
//! ```
//!
//! A run is one life of the process after the other. Between two of them the process was killed, and the page cache is still
//! there; or the power was lost, and of what was not flushed some is lost and some torn ([`disk`]). Killing alone would let
//! `synchronous = OFF` pass.

mod books;
mod child;
mod disk;
mod draw;
mod exam;
mod files;
pub mod idempotent_consumer;
mod judge;
mod life;
mod locks;
pub mod lockstep;
mod machine;
mod request;
mod run;
mod story;
mod tally;
pub mod transfer;
mod vfs;
mod world;

/// What every answer may need of SQLite and else. Each exercise has a prelude of its own, which has all of this in it.
pub mod prelude {
    pub use crate::exam;
    pub use rusqlite::{
        Connection, Error, ErrorCode, OptionalExtension, Result, Transaction, TransactionBehavior, params,
    };
    pub use std::time::Duration;
}

/// Makes the file's `main`: the exam of this name, taken by this type. Each exercise is a module of this crate.
#[macro_export]
macro_rules! exam {
    ($exercise:ident => $answer:ty) => {
        fn main() -> ::std::process::ExitCode {
            $crate::$exercise::main::<$answer>()
        }
    };
}
