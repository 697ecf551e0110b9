// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam against small answers: a right one, and that one with one flaw. After a change of words that is meant:
//! `INSTA_UPDATE=always cargo test -p kit`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use super::{Answer, BoundedQueue, Build, Limits, world};
use crate::exam::{Budget, Exam};
use crate::message::Message;
use crate::report::report;
use crate::search::Searched;
use crate::verdict::{Outcome, Verdict};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    DropsTheOldest,
    KeepsWhatItShed,
    Stack,
    Unbounded,
    PlacesAlone,
    OneTooFew,
    HandsOutNothing,
    KeepsAMessage,
}

struct Queue {
    limits: Limits,
    waiting: VecDeque<Message>,
    shed: Vec<Message>,
    flaw: Flaw,
}

thread_local! {
    static KEPT: RefCell<Option<Message>> = const { RefCell::new(None) };
}

impl Queue {
    fn boxed(limits: Limits, flaw: Flaw) -> Box<dyn BoundedQueue> {
        Box::new(Queue { limits, waiting: VecDeque::new(), shed: Vec::new(), flaw })
    }

    fn room(&self) -> usize {
        let in_time = (self.limits.target.as_nanos() / self.limits.worst.as_nanos()) as usize;
        match self.flaw {
            Flaw::Unbounded => usize::MAX,
            Flaw::PlacesAlone => self.limits.places,
            Flaw::OneTooFew => self.limits.places.min(in_time) - 1,
            _ => self.limits.places.min(in_time),
        }
    }
}

impl BoundedQueue for Queue {
    fn start(limits: Limits) -> Queue {
        Queue { limits, waiting: VecDeque::new(), shed: Vec::new(), flaw: Flaw::None }
    }

    fn offer(&mut self, message: Message, _: Duration) -> Answer {
        if self.waiting.len() >= self.room() {
            match self.flaw {
                Flaw::DropsTheOldest => drop(self.waiting.pop_front()),
                Flaw::KeepsWhatItShed => {
                    self.shed.push(message);
                    return Answer::Shed;
                }
                _ => return Answer::Shed,
            }
        }
        let message = match self.flaw {
            Flaw::KeepsAMessage => KEPT.with(|kept| kept.borrow_mut().replace(message)),
            _ => Some(message),
        };
        self.waiting.extend(message);
        Answer::Accepted
    }

    fn pull(&mut self, _: Duration) -> Option<Message> {
        match self.flaw {
            Flaw::HandsOutNothing => None,
            Flaw::Stack => self.waiting.pop_back(),
            _ => self.waiting.pop_front(),
        }
    }
}

fn verdict(build: Build, seed: u64) -> Verdict {
    Searched(super::exam::of(build)).examine(&Budget { seed, ..Budget::default() }).verdict
}

#[test]
fn faults_come_everywhere_and_end() {
    let exam = super::exam::of(|limits| Queue::boxed(limits, Flaw::None));
    crate::staging::tests::faults_end(&exam);
    crate::exhaustive::tests::no_single_fault_breaks(&exam);
}

#[test]
fn a_right_answer_passes_whatever_the_seed() {
    for seed in [1, 20_000, u64::MAX - 100] {
        let verdict = verdict(|limits| Queue::boxed(limits, Flaw::None), seed);
        assert_eq!(verdict.outcome, Outcome::Passed, "{}", report(&verdict));
    }
}

#[test]
fn each_promise_breaks_in_its_own_words() {
    let flawed: [(&str, Build); 8] = [
        ("accepted-is-kept", |limits| Queue::boxed(limits, Flaw::DropsTheOldest)),
        ("shed-is-final", |limits| Queue::boxed(limits, Flaw::KeepsWhatItShed)),
        ("first-in-first-out", |limits| Queue::boxed(limits, Flaw::Stack)),
        ("bound-kept", |limits| Queue::boxed(limits, Flaw::Unbounded)),
        ("wait-target", |limits| Queue::boxed(limits, Flaw::PlacesAlone)),
        ("no-needless-shedding", |limits| Queue::boxed(limits, Flaw::OneTooFew)),
        ("drains", |limits| Queue::boxed(limits, Flaw::HandsOutNothing)),
        ("fresh-start", |limits| Queue::boxed(limits, Flaw::KeepsAMessage)),
    ];
    for (promise, build) in flawed {
        let verdict = verdict(build, 1);
        assert_eq!(verdict.promise(), Some(promise), "{}", report(&verdict));
        insta::assert_snapshot!(promise, report(&verdict));
    }
}

#[test]
fn what_an_address_cannot_choose_is_said() {
    let said = |address: &str| {
        let address = address.parse().expect("an address");
        let run = world::run(&address, |limits| Queue::boxed(limits, Flaw::None));
        run.expect_err(&format!("{address}")).to_string()
    };
    let all = [
        "exam/bounded?seed=1&service=20&worst=20",
        "exam/bounded?seed=1&service=10&worst=21&faults=slow:consumer/2.1@1s",
        "exam/bounded?seed=1&faults=pause:queue@1s",
        "exam/bounded?seed=1&places=0",
        "exam/bounded?seed=1&keys=3",
    ];
    insta::assert_snapshot!("addresses", all.map(said).join("\n"));
}

/// The worst is what the learner is told it is: at that pace, with a queue that is never empty, each pull comes exactly so
/// long after the one before.
#[test]
fn the_consumer_takes_its_worst_and_no_longer() {
    let address = "exam/bounded?seed=1&burst=20&messages=20&places=20&target=9999&service=10&worst=31&rate=1000\
                   &faults=slow:consumer/3@0ms";
    let address = address.parse().expect("an address");
    let run = world::run(&address, |limits| Queue::boxed(limits, Flaw::None)).expect("a run");
    let pulls = run.trace.events.iter().filter(|event| matches!(event.what, trace::What::Handed { .. }));
    let pulls: Vec<trace::Time> = pulls.map(|event| event.at).collect();
    assert_eq!(pulls.len(), 20);
    assert!(pulls.windows(2).all(|two| two[1] - two[0] == trace::Time::millis(31)), "{pulls:?}");
}
