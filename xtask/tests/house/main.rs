// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rules of the house that no compiler knows: who may import whom, what the deterministic rooms may touch, under which
//! licences we stand and build, and how long a file may get.
//!
//! Each test reads the tree as it is and names the file and line that is wrong.

mod features;
mod files;
mod imports;
mod licences;
mod outside;
mod tree;
