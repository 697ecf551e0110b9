// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where each item is at each moment, as far as that is certain.

use std::collections::BTreeMap;

use super::calls::{Asks, Called};
use crate::record::{Act, Record};

/// One item's way. Places are those of the record's entries.
#[derive(Clone, Debug)]
pub(super) struct Passage {
    pub item: u64,
    /// It was put in behind the first, and not behind the second; the second is missing where its push did not come back.
    pub put_in: (usize, Option<usize>),
    /// The same for taking it out.
    pub taken_out: Option<(usize, Option<usize>)>,
    /// Where it was dropped.
    pub dropped: Option<usize>,
}

/// The ways of all items that were put in, or may have been.
pub(super) struct Ledger {
    pub passages: Vec<Passage>,
    /// From where on each pop that did not come back may have taken an item.
    pending_pops: Vec<usize>,
    /// From where to where each push that gave its item back may have had a place for it.
    refused: Vec<(usize, usize)>,
}

impl Ledger {
    pub fn of(record: &Record, calls: &[Called]) -> Ledger {
        let drops: BTreeMap<u64, usize> = record
            .entries
            .iter()
            .enumerate()
            .filter_map(|(place, entry)| match entry.act {
                Act::Drops(item) => Some((item, place)),
                _ => None,
            })
            .collect();
        let outs: BTreeMap<u64, (usize, Option<usize>)> =
            calls.iter().filter_map(|call| Some((call.taken_out()?, (call.from(), call.to())))).collect();
        let passages = calls.iter().filter_map(|call| {
            let (Asks::Push(item), None | Some((_, None))) = (call.asks, call.ended) else { return None };
            let put_in = (call.from(), call.to());
            let (taken_out, dropped) = (outs.get(&item).copied(), drops.get(&item).copied());
            Some(Passage { item, put_in, taken_out, dropped })
        });
        let pending = calls.iter().filter(|call| call.asks == Asks::Pop && call.ended.is_none());
        let refused = calls
            .iter()
            .filter(|call| matches!((call.asks, call.ended), (Asks::Push(_), Some((_, Some(_))))));
        Ledger {
            passages: passages.collect(),
            pending_pops: pending.map(Called::from).collect(),
            refused: refused.filter_map(|call| Some((call.from(), call.to()?))).collect(),
        }
    }

    /// The items that are inside at this place for certain, those apart that pops may have which did not come back.
    pub fn surely(&self, place: usize) -> Vec<u64> {
        let inside = |passage: &&Passage| {
            passage.put_in.1.is_some_and(|to| to <= place)
                && passage.taken_out.is_none_or(|(from, _)| from > place)
                && passage.dropped.is_none_or(|dropped| dropped > place)
        };
        let mut items: Vec<u64> = self.passages.iter().filter(inside).map(|passage| passage.item).collect();
        let pending = self.pending_pops.iter().filter(|from| **from <= place).count();
        items.drain(..pending.min(items.len()));
        items
    }

    /// How many items are there for whoever asks at this place: each pop that has begun, its own apart, may have its eye on
    /// one of them.
    pub fn free(&self, place: usize) -> usize {
        let inside = |passage: &&Passage| {
            passage.put_in.1.is_some_and(|to| to <= place)
                && passage.taken_out.is_none_or(|(_, to)| to.is_none_or(|to| to > place))
                && passage.dropped.is_none_or(|dropped| dropped > place)
        };
        let inside = self.passages.iter().filter(inside).count();
        let begun = |passage: &&Passage| {
            passage.taken_out.is_some_and(|(from, to)| from <= place && to.is_none_or(|to| to > place))
        };
        let begun = self.passages.iter().filter(begun).count()
            + self.pending_pops.iter().filter(|from| **from <= place).count();
        inside.saturating_sub(begun)
    }

    /// How many places can be taken at this place, or spoken for.
    pub fn possibly(&self, place: usize) -> usize {
        let inside = |passage: &&Passage| {
            passage.put_in.0 <= place
                && passage.taken_out.is_none_or(|(_, to)| to.is_none_or(|to| to > place))
                && passage.dropped.is_none_or(|dropped| dropped > place)
        };
        let refused = self.refused.iter().filter(|(from, to)| *from <= place && *to > place);
        self.passages.iter().filter(inside).count() + refused.count()
    }
}
