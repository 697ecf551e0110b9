// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exams of threads: what a learner's file links whose subject is locks and waiting.
//!
//! ```text
//!  address ─► Plan: who goes on at each step ─► shuttle runs the threads, one at a time ─► Record: what each one did
//!                                                                                          │
//!                    kit: search, shrinking, points, verdict ◄─ Run ◄─ trace, judged ◄──────┘
//! ```
//!
//! `sync` and `thread` stand in for `std`'s: shuttle decides at each of their calls which thread goes on, so that a
//! schedule is a function of the address, and each can be run again. What does not go through them is invisible to the
//! scheduler; the grader refuses files that name such things.
//!
//! Without the feature `run` nothing here runs threads: what is left makes plans, and judges what threads did elsewhere
//! ([`lockstep`]). So the grader needs no scheduler.

pub mod bounded_queue;
#[cfg(feature = "run")]
mod execute;
pub mod lockstep;
mod plan;
mod record;
#[cfg(feature = "run")]
mod recorder;
#[cfg(feature = "run")]
mod schedule;
#[cfg(feature = "run")]
pub mod sync;
#[cfg(feature = "run")]
pub mod thread;
mod wire;

/// Makes the file's `main`: the exam of this name, taken by this type. Each exercise is a module of this crate.
#[cfg(feature = "run")]
#[macro_export]
macro_rules! exam {
    ($exercise:ident => $answer:ty) => {
        fn main() -> ::std::process::ExitCode {
            $crate::$exercise::main::<$answer>()
        }
    };
}
