// SPDX-License-Identifier: MIT OR Apache-2.0
//! The course in the terminal.

fn main() {}
