// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam against small answers: a right one, and that one with one flaw. After a change of words that is meant:
//! `INSTA_UPDATE=always cargo test -p kit-threads`.

use std::sync::Arc;

use kit::making::{Budget, Exam, Reproducible, Run, Searched};
use kit::report::report;
use kit::verdict::{Outcome, Verdict};
use sim::Address;
use trace::What;

use super::answer::Build;
use super::cast::Here;
use super::exam::BoundedQueueExam;
use super::prelude::{BoundedQueue, Condvar, Item, Mutex, VecDeque, thread};
use super::{draw, world};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    None,
    If,
    OneTooMany,
    OneTooFew,
    Stack,
    Drops,
    SilentClose,
    SilentPop,
    LocksTwice,
    Spins,
    Panics,
    SpinsWithoutLock,
}

pub(super) struct Queue {
    bound: usize,
    /// What is inside, and whether it is closed.
    state: Mutex<(VecDeque<Item>, bool)>,
    changed: Condvar,
    flaw: Flaw,
}

impl Queue {
    pub(super) fn shared(bound: usize, flaw: Flaw) -> Arc<dyn BoundedQueue> {
        let bound = match flaw {
            Flaw::OneTooMany => bound + 1,
            Flaw::OneTooFew => bound - 1,
            _ => bound,
        };
        Arc::new(Queue { bound, state: Mutex::default(), changed: Condvar::new(), flaw })
    }
}

impl BoundedQueue for Queue {
    fn new(_: usize) -> Queue {
        unreachable!("the tests make their own")
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        let mut state = self.state.lock().unwrap();
        if self.flaw == Flaw::Drops && state.0.len() >= self.bound {
            return Ok(());
        }
        while state.0.len() >= self.bound && !state.1 {
            if self.flaw == Flaw::Spins {
                drop(state);
                thread::yield_now();
                state = self.state.lock().unwrap();
            } else {
                state = self.changed.wait(state).unwrap();
            }
        }
        if state.1 {
            return Err(item);
        }
        state.0.push_back(item);
        self.changed.notify_all();
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        let mut state = self.state.lock().unwrap();
        while state.0.is_empty() && !state.1 {
            if self.flaw == Flaw::SpinsWithoutLock {
                drop(state);
                loop {
                    thread::yield_now();
                }
            }
            state = self.changed.wait(state).unwrap();
            if self.flaw == Flaw::If {
                break;
            }
        }
        let item = if self.flaw == Flaw::Stack { state.0.pop_back() } else { state.0.pop_front() };
        if self.flaw == Flaw::Panics {
            assert!(item.is_some(), "nothing there");
        }
        if self.flaw == Flaw::LocksTwice {
            drop(self.state.lock());
        }
        if self.flaw != Flaw::SilentPop {
            self.changed.notify_all();
        }
        item
    }

    fn close(&self) {
        self.state.lock().unwrap().1 = true;
        if self.flaw != Flaw::SilentClose {
            self.changed.notify_all();
        }
    }
}

const RIGHT: Here = Here { build: |bound| Queue::shared(bound, Flaw::None) };

fn verdict(build: Build, seed: u64) -> Verdict {
    Searched(BoundedQueueExam { threads: Here { build } })
        .examine(&Budget { seed, ..Budget::default() })
        .verdict
}

fn run(address: &Address) -> Run {
    world::run(address, &RIGHT).expect("a run")
}

#[test]
fn a_right_answer_passes_whatever_the_seed() {
    for seed in [1, u64::MAX - 100] {
        let verdict = verdict(RIGHT.build, seed);
        assert_eq!(verdict.outcome, Outcome::Passed, "{}", report(&verdict));
        assert!(verdict.runs.every.all && verdict.runs.every.count > 1_000, "{:?}", verdict.runs.every);
    }
}

#[test]
fn each_promise_breaks_in_its_own_words() {
    let flawed: [(&str, Build); 10] = [
        ("closed-means-closed", |bound| Queue::shared(bound, Flaw::If)),
        ("nothing-lost", |bound| Queue::shared(bound, Flaw::Drops)),
        ("first-in-first-out", |bound| Queue::shared(bound, Flaw::Stack)),
        ("bound-kept", |bound| Queue::shared(bound, Flaw::OneTooMany)),
        ("no-needless-wait", |bound| Queue::shared(bound, Flaw::OneTooFew)),
        ("no-lost-wake-up", |bound| Queue::shared(bound, Flaw::SilentPop)),
        ("no-lost-wake-up", |bound| Queue::shared(bound, Flaw::SilentClose)),
        ("no-deadlock", |bound| Queue::shared(bound, Flaw::LocksTwice)),
        ("no-busy-waiting", |bound| Queue::shared(bound, Flaw::Spins)),
        ("no-panic", |bound| Queue::shared(bound, Flaw::Panics)),
    ];
    for (n, (promise, build)) in flawed.into_iter().enumerate() {
        let verdict = verdict(build, 1);
        assert_eq!(verdict.promise(), Some(promise), "{}", report(&verdict));
        insta::assert_snapshot!(format!("{n}-{promise}"), report(&verdict));
    }
}

