// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam of a queue that lives in processes of its own.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use kit::making::{Call, DROP, Panicked, Reproducible, START};

use super::exam::BoundedQueueExam;
use super::honest::honest;
use super::world::{CLOSE, Closer, POP, PUSH, Terms, Threads};
use crate::lockstep::{Line, forged, garbled};
use crate::plan::Plan;
use crate::record::{End, Record};
use crate::wire;

/// The exercise.
pub(crate) const NAME: &str = "bounded_queue";

/// The calls that a record tells of, by their places.
pub(super) const CALLS: [&str; 5] = [PUSH, POP, CLOSE, START.says, DROP.says];

/// The exam, with an answer at the other end of this line.
pub(crate) fn exam(line: &Line) -> impl Reproducible {
    BoundedQueueExam { threads: Elsewhere { line, secret: RandomState::new() } }
}

struct Elsewhere<'a> {
    line: &'a Line,
    /// What tokens are drawn from: anew for each exam, and never told.
    secret: RandomState,
}

impl Elsewhere<'_> {
    /// What the items of a run are called in the answer's process. The same in each making of a run, so that an answer
    /// that looks at them does the same in each.
    fn tokens(&self, terms: &Terms, seed: u64) -> Vec<u64> {
        let mut tokens = Vec::new();
        for item in 1..=terms.items {
            let mut drawn = (0..).map(|again: u64| self.secret.hash_one((seed, item, again)));
            tokens.extend(drawn.find(|token| !tokens.contains(token)));
        }
        tokens
    }
}

impl Threads for Elsewhere<'_> {
    fn record(&self, terms: &Terms, plan: &Plan) -> Record {
        let tokens = self.tokens(terms, plan.seed);
        let place = Call { says: "a run of its threads (seed {})", input: [plan.seed, 0] };
        let read = self.line.run(order(terms, plan, &tokens), place, |told| {
            let (mut record, place) = wire::record(told, &CALLS).ok_or_else(garbled)?;
            let numbers: BTreeMap<u64, u64> = tokens.iter().copied().zip(1..).collect();
            honest(terms, plan, &numbers, &mut record).map_err(forged)?;
            Ok((record, place.map(|place| in_numbers(&place, &numbers)), numbers))
        });
        let Some((mut record, place, numbers)) = read else { return gone() };
        if let Some(panicked) = &mut record.panicked {
            panicked.message = in_numbers(&panicked.message, &numbers);
        }
        if let Some(place) = place {
            self.line.panicked(place);
        }
        record
    }
}

/// A text in which items are called by their numbers.
fn in_numbers(text: &str, numbers: &BTreeMap<u64, u64>) -> String {
    numbers
        .iter()
        .fold(text.to_owned(), |text, (token, number)| text.replace(&token.to_string(), &number.to_string()))
}

/// The order to make a run.
fn order(terms: &Terms, plan: &Plan, tokens: &[u64]) -> Vec<u64> {
    let closer = match terms.closer {
        Closer::LastProducer => 0,
        Closer::Other => 1,
        Closer::Nobody => 2,
    };
    let mut order = vec![terms.producers as u64, terms.consumers as u64, terms.bound as u64, closer];
    wire::put_list(&mut order, tokens.iter().copied());
    wire::put_plan(&mut order, plan);
    order
}

/// The record of a run that was not made: it ends the search. What comes out is said by whoever knows why.
fn gone() -> Record {
    let message = "the answer cannot be asked any further".to_owned();
    let panicked = Some(Panicked { call: START, message, crash: None });
    Record { end: Some(End::Panic), panicked, ..Record::default() }
}

#[cfg(all(test, feature = "run"))]
mod tests;
