// SPDX-License-Identifier: MIT OR Apache-2.0
//! The course in the terminal.
//!
//! ```text
//!  terminal ──event──► control ──► App::step ──► Effect ──► terminal (clipboard, editor, background work)
//!     ▲                              │
//!     └────── buffer ◄── App::draw ◄─┘        time comes in by App::tick, news from the background by App::hear
//! ```
//!
//! Screens know nothing of a terminal or a clock: tests drive [`App::step`] and compare buffers.

pub mod app;
mod ascii;
pub mod background;
pub mod bench_draw;
mod chrome;
pub mod command_line;
mod contents;
pub mod control;
pub mod desk;
pub mod exercise;
mod field;
mod figure;
mod help;
mod lesson;
mod markdown;
pub mod memory;
pub mod palette;
mod pen;
pub mod picture;
mod query;
pub mod run;
pub mod runs;
mod search;
pub mod settings;
mod spots;
mod table;
pub mod terminal;
mod text;
mod turn;

pub use app::App;
pub use memory::Memory;
pub use palette::{Environment, Palette};
pub use turn::Effect;
