// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tests the exams: changes a solution in one place at a time, and asks whether its exam notices.
//!
//! ```text
//!  solution ──operators──► mutants ──compiler──► exam ──► killed | survived
//!                                                            │
//!                            explained: survivors that are right, each with its reason
//! ```
//!
//! A mutant that survives is either as right as the solution, and then a line in `explained` says why, or the exam has a
//! hole. What `cargo-mutants` does for a package with its tests this does for one file with its exam, where the compiler
//! needs a third of a second and not a build.

pub mod explained;
pub mod operators;
pub mod survey;
