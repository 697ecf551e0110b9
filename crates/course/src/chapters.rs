// SPDX-License-Identifier: MIT OR Apache-2.0
//! What each written chapter computes, a file a chapter.

mod at_most_at_least;
mod not_in_order;
mod or_just_a_socket;
mod rule_one;
mod the_field;
mod the_spike;
mod through_a_partition;
mod when_a_part_dies;

use crate::computed::{Bet, Computed, Number, Table};
use crate::worlds::Worlds;

/// What a chapter computes.
pub(crate) struct Computes {
    /// Numbers in its sentences.
    pub numbers: &'static [Computed<Number>],
    /// Tables.
    pub tables: &'static [Computed<Table>],
    /// Questions that the reader answers first.
    pub bets: &'static [Computed<Bet>],
    /// Worlds that one node cannot tell apart.
    pub worlds: &'static [Computed<Worlds>],
}

/// All chapters that compute something.
pub(crate) const ALL: &[Computes] = &[
    rule_one::COMPUTES,
    the_field::COMPUTES,
    through_a_partition::COMPUTES,
    not_in_order::COMPUTES,
    at_most_at_least::COMPUTES,
    the_spike::COMPUTES,
    when_a_part_dies::COMPUTES,
    or_just_a_socket::COMPUTES,
];
