// SPDX-License-Identifier: MIT OR Apache-2.0
//! The course as data: outline, chapters, scenarios, exercises, hints, questions, glossary, sources, progress.
//!
//! ```text
//!  book/src/*.md ──► chapter (directives) ──► names ──► computed (simulator) and sources ──► page, terminal
//! ```

mod burst_sweep;
pub mod chapter;
pub mod chapters;
mod computed;
pub mod conformance;
mod exercise;
pub mod field;
mod glossary;
mod money_sweep;
mod outline;
mod progress;
mod single_faults;
mod sources;
mod sweep;
mod worlds;

pub use burst_sweep::{BurstSweep, Mean};
pub use computed::{Bet, Cell, Computed, Number, Source, Table, bet, number, source, table, worlds};
pub use exercise::*;
pub use glossary::{Term, find_term, glossary};
pub use money_sweep::{MoneySums, MoneySweep, Side, TransferCost};
pub use outline::{Chapter, Claim, Lesson, Part, chapters, find_chapter, outline};
pub use progress::{Progress, Standing};
pub use sources::{citing, sources};
pub use sweep::{DeliverySweep, OrderSweep, percent};
pub use worlds::{Outcome, World, Worlds};