/// What turns in circles without a lock is ended by the bound on steps, and not by a clock.
#[test]
fn what_does_not_end_is_ended_and_said() {
    let address: Address = "exam/bounded-queue?seed=1".parse().expect("an address");
    let exam =
        BoundedQueueExam { threads: Here { build: |bound| Queue::shared(bound, Flaw::SpinsWithoutLock) } };
    let budget = Budget { only: Some(address.with("switches", "12")), ..Budget::default() };
    let verdict = Searched(exam).examine(&budget).verdict;
    assert_eq!(verdict.promise(), Some("no-busy-waiting"), "{}", report(&verdict));
    assert_eq!(verdict.sentence, "after 2000 steps it still goes on");
}

#[test]
fn what_an_address_cannot_choose_is_said() {
    let said = |address: &str| {
        let address: Address = address.parse().expect("an address");
        world::run(&address, &RIGHT).expect_err(&format!("{address}")).to_string()
    };
    let all = [
        "exam/bounded?seed=1",
        "exam/bounded-queue?seed=1&places=2",
        "exam/bounded-queue?seed=1&bound=0",
        "exam/bounded-queue?seed=1&switches=12,x",
        "exam/bounded-queue?seed=1&faults=crash:consumer-1@2ms",
    ];
    insta::assert_snapshot!("addresses", all.map(said).join("\n"));
}

#[test]
fn one_address_is_one_run_and_so_is_its_spelling_out() {
    for seed in 1..200 {
        let drawn = draw::rough(seed);
        let (first, again) = (run(&drawn), run(&drawn));
        assert_eq!(first, again, "{drawn}");
        let spelled = world::spelled_out(&drawn, &RIGHT).expect("a spelling");
        // As people copy it.
        let spelled: Address = spelled.to_string().parse().expect("an address");
        assert_eq!(run(&spelled).trace.events, first.trace.events, "{drawn} is not {spelled}");
    }
}

#[test]
fn every_schedule_is_another_one_and_can_be_made_again() {
    let (address, most_switches) = &draw::small()[0];
    let mut seen = std::collections::BTreeSet::new();
    let all = world::every_schedule(address, 10_000, *most_switches, &RIGHT, &mut |address, run| {
        if seen.len() % 50 == 0 {
            assert_eq!(world::run(address, &RIGHT).expect("a run"), run, "{address}");
        }
        assert!(seen.insert(address.to_string()), "{address} twice");
        true
    });
    assert!(all);
    assert!(seen.len() > 1_000, "{}", seen.len());
}

/// What `std` allows a wait to do, the exam does where the address says so, and nowhere else.
#[test]
fn a_wait_ends_by_itself_where_the_address_says_so() {
    let woken = |address: &str| {
        let run = run(&address.parse().expect("an address"));
        let by_itself =
            |what: &What| matches!(what, What::Note { text, .. } if text.contains("without being notified"));
        run.trace.events.iter().filter(|event| by_itself(&event.what)).count()
    };
    assert_eq!(woken("exam/bounded-queue?seed=1&items=3"), 0);
    assert_eq!(woken("exam/bounded-queue?seed=1&items=3&wakes=1"), 1);
    assert_eq!(woken("exam/bounded-queue?seed=1&items=3&wakes=1,2"), 2);
}

/// What plays is complete: each item leaves its producer, and takes effect once.
#[test]
fn the_trace_shows_every_item_on_its_way() {
    for seed in 1..50 {
        let run = run(&draw::calm(seed));
        let count =
            |want: fn(&What) -> bool| run.trace.events.iter().filter(|event| want(&event.what)).count();
        let items = count(|what| matches!(what, What::Offered { .. }));
        assert!(items > 0);
        assert_eq!(items, count(|what| matches!(what, What::Stored { .. })));
        assert_eq!(items, count(|what| matches!(what, What::Handed { .. })));
        assert_eq!(items, count(|what| matches!(what, What::Applied { .. })));
        assert_eq!(2 * items, count(|what| matches!(what, What::Arrived { .. })));
        let times: Vec<trace::Time> = run.trace.events.iter().map(|event| event.at).collect();
        assert!(times.is_sorted());
        let text = run.trace.to_json_lines();
        assert_eq!(trace::Trace::from_json_lines(&text).expect("it can be read"), run.trace);
    }
}

#[test]
fn what_the_exam_asks_to_be_reached_is_reached() {
    let exam = BoundedQueueExam { threads: RIGHT };
    let mut reached = vec![0; exam.situations().len()];
    for seed in 1..300 {
        for (sum, n) in reached.iter_mut().zip(run(&exam.rough(seed)).reached) {
            *sum += n;
        }
    }
    let never: Vec<&str> =
        exam.situations().iter().zip(&reached).filter(|(_, n)| **n == 0).map(|(s, _)| s.name).collect();
    assert!(never.is_empty(), "{never:?}");
}
