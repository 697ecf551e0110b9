// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam against one leader that is right, or wrong in one way. After a change of words that is meant:
//! `INSTA_UPDATE=always cargo test -p kit`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::{Build, Leader, Out, Record, Terms, world};
use crate::exam::{Budget, Exam};
use crate::report::report;
use crate::search::Searched;
use crate::verdict::{Outcome, Verdict};

/// What a leader does differently.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    MinimumOnly,
    SelfTwice,
    RefusesLate,
    AppendsAlone,
    NoTimer,
    TicksForEver,
    GivesUpAtOnce,
    KeepsARecord,
}

struct Answer {
    flaw: Flaw,
    terms: Terms,
    /// 0 while it does not lead.
    epoch: u64,
    in_sync: BTreeSet<u64>,
    held: BTreeMap<u64, u64>,
    waiting: BTreeMap<u64, (u64, Record)>,
}

thread_local! {
    static KEPT: RefCell<Option<Record>> = const { RefCell::new(None) };
}

impl Answer {
    fn boxed(terms: Terms, flaw: Flaw) -> Box<dyn Leader> {
        let (in_sync, held, waiting) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
        Box::new(Answer { flaw, terms, epoch: 0, in_sync, held, waiting })
    }

    fn settle(&mut self, out: &mut Out) {
        let more = usize::from(self.flaw == Flaw::SelfTwice);
        if self.in_sync.len() + more < self.terms.min_insync {
            return;
        }
        let others = self.in_sync.iter().filter(|replica| **replica != self.terms.me);
        let mut held: Vec<u64> =
            others.map(|other| self.held.get(other).copied().unwrap_or(0)).chain([u64::MAX]).collect();
        held.sort_unstable_by(|a, b| b.cmp(a));
        let by_all = match self.flaw {
            Flaw::MinimumOnly => held[self.terms.min_insync - 1],
            _ => held[held.len() - 1],
        };
        while let Some(first) = self.waiting.first_entry()
            && first.get().0 < by_all
        {
            out.confirm(first.remove().1);
        }
    }

    fn give_up(&mut self, out: &mut Out) {
        for (_, record) in std::mem::take(&mut self.waiting).into_values() {
            if self.flaw == Flaw::RefusesLate { out.refuse(record) } else { out.unknown(record) }
        }
    }
}

impl Leader for Answer {
    fn start(_: Terms) -> Answer {
        unreachable!("these are made with a flaw")
    }

    fn lead(&mut self, epoch: u64, _: u64, in_sync: &[u64], out: &mut Out) {
        self.give_up(out);
        (self.epoch, self.in_sync) = (epoch, in_sync.iter().copied().collect());
        self.held.clear();
    }

    fn follow(&mut self, _: u64, out: &mut Out) {
        self.epoch = 0;
        self.give_up(out);
    }

    fn produce(&mut self, record: Record, out: &mut Out) {
        let too_few = self.in_sync.len() < self.terms.min_insync && self.flaw != Flaw::AppendsAlone;
        if self.epoch == 0 || too_few {
            return out.refuse(record);
        }
        let (offset, number) = (out.append(&record), record.number);
        match self.flaw {
            Flaw::GivesUpAtOnce => return out.unknown(record),
            Flaw::NoTimer => {}
            _ => out.timer(900, number),
        }
        let record = match self.flaw {
            Flaw::KeepsARecord => KEPT.with(|kept| kept.borrow_mut().replace(record)),
            _ => Some(record),
        };
        self.waiting.extend(record.map(|record| (number, (offset, record))));
        self.settle(out);
    }

    fn fetched(&mut self, follower: u64, epoch: u64, offset: u64, out: &mut Out) {
        if epoch == self.epoch {
            self.held.insert(follower, offset);
            self.settle(out);
        }
    }

    fn isr(&mut self, epoch: u64, in_sync: &[u64], out: &mut Out) {
        if epoch == self.epoch {
            self.in_sync = in_sync.iter().copied().collect();
            self.settle(out);
        }
    }

    fn on_timer(&mut self, number: u64, out: &mut Out) {
        if let Some((_, record)) = self.waiting.remove(&number) {
            if self.flaw == Flaw::RefusesLate { out.refuse(record) } else { out.unknown(record) }
        }
        if self.flaw == Flaw::TicksForEver {
            out.timer(900, number);
        }
    }
}

fn verdict(build: Build, seed: u64) -> Verdict {
    Searched(super::exam::of(build)).examine(&Budget { seed, ..Budget::default() }).verdict
}

#[test]
fn faults_come_everywhere_and_end() {
    let exam = super::exam::of(|terms| Answer::boxed(terms, Flaw::None));
    crate::staging::tests::faults_end(&exam);
    crate::exhaustive::tests::no_single_fault_breaks(&exam);
}

#[test]
fn a_right_answer_passes_whatever_the_seed() {
    for seed in [1, 1_000, 20_000, u64::MAX - 100] {
        let verdict = verdict(|terms| Answer::boxed(terms, Flaw::None), seed);
        assert_eq!((verdict.outcome, verdict.total()), (Outcome::Passed, (100, 100)), "{}", report(&verdict));
    }
}

#[test]
fn each_promise_breaks_in_its_own_words() {
    let flawed: [(&str, Build); 7] = [
        ("survives", |terms| Answer::boxed(terms, Flaw::MinimumOnly)),
        ("min-held", |terms| Answer::boxed(terms, Flaw::SelfTwice)),
        ("refused-is-final", |terms| Answer::boxed(terms, Flaw::RefusesLate)),
        ("appends-in-sync", |terms| Answer::boxed(terms, Flaw::AppendsAlone)),
        ("answered", |terms| Answer::boxed(terms, Flaw::NoTimer)),
        ("progress", |terms| Answer::boxed(terms, Flaw::GivesUpAtOnce)),
        ("fresh-start", |terms| Answer::boxed(terms, Flaw::KeepsARecord)),
    ];
    for (promise, build) in flawed {
        let verdict = verdict(build, 1);
        assert_eq!(verdict.promise(), Some(promise), "{}", report(&verdict));
        insta::assert_snapshot!(promise, report(&verdict));
    }
}

#[test]
fn timers_without_an_end_are_no_answer() {
    let verdict = verdict(|terms| Answer::boxed(terms, Flaw::TicksForEver), 1);
    assert_eq!(verdict.promise(), Some("answered"), "{}", report(&verdict));
    assert!(verdict.sentence.contains("timers still run"), "{}", verdict.sentence);
}

#[test]
fn what_an_address_cannot_choose_is_said() {
    let said = |address: &str| {
        let address = address.parse().expect("an address");
        world::run(&address, |terms| Answer::boxed(terms, Flaw::None))
            .expect_err(&format!("{address}"))
            .to_string()
    };
    let all = [
        "exam/min-insync?seed=1&replicas=2",
        "exam/min-insync?seed=1&min=1",
        "exam/min-insync?seed=1&elections=0",
        "exam/min-insync?seed=1&faults=crash:controller@1s",
        "exam/min-insync?seed=1&faults=lose-disk:replica-1@1s",
        "exam/min-insync?seed=1&faults=drop:replica-9/replica-1/fetch/1",
    ];
    insta::assert_snapshot!("addresses", all.map(said).join("\n"));
}
