// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a program brings along as arguments, where nobody can give it any.

/// None here. Where an answer and its exam are one file that somebody else's machine compiles and starts, as on the Rust
/// Playground, that file says what this is (`cargo xtask bundle`).
pub(crate) const ARGUMENTS: &[&str] = &[];
