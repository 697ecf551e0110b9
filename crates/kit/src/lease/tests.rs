// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam against one worker that is right, or wrong in one way. After a change of words that is meant:
//! `INSTA_UPDATE=always cargo test -p kit`.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{Answer, Build, Job, Out, Terms, Work, Worker, world};
use crate::exam::{Budget, Exam};
use crate::report::report;
use crate::search::Searched;
use crate::verdict::{Outcome, Verdict};

/// What a worker does differently.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    DeletesFailed,
    NoToken,
    DeletesAnyway,
    NeverExtends,
    ExtendsForEver,
    WritesOnce,
    TicksForEver,
    KeepsAJob,
}

enum State {
    Works { heard: bool },
    Writes,
    Deletes,
}

struct Hand {
    flaw: Flaw,
    beat_ms: u64,
    jobs: BTreeMap<Job, State>,
}

thread_local! {
    static KEPT: RefCell<Option<Job>> = const { RefCell::new(None) };
}

impl Hand {
    fn boxed(terms: Terms, flaw: Flaw) -> Box<dyn Worker> {
        Box::new(Hand { flaw, beat_ms: terms.lease_ms / 3, jobs: BTreeMap::new() })
    }

    fn write(&self, job: Job, out: &mut Out) {
        if self.flaw == Flaw::NoToken { out.write(job) } else { out.write_fenced(job, job.token) }
    }

    fn delete(&self, job: Job, out: &mut Out) {
        if self.flaw == Flaw::DeletesAnyway { out.delete(job) } else { out.delete_if_held(job) }
    }
}

impl Worker for Hand {
    fn start(_: Terms) -> Hand {
        unreachable!("these are made with a flaw")
    }

    fn on_job(&mut self, job: Job, out: &mut Out) {
        let kept = KEPT.with(|kept| kept.borrow_mut().replace(job));
        if self.flaw == Flaw::KeepsAJob
            && let Some(kept) = kept
        {
            out.extend(kept);
        }
        self.jobs.insert(job, State::Works { heard: false });
        out.work(job);
        out.timer(self.beat_ms, job);
    }

    fn on_work(&mut self, job: Job, work: Work, out: &mut Out) {
        match (work, self.jobs.get_mut(&job)) {
            (Work::GoesOn, Some(State::Works { heard })) => *heard = true,
            (Work::GoesOn, _) => {}
            (Work::Failed, _) => {
                self.jobs.remove(&job);
                if self.flaw == Flaw::DeletesFailed {
                    out.delete_if_held(job);
                }
            }
            (Work::Done, _) => {
                self.write(job, out);
                if self.jobs.insert(job, State::Writes).is_none() {
                    out.timer(self.beat_ms, job);
                }
            }
        }
    }

    fn on_answer(&mut self, job: Job, answer: Answer, out: &mut Out) {
        match (self.jobs.get_mut(&job), answer) {
            (Some(state @ State::Writes), Answer::Written) => {
                *state = State::Deletes;
                self.delete(job, out);
            }
            (Some(State::Writes), Answer::Fenced)
            | (Some(State::Deletes), Answer::Deleted | Answer::NotHeld) => _ = self.jobs.remove(&job),
            _ => {}
        }
    }

    fn on_timer(&mut self, job: Job, out: &mut Out) {
        match self.jobs.get_mut(&job) {
            None if self.flaw == Flaw::TicksForEver => {}
            None => return,
            Some(State::Works { heard }) => {
                if !std::mem::take(heard) && self.flaw != Flaw::ExtendsForEver {
                    self.jobs.remove(&job);
                    return;
                }
            }
            Some(State::Writes) if self.flaw == Flaw::WritesOnce => {}
            Some(State::Writes) => self.write(job, out),
            Some(State::Deletes) => self.delete(job, out),
        }
        if self.flaw != Flaw::NeverExtends {
            out.extend(job);
        }
        out.timer(self.beat_ms, job);
    }
}

fn verdict(build: Build, seed: u64) -> Verdict {
    Searched(super::exam::of(build)).examine(&Budget { seed, ..Budget::default() }).verdict
}

#[test]
fn faults_come_everywhere_and_end() {
    let exam = super::exam::of(|terms| Hand::boxed(terms, Flaw::None));
    crate::staging::tests::faults_end(&exam);
    crate::exhaustive::tests::no_single_fault_breaks(&exam);
}

#[test]
fn a_right_answer_passes_whatever_the_seed() {
    for seed in [1, 1_000, 20_000, u64::MAX - 100] {
        let verdict = verdict(|terms| Hand::boxed(terms, Flaw::None), seed);
        assert_eq!((verdict.outcome, verdict.total()), (Outcome::Passed, (100, 100)), "{}", report(&verdict));
    }
}

#[test]
fn each_promise_breaks_in_its_own_words() {
    let flawed: [(&str, Build); 7] = [
        ("nothing-lost", |terms| Hand::boxed(terms, Flaw::DeletesFailed)),
        ("no-clobber", |terms| Hand::boxed(terms, Flaw::NoToken)),
        ("deletes-held", |terms| Hand::boxed(terms, Flaw::DeletesAnyway)),
        ("keeps-lease", |terms| Hand::boxed(terms, Flaw::NeverExtends)),
        ("lets-go", |terms| Hand::boxed(terms, Flaw::ExtendsForEver)),
        ("finishes", |terms| Hand::boxed(terms, Flaw::WritesOnce)),
        ("fresh-start", |terms| Hand::boxed(terms, Flaw::KeepsAJob)),
    ];
    for (promise, build) in flawed {
        let verdict = verdict(build, 1);
        assert_eq!(verdict.promise(), Some(promise), "{}", report(&verdict));
        insta::assert_snapshot!(promise, report(&verdict));
    }
}

#[test]
fn timers_without_an_end_do_not_finish() {
    let verdict = verdict(|terms| Hand::boxed(terms, Flaw::TicksForEver), 1);
    assert_eq!(verdict.promise(), Some("finishes"), "{}", report(&verdict));
    assert!(verdict.sentence.contains("timers still run"), "{}", verdict.sentence);
}

#[test]
fn what_an_address_cannot_choose_is_said() {
    let said = |address: &str| {
        let address = address.parse().expect("an address");
        world::run(&address, |terms| Hand::boxed(terms, Flaw::None))
            .expect_err(&format!("{address}"))
            .to_string()
    };
    let all = [
        "exam/lease?seed=1&workers=0",
        "exam/lease?seed=1&stuck=0",
        "exam/lease?seed=1&faults=crash:queue@1s",
        "exam/lease?seed=1&faults=drop:producer-1/queue/publish/1",
        "exam/lease?seed=1&faults=cut:queue/producer-1@1s",
        "exam/lease?seed=1&faults=drop:worker-9/queue/extend/1",
    ];
    insta::assert_snapshot!("addresses", all.map(said).join("\n"));
}
