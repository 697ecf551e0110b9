// SPDX-License-Identifier: MIT OR Apache-2.0
//! What each written chapter computes, a file a chapter.

pub mod at_most_at_least;
pub mod not_in_order;
pub mod the_spike;
