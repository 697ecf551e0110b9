// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam against small answers, one right and some wrong in one way each.

use std::collections::BTreeMap;

use super::{Build, Message, Out, Receipt, Resequencer};
use crate::exam::{Budget, Exam, Examined};
use crate::reproducible::{Cost, Reproducible};
use crate::search::Searched;
use crate::verdict::{Outcome, Verdict};

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
    Searched(super::exam::of(build)).examine(&Budget { runs: Some(runs), ..Budget::default() })
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

/// A right answer in one thing wrong.
struct Flawed<D: Default> {
    right: Right,
    _flaw: D,
}

impl<D: Default> Resequencer for Flawed<D> {
    fn start(next: BTreeMap<u32, u64>, buffer: usize) -> Flawed<D> {
        Flawed { right: Right::new(next, buffer), _flaw: D::default() }
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        self.right.on(message, receipt, out);
    }

    fn gone(&mut self, key: u32, seq: u64, out: &mut Out) {
        self.right.gone(key, seq, out);
    }
}

fn flawed<D: Default + 'static>() -> Build {
    |next, buffer| Box::new(Flawed::<D>::start(next, buffer))
}

fn verdict(build: Build) -> Verdict {
    examine(build, 500).verdict
}

#[derive(Default)]
struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("held\nand more: {:?}", std::time::Instant::now());
    }
}

#[test]
fn a_panic_in_drop_is_a_finding_about_that_call() {
    let verdict = verdict(flawed::<PanicsWhenDropped>());
    assert_eq!((verdict.outcome, verdict.promise()), (Outcome::Crashed, Some("no-panic")));
    // Its text differs from run to run, and only its first line is said.
    assert_eq!(verdict.sentence, "drop(…) panics: held");
    assert!(verdict.detail.is_some_and(|text| text.contains("and more")));
}

