// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam against one relay that is right, or wrong in one way.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{Answer, AtLeastOnce, Build, Message, Out, Receipt};
use crate::exam::{Budget, Exam};
use crate::report::report;
use crate::search::Searched;
use crate::verdict::{Outcome, Verdict};

fn verdict(build: Build, budget: &Budget) -> Verdict {
    Searched(super::exam::of(build)).examine(budget).verdict
}

/// What a relay does differently.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    AcksOnReceive,
    NewIdForEachTry,
    NoTimer,
    NoBackOff,
    TicksForEver,
}

struct Relay {
    flaw: Flaw,
    pending: BTreeMap<u64, (Message, Option<Receipt>, u64)>,
    tries: u64,
}

impl Relay {
    fn of(flaw: Flaw) -> Relay {
        Relay { flaw, pending: BTreeMap::new(), tries: 0 }
    }

    fn publish(&mut self, id: u64, out: &mut Out) {
        let Some((message, _, pause_ms)) = self.pending.get_mut(&id) else {
            if self.flaw == Flaw::TicksForEver {
                out.timer(1_000, id);
            }
            return;
        };
        self.tries += 1;
        out.publish(if self.flaw == Flaw::NewIdForEachTry { 1_000 * id + self.tries } else { id }, message);
        if self.flaw != Flaw::NoTimer {
            out.timer(*pause_ms, id);
        }
        if self.flaw != Flaw::NoBackOff {
            *pause_ms *= 2;
        }
    }
}

impl AtLeastOnce for Relay {
    fn start() -> Relay {
        Relay::of(Flaw::None)
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let id = message.id;
        let mut receipt = Some(receipt);
        if self.flaw == Flaw::AcksOnReceive
            && let Some(receipt) = receipt.take()
        {
            out.ack(receipt);
        }
        if let Entry::Vacant(place) = self.pending.entry(id) {
            place.insert((message, receipt, 100));
            self.publish(id, out);
        }
    }

    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        let id = if self.flaw == Flaw::NewIdForEachTry { id / 1_000 } else { id };
        if answer == Answer::Stored
            && let Some((_, Some(receipt), _)) = self.pending.remove(&id)
        {
            out.ack(receipt);
        }
    }

    fn on_timer(&mut self, id: u64, out: &mut Out) {
        self.publish(id, out);
    }
}

fn right() -> Box<dyn AtLeastOnce> {
    Box::new(Relay::start())
}

#[test]
fn faults_come_everywhere_and_end() {
    let exam = super::exam::of(right);
    crate::staging::tests::faults_end(&exam);
    crate::exhaustive::tests::no_single_fault_breaks(&exam);
}

#[test]
fn a_right_answer_passes_whatever_the_seed() {
    for seed in [1, 1_000, 20_000, u64::MAX - 100] {
        let verdict = verdict(right, &Budget { seed, ..Budget::default() });
        assert_eq!((verdict.outcome, verdict.total()), (Outcome::Passed, (100, 100)), "{}", verdict.sentence);
    }
}

#[test]
fn what_is_acked_on_receive_dies_in_a_crash() {
    let verdict = verdict(|| Box::new(Relay::of(Flaw::AcksOnReceive)), &Budget::default());
    insta::assert_snapshot!(report(&verdict));
}

#[test]
fn a_new_id_for_each_try_stores_two_copies() {
    let verdict = verdict(|| Box::new(Relay::of(Flaw::NewIdForEachTry)), &Budget::default());
    insta::assert_snapshot!(report(&verdict));
}

#[test]
fn pauses_that_do_not_grow_are_a_flood() {
    let verdict = verdict(|| Box::new(Relay::of(Flaw::NoBackOff)), &Budget::default());
    insta::assert_snapshot!(report(&verdict));
}

#[test]
fn silence_and_timers_without_an_end_do_not_finish() {
    for (build, says) in [
        ((|| Box::new(Relay::of(Flaw::NoTimer))) as Build, "never stored downstream"),
        (|| Box::new(Relay::of(Flaw::TicksForEver)), "timers still run"),
    ] {
        let verdict = verdict(build, &Budget::default());
        assert_eq!(verdict.promise(), Some("finishes"));
        assert!(verdict.sentence.contains(says), "{}", verdict.sentence);
    }
}

struct SleepsForEver;

impl AtLeastOnce for SleepsForEver {
    fn start() -> SleepsForEver {
        SleepsForEver
    }

    fn on_message(&mut self, _: Message, _: Receipt, out: &mut Out) {
        out.timer(u64::MAX, u64::MAX);
        out.timer(0, 0);
    }

    fn on_answer(&mut self, _: u64, _: Answer, _: &mut Out) {}

    fn on_timer(&mut self, _: u64, out: &mut Out) {
        out.timer(0, 0);
    }
}

#[test]
fn no_timer_is_too_long_or_too_short() {
    let verdict = verdict(|| Box::new(SleepsForEver), &Budget::default());
    assert_eq!(
        (verdict.outcome, verdict.promise()),
        (Outcome::Failed, Some("finishes")),
        "{}",
        verdict.sentence
    );
}
