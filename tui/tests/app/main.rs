// SPDX-License-Identifier: MIT OR Apache-2.0
//! The application without a terminal: keys in, pictures out.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test -p tui`, and read what changed in `snapshots/`.

mod contents;
mod exercise;
mod field;
mod figure;
mod lesson;
mod mouse;
mod pair;
mod resume;
mod screen;
mod search;
mod settings;
