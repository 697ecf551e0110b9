// SPDX-License-Identifier: MIT OR Apache-2.0
//! The slope graph: enqueue order at the left, order of effects at the right; crossings are inversions.

use crate::compose::token;
use crate::meaning::{Hold, Token};
use crate::state::State;
use crate::timeline::Timeline;

/// A window of messages in both orders.
#[derive(Clone, Debug, PartialEq)]
pub struct Slope {
    /// The messages, in enqueue order.
    pub rows: Vec<SlopeRow>,
    /// Pairs of lines that cross: a later message took effect before an earlier one. Within this window; a message
    /// that has not taken effect yet crosses nothing so far.
    pub crossings: usize,
}

/// A message in both orders.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlopeRow {
    /// The message as it is now; its tone is the line's.
    pub token: Token,
    /// Its place in enqueue order over the whole run, from 0.
    pub rank_in: usize,
    /// Its place at the left of this window, from 0.
    pub left: usize,
    /// Its place at the right, from 0; `None` until it takes effect.
    pub right: Option<usize>,
    /// How many later messages took effect before it, so far.
    pub displacement: u64,
}

/// The last `most` messages up to the last one that reached a consumer.
pub(crate) fn slope(timeline: &Timeline, state: &State, most: usize) -> Slope {
    let index = timeline.index();
    let last = state.front.min(state.enqueued).min(index.enqueued.len());
    let first = last.saturating_sub(most);
    let window = &index.enqueued[first..last];
    let effect = |story: &u32| {
        let landing = index.stories[*story as usize].landings.first().copied()?;
        ((landing as usize) < state.landed).then_some(landing)
    };
    let mut order: Vec<u32> = window.iter().filter_map(effect).collect();
    order.sort_unstable();
    let rows: Vec<SlopeRow> = window
        .iter()
        .enumerate()
        .map(|(left, place)| {
            let token = token(timeline, state, index.stories[*place as usize].message, 0, Hold::Free);
            SlopeRow {
                token,
                rank_in: first + left,
                left,
                right: effect(place).and_then(|landing| order.binary_search(&landing).ok()),
                displacement: token.mark.overtakers,
            }
        })
        .collect();
    let crossings = crossings(&rows);
    Slope { rows, crossings }
}

fn crossings(rows: &[SlopeRow]) -> usize {
    let rights: Vec<usize> = rows.iter().filter_map(|row| row.right).collect();
    rights.iter().enumerate().map(|(n, a)| rights[n + 1..].iter().filter(|b| *b < a).count()).sum()
}