thread_local! {
    static KEPT: std::cell::RefCell<Vec<Receipt>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// Gives back only with the next call, from a place that outlives it.
struct NacksLater(Right);

impl Resequencer for NacksLater {
    fn start(next: BTreeMap<u32, u64>, buffer: usize) -> NacksLater {
        NacksLater(Right::new(next, buffer))
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        KEPT.with(|kept| kept.borrow_mut().drain(..).for_each(|receipt| out.nack(receipt)));
        let mut own = Out::new(out.now_ms());
        self.0.on(message, receipt, &mut own);
        for effect in own.effects {
            match effect {
                super::Effect::Nack(receipt) => KEPT.with(|kept| kept.borrow_mut().push(receipt)),
                other => out.push(other),
            }
        }
    }

    fn gone(&mut self, key: u32, seq: u64, out: &mut Out) {
        self.0.gone(key, seq, out);
    }
}

#[test]
fn what_is_kept_over_a_crash_is_shown_within_one_run() {
    let verdict = verdict(|next, buffer| Box::new(NacksLater::start(next, buffer)));
    assert_eq!(verdict.promise(), Some("fresh-start"), "{}", verdict.sentence);
    assert!(verdict.sentence.contains("by an incarnation that is gone"), "{}", verdict.sentence);
    assert!(verdict.story.iter().any(|line| line.text.contains("crashes")), "{:?}", verdict.story);
}

struct NeverStops;

impl Resequencer for NeverStops {
    fn start(_: BTreeMap<u32, u64>, _: usize) -> NeverStops {
        NeverStops
    }

    fn on(&mut self, _: Message, _: Receipt, out: &mut Out) {
        loop {
            let mut transaction = out.transaction();
            transaction.set_next(0, 0);
            transaction.commit();
        }
    }

    fn gone(&mut self, _: u32, _: u64, _: &mut Out) {}
}

#[test]
fn a_flood_of_calls_has_a_name() {
    let verdict = verdict(|next, buffer| Box::new(NeverStops::start(next, buffer)));
    assert_eq!(verdict.outcome, Outcome::Crashed);
    assert!(verdict.sentence.contains("transactions in one call"), "{}", verdict.sentence);
}

/// Right until it has to begin again; then it does nothing any more.
struct GivesUp {
    right: Right,
    given_up: bool,
}

impl Resequencer for GivesUp {
    fn start(next: BTreeMap<u32, u64>, buffer: usize) -> GivesUp {
        GivesUp { given_up: !next.is_empty(), right: Right::new(next, buffer) }
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        if !self.given_up {
            self.right.on(message, receipt, out);
        }
    }

    fn gone(&mut self, key: u32, seq: u64, out: &mut Out) {
        if !self.given_up {
            self.right.gone(key, seq, out);
        }
    }
}

#[test]
fn giving_up_is_not_safe() {
    let verdict = verdict(|next, buffer| Box::new(GivesUp::start(next, buffer)));
    assert_eq!(verdict.promise(), Some("finishes"));
    assert_eq!(verdict.total().0, 0, "{:?}", verdict.points);
}

#[test]
fn what_broke_is_told_before_its_story() {
    let stub: Build = |_, _| Box::new(Stub);
    let mut told = Vec::new();
    let found = Searched(super::exam::of(stub))
        .examine_telling(&Budget::default(), &mut |first| told.push(first.clone()))
        .verdict;
    let [first] = &told[..] else { panic!("what broke is told once, and not {} times", told.len()) };
    assert!(first.story.is_empty() && !found.story.is_empty());
    assert!(first.advice.as_deref().is_some_and(|advice| advice.contains("still being shortened")));
    assert_eq!(found.advice, None, "the story is there");
    assert_eq!((first.promise(), &first.points), (found.promise(), &found.points));
    told.clear();
    Searched(super::exam::of(right))
        .examine_telling(&Budget::default(), &mut |first| told.push(first.clone()));
    assert!(told.is_empty(), "nothing broke");
}

#[test]
fn one_run_is_run_again_by_its_address() {
    let stub: Build = |_, _| Box::new(Stub);
    let found = examine(stub, 500).verdict;
    let address = found.address.as_deref().expect("something broke");
    let budget = Budget { only: Some(address.parse().expect("as printed")), ..Budget::default() };
    let again = Searched(super::exam::of(stub)).examine(&budget);
    assert_eq!(again.verdict.story, found.story);
    assert_eq!(again.verdict.address, found.address);
    assert_eq!(
        again.counterexample.map(|trace| trace.hash()),
        examine(stub, 500).counterexample.map(|t| t.hash())
    );
    // It was a run without faults, and still is.
    let calm = |verdict: &Verdict| verdict.broken.as_ref().map(|broken| broken.calm);
    assert_eq!((calm(&found), calm(&again.verdict)), (Some(true), Some(true)));
    assert_eq!((again.verdict.runs.calm, again.verdict.runs.rough), (1, 0));
    // Dead letters are a fault, though no script says so; a list of none is none.
    for (more, is_calm) in [("&dead-letters=1", false), ("&faults=pause:resequencer@1ms", false), ("", true)]
    {
        let address =
            format!("exam/resequencer?seed=1&messages=2{more}").parse().expect("one of this exam's");
        let once =
            Searched(super::exam::of(stub)).examine(&Budget { only: Some(address), ..Budget::default() });
        assert_eq!(calm(&once.verdict), Some(is_calm), "{more}: {}", once.verdict.sentence);
        assert_eq!((once.verdict.runs.calm, once.verdict.runs.rough), (is_calm.into(), (!is_calm).into()));
    }
    // A right answer stands in the same run, and one run is not enough for it.
    let again = Searched(super::exam::of(right)).examine(&budget);
    assert_eq!((again.verdict.outcome, again.verdict.total().0), (Outcome::Unknown, 0));
    assert!(again.counterexample.is_some());
}

struct Stub;

impl Resequencer for Stub {
    fn start(_: BTreeMap<u32, u64>, _: usize) -> Stub {
        Stub
    }

    fn on(&mut self, _: Message, _: Receipt, _: &mut Out) {}

    fn gone(&mut self, _: u32, _: u64, _: &mut Out) {}
}

#[test]
fn faults_come_everywhere_and_end() {
    let exam = super::exam::of(right);
    crate::staging::tests::faults_end(&exam);
    crate::exhaustive::tests::no_single_fault_breaks(&exam);
}

#[test]
fn a_right_answer_passes_whatever_the_seed() {
    for seed in [1_000, 20_000, u64::MAX - 100] {
        let budget = Budget { seed, ..Budget::default() };
        let verdict = Searched(super::exam::of(right)).examine(&budget).verdict;
        assert_eq!((verdict.outcome, verdict.total()), (Outcome::Passed, (100, 100)), "{}", verdict.sentence);
    }
}
/// A check has so many runs without faults.
const CALM: u64 = 25;

#[test]
fn a_right_answer_costs_what_it_may_whatever_the_seed() {
    let exam = super::exam::of(|next, buffer| Box::new(Right::new(next, buffer)));
    for first in (0..1_000).step_by(CALM as usize) {
        let mut cost = Cost::default();
        for seed in first..first + CALM {
            cost += exam.run(&exam.calm(seed)).expect("an address of the exam").cost;
        }
        for (limit, spent) in exam.limits().iter().zip(cost.spent) {
            let was = spent * 100 / cost.messages;
            assert!(was <= limit.most, "seeds from {first}: {was} hundredths of {} a message", limit.what);
        }
    }
}
