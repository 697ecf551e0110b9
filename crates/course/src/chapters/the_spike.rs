// SPDX-License-Identifier: MIT OR Apache-2.0
//! "The spike" (Q13): what the chapter computes.

use crate::computed::{Bet, Computed, Number, Table};

/// The chapter's numbers.
pub const NUMBERS: &[Computed<Number>] = &[];

/// The chapter's tables.
pub const TABLES: &[Computed<Table>] = &[];

/// The chapter's questions.
pub const BETS: &[Computed<Bet>] = &[];
