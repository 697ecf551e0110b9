// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam against small answers, one right and some wrong in one way each.

use std::collections::BTreeMap;

use super::{Build, Message, Out, Receipt, Resequencer, ResequencerExam};
use crate::exam::{Budget, Exam, Examined};
use crate::search::Searched;
use crate::verdict::Outcome;

/// A right answer: it holds what fits and gives back the rest.
struct Right {
    next: BTreeMap<u32, u64>,
    held: BTreeMap<(u32, u64), Option<(Message, Receipt)>>,
    buffer: usize,
}

impl Right {
    fn new(next: BTreeMap<u32, u64>, buffer: usize) -> Right {
        Right { next, held: BTreeMap::new(), buffer }
    }

    fn next(&self, key: u32) -> u64 {
        self.next.get(&key).copied().unwrap_or(0)
    }

    fn advance(&mut self, key: u32, out: &mut Out) {
        let mut receipts = Vec::new();
        let mut transaction = out.transaction();
        let before = self.next(key);
        let mut next = before;
        while let Some(held) = self.held.remove(&(key, next)) {
            if let Some((message, receipt)) = held {
                transaction.emit(message);
                receipts.push(receipt);
            }
            next += 1;
        }
        if next == before {
            return;
        }
        transaction.set_next(key, next);
        transaction.commit();
        self.next.insert(key, next);
        receipts.into_iter().for_each(|receipt| out.ack(receipt));
    }
}

impl Resequencer for Right {
    fn start(next: BTreeMap<u32, u64>, buffer: usize) -> Right {
        Right::new(next, buffer)
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let (key, seq) = (message.key, message.seq);
        let next = self.next(key);
        if seq < next {
            return out.ack(receipt);
        }
        let held = self.held.values().flatten().count();
        if held >= self.buffer && seq > next && !self.held.contains_key(&(key, seq)) {
            return out.nack(receipt);
        }
        self.held.insert((key, seq), Some((message, receipt)));
        self.advance(key, out);
    }

    fn gone(&mut self, key: u32, seq: u64, out: &mut Out) {
        if seq >= self.next(key) {
            self.held.insert((key, seq), None);
            self.advance(key, out);
        }
    }
}

fn examine(build: Build, runs: u64) -> Examined {
    Searched(ResequencerExam::new(build)).examine(&Budget { runs, ..Budget::default() })
}

fn right(next: BTreeMap<u32, u64>, buffer: usize) -> Box<dyn Resequencer> {
    Box::new(Right::new(next, buffer))
}

#[test]
fn few_runs_reject_but_do_not_pass() {
    let verdict = examine(right, 499).verdict;
    assert_eq!(verdict.outcome, Outcome::Unknown);
    assert_eq!(verdict.total().0, 0);
    assert!(verdict.sentence.contains("it takes 500"), "{}", verdict.sentence);
    let verdict = examine(right, 500).verdict;
    assert_eq!(verdict.outcome, Outcome::Passed, "{}", verdict.sentence);
}
