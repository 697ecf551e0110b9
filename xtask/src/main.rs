// SPDX-License-Identifier: MIT OR Apache-2.0
//! Build the book and its WASM, test everything, bench.

fn main() {}
