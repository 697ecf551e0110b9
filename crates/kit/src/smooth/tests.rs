// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam against small answers: a right one, and that one with one flaw. After a change of words that is meant:
//! `INSTA_UPDATE=always cargo test -p kit`.

use std::collections::VecDeque;
use std::time::Duration;

use proptest::prelude::*;
use trace::Time;

use super::arrivals::arrivals;
use super::world::Terms;
use super::{Build, Limits, Out, Shaper, world};
use crate::exam::{Budget, Exam};
use crate::message::Message;
use crate::report::report;
use crate::search::Searched;
use crate::verdict::{Outcome, Verdict};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    SendsAtOnce,
    Stack,
    Drops,
    NeverAsks,
    Polls,
    KeepsAMessage,
}

struct Answer {
    limits: Limits,
    waiting: VecDeque<Message>,
    done: Duration,
    flaw: Flaw,
}

thread_local! {
    static KEPT: std::cell::RefCell<Option<Message>> = const { std::cell::RefCell::new(None) };
}

impl Answer {
    fn boxed(limits: Limits, flaw: Flaw) -> Box<dyn Shaper> {
        Box::new(Answer { limits, waiting: VecDeque::new(), done: Duration::ZERO, flaw })
    }

    fn fill_up(&mut self, out: &mut Out) {
        let others = self.limits.service * (self.limits.places - 1) as u32;
        while let Some(message) = match self.flaw {
            Flaw::Stack => self.waiting.pop_back(),
            _ => self.waiting.pop_front(),
        } {
            let begins = self.done.max(out.now());
            let too_early = begins.saturating_sub(out.now() + others);
            if !too_early.is_zero() && self.flaw != Flaw::SendsAtOnce {
                match self.flaw {
                    Flaw::Stack => self.waiting.push_back(message),
                    _ => self.waiting.push_front(message),
                }
                match self.flaw {
                    Flaw::NeverAsks => {}
                    Flaw::Polls => out.wake_after(Duration::ZERO),
                    _ => out.wake_after(too_early),
                }
                return;
            }
            out.send(message);
            self.done = begins + self.limits.service;
        }
    }
}

impl Shaper for Answer {
    fn start(limits: Limits) -> Answer {
        Answer { limits, waiting: VecDeque::new(), done: Duration::ZERO, flaw: Flaw::None }
    }

    fn on_arrival(&mut self, message: Message, out: &mut Out) {
        match self.flaw {
            Flaw::Drops if self.waiting.len() > 1 => return,
            Flaw::KeepsAMessage => {
                if let Some(kept) = KEPT.with(|kept| kept.borrow_mut().replace(message)) {
                    self.waiting.push_back(kept);
                }
            }
            _ => self.waiting.push_back(message),
        }
        self.fill_up(out);
    }

    fn on_timer(&mut self, out: &mut Out) {
        self.fill_up(out);
    }
}

fn verdict(build: Build, seed: u64) -> Verdict {
    Searched(super::exam::of(build)).examine(&Budget { seed, ..Budget::default() }).verdict
}

#[test]
fn faults_come_everywhere_and_end() {
    let exam = super::exam::of(|limits| Answer::boxed(limits, Flaw::None));
    crate::staging::tests::faults_end(&exam);
    crate::exhaustive::tests::no_single_fault_breaks(&exam);
}

#[test]
fn a_right_answer_passes_whatever_the_seed() {
    for seed in [1, 20_000, u64::MAX - 100] {
        let verdict = verdict(|limits| Answer::boxed(limits, Flaw::None), seed);
        assert_eq!((verdict.outcome, verdict.total()), (Outcome::Passed, (100, 100)), "{}", report(&verdict));
    }
}

#[test]
fn each_promise_breaks_in_its_own_words() {
    let flawed: [(&str, Build); 6] = [
        ("no-overload", |limits| Answer::boxed(limits, Flaw::SendsAtOnce)),
        ("first-in-first-out", |limits| Answer::boxed(limits, Flaw::Stack)),
        ("nothing-dropped", |limits| Answer::boxed(limits, Flaw::Drops)),
        ("in-time", |limits| Answer::boxed(limits, Flaw::NeverAsks)),
        ("no-busy-waiting", |limits| Answer::boxed(limits, Flaw::Polls)),
        ("fresh-start", |limits| Answer::boxed(limits, Flaw::KeepsAMessage)),
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
        world::run(&address, |limits| Answer::boxed(limits, Flaw::None))
            .expect_err(&format!("{address}"))
            .to_string()
    };
    let all = [
        "exam/smooth?seed=1&interval=10&service=10",
        "exam/smooth?seed=1&places=2&service=10&late=11",
        "exam/smooth?seed=1&faults=crash:shaper@1s",
        "exam/smooth?seed=1&faults=skew:producer-1/1s@1s",
        "exam/smooth?seed=1&early=0",
        "exam/smooth?seed=1&rate=3",
    ];
    insta::assert_snapshot!("addresses", all.map(said).join("\n"));
}

proptest! {
    /// In every span of length t at most `burst + t / interval` messages leave the producer.
    #[test]
    fn the_envelope_holds(seed: u64, burst in 1_u64..60, service in 1_u64..50, more in 1_u64..50) {
        let interval = service + more;
        let terms = Terms { messages: 200, burst, interval, service, places: 2, late: 0 };
        let moments = arrivals(seed, &terms);
        prop_assert_eq!(moments.len(), 200);
        let interval = Time::millis(interval).as_nanos();
        for (first, from) in moments.iter().enumerate() {
            for (last, until) in moments.iter().enumerate().skip(first) {
                let count = (last - first + 1) as u64;
                let most = burst + until.since(*from).as_nanos() / interval;
                prop_assert!(count <= most, "{} from {} to {}, at most {}", count, from, until, most);
            }
        }
    }
}
