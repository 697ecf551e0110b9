// SPDX-License-Identifier: MIT OR Apache-2.0
//! The WASM module of the book's pages.
