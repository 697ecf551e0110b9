// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a program brings along as arguments, where nobody can give it any.

/// None here. Where an answer and its exam are one file that somebody else's machine compiles and starts, as on the Rust
/// Playground, that file says what this is (`cargo xtask bundle`): what a search is begun with, and `--stdout`.
///
/// Such a file is compiled while the reader waits, and what it is never asked for stays away: it is `cfg(not(bundled))`.
#[cfg(not(bundled))]
pub(crate) const ARGUMENTS: &[&str] = &[];
#[cfg(bundled)]
pub(crate) use super::super::ARGUMENTS;
