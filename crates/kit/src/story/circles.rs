// SPDX-License-Identifier: MIT OR Apache-2.0
//! Steps that come round and round.

use super::shorten::{Rank, Told};
use crate::verdict::StoryLine;

/// So many rounds are told as one; fewer tell themselves.
const FEWEST_ROUNDS: usize = 3;
/// The most steps of a circle.
const LONGEST_CIRCLE: usize = 8;
/// How a line begins that stands for rounds.
const AGAIN: &str = "… the same again";

/// Steps that come round and round are told once, with how often they come again: an answer that waits for ever goes
/// in circles, and the circle is the story.
pub(super) fn fold(lines: &[Told]) -> Vec<Told> {
    let same = |a: &[Told], b: &[Told]| {
        a.iter().zip(b).all(|(a, b)| {
            a.line.text == b.line.text || [a, b].iter().all(|told| told.line.text.starts_with(AGAIN))
        })
    };
    let mut told = Vec::new();
    let mut rest = lines;
    while let Some(first) = rest.first() {
        let rounds = |period: usize| {
            let circle = rest.get(..period).unwrap_or_default();
            rest.chunks_exact(period).take_while(|round| same(round, circle)).count()
        };
        let circle = (1..=LONGEST_CIRCLE).map(|period| (period, rounds(period)));
        let Some((period, rounds)) = circle.clone().find(|(_, rounds)| *rounds >= FEWEST_ROUNDS) else {
            told.push(first.clone());
            rest = &rest[1..];
            continue;
        };
        let (all, behind) = rest.split_at(period * rounds);
        told.extend_from_slice(&all[..period]);
        let (again, last) = (rounds - 1, &all[all.len() - 1]);
        let line = StoryLine { at: last.line.at.clone(), text: format!("{AGAIN}, {again} times …") };
        told.push(Told { line, rank: all.iter().map(|told| told.rank).min().unwrap_or(Rank::Other) });
        rest = behind;
    }
    told
}
