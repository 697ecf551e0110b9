// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam against small answers, one right and some wrong in one way each.

use std::collections::BTreeMap;

use super::{AtMostOnce, Build, Deleted, Message, Out, Receipt};
use crate::exam::{Budget, Exam};
use crate::report::report;
use crate::search::Searched;
use crate::verdict::{Outcome, Verdict};

fn verdict(build: Build, budget: &Budget) -> Verdict {
    Searched(super::exam::of(build)).examine(budget).verdict
}

/// What an answer does when the queue has answered.
trait Rule {
    fn acts(answer: Deleted) -> bool;
    fn asks_again(answer: Deleted) -> bool;
}

struct Consumer<R> {
    asked: BTreeMap<Receipt, Message>,
    rule: std::marker::PhantomData<R>,
}

impl<R: Rule> AtMostOnce for Consumer<R> {
    fn start() -> Consumer<R> {
        Consumer { asked: BTreeMap::new(), rule: std::marker::PhantomData }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        self.asked.insert(receipt, message);
        out.delete(receipt);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        if R::asks_again(answer) {
            out.delete(receipt);
        }
        if let Some(message) = self.asked.remove(&receipt)
            && R::acts(answer)
        {
            out.act(message);
        }
    }
}

fn with_rule<R: Rule + 'static>() -> Build {
    || Box::new(Consumer::<R>::start())
}

struct Right;

impl Rule for Right {
    fn acts(answer: Deleted) -> bool {
        answer == Deleted::Removed
    }

    fn asks_again(_: Deleted) -> bool {
        false
    }
}

struct TakesNotHeld;

impl Rule for TakesNotHeld {
    fn acts(_: Deleted) -> bool {
        true
    }

    fn asks_again(_: Deleted) -> bool {
        false
    }
}

struct NeverActs;

impl Rule for NeverActs {
    fn acts(_: Deleted) -> bool {
        false
    }

    fn asks_again(_: Deleted) -> bool {
        false
    }
}

struct AsksForEver;

impl Rule for AsksForEver {
    fn acts(answer: Deleted) -> bool {
        answer == Deleted::Removed
    }

    fn asks_again(answer: Deleted) -> bool {
        answer == Deleted::NotHeld
    }
}

#[test]
fn faults_come_everywhere_and_end() {
    let exam = super::exam::of(with_rule::<Right>());
    crate::staging::tests::faults_end(&exam);
    crate::exhaustive::tests::no_single_fault_breaks(&exam);
}

#[test]
fn a_right_answer_passes_whatever_the_seed() {
    for seed in [1, 1_000, 20_000, u64::MAX - 100] {
        let verdict = verdict(with_rule::<Right>(), &Budget { seed, ..Budget::default() });
        assert_eq!((verdict.outcome, verdict.total()), (Outcome::Passed, (100, 100)), "{}", verdict.sentence);
    }
}

#[test]
fn not_held_is_no_removal() {
    let verdict = verdict(with_rule::<TakesNotHeld>(), &Budget::default());
    insta::assert_snapshot!(report(&verdict));
}

#[test]
fn without_faults_nothing_may_be_lost() {
    let verdict = verdict(with_rule::<NeverActs>(), &Budget::default());
    insta::assert_snapshot!(report(&verdict));
}

#[test]
fn who_asks_for_ever_keeps_safety_and_does_not_finish() {
    let verdict = verdict(with_rule::<AsksForEver>(), &Budget::default());
    assert_eq!((verdict.promise(), verdict.total().0), (Some("finishes"), 60), "{:?}", verdict.points);
    assert!(verdict.sentence.contains("deletes still go out"), "{}", verdict.sentence);
}

#[test]
fn a_loss_needs_a_fault_that_could_take_it() {
    let run = |faults: &str| {
        let address = format!("exam/at-most-once?seed=1&messages=2&rate=20&faults={faults}");
        let budget =
            Budget { only: Some(address.parse().expect("it is one of this exam's")), ..Budget::default() };
        verdict(with_rule::<NeverActs>(), &budget)
    };
    // Two messages are lost: a late publish and one fault do not account for both of them, two faults do.
    let one = run("drop:producer-1/queue/publish/1;duplicate:queue/consumer/deliver/1");
    assert_eq!(one.promise(), Some("lost-by-faults-only"), "{}", one.sentence);
    assert!(one.sentence.contains("only 1 fault could"), "{}", one.sentence);
    let two = run("delay:queue/consumer/removed/1/20ms;duplicate:queue/consumer/deliver/1");
    assert_eq!(two.promise(), None, "{}", two.sentence);
}

#[test]
fn addresses_of_others_are_refused() {
    for (address, says) in [
        ("exam/resequencer?seed=1", "exam/at-most-once"),
        ("exam/at-most-once?seed=1&keys=2", "messages, rate"),
        ("exam/at-most-once?seed=1&messages=0", "from 1 to 100"),
        ("exam/at-most-once?seed=1&faults=crash:nobody@1s", "consumer"),
    ] {
        let budget = Budget { only: Some(address.parse().expect("it can be read")), ..Budget::default() };
        let verdict = verdict(with_rule::<Right>(), &budget);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert!(verdict.sentence.contains(says), "{}", verdict.sentence);
    }
}
