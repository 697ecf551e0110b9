// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam against two ends that are right, or wrong in one way. After a change of words that is meant:
//! `INSTA_UPDATE=always cargo test -p kit`.

use std::collections::VecDeque;

use super::{Answer, Build, Out, Receiver, Sender, Socket, world};
use crate::exam::{Budget, Exam};
use crate::report::report;
use crate::search::Searched;
use crate::verdict::{Outcome, Verdict};

/// What the ends do differently.
const RIGHT: u8 = 0;
const KEEPS_HALF: u8 = 1;
const KEEPS_THE_LAST: u8 = 2;
const FORGETS: u8 = 3;
const HAS_NO_WINDOW: u8 = 4;
const WAITS_FOR_A_CONNECTION: u8 = 5;
const SENDS_AT_ONCE: u8 = 6;
const ANSWERS_EACH_BYTE: u8 = 7;
const NEVER_SENDS: u8 = 8;

struct Near<const FLAW: u8> {
    window: usize,
    open: VecDeque<Vec<u8>>,
    first: u64,
    greeted: bool,
    read: Vec<u8>,
}

fn frame(number: u64, message: &[u8]) -> Vec<u8> {
    let length = (message.len() as u32).to_be_bytes();
    [&length[..], &number.to_be_bytes(), message].concat()
}

impl<const FLAW: u8> Near<FLAW> {
    fn send_all(&mut self, socket: &mut Socket) {
        self.greeted = true;
        for (number, message) in (self.first..).zip(&self.open) {
            socket.write(&frame(number, message));
        }
    }
}

impl<const FLAW: u8> Sender for Near<FLAW> {
    fn start(window: usize) -> Self {
        Near { window, open: VecDeque::new(), first: 0, greeted: false, read: Vec::new() }
    }

    fn offer(&mut self, message: &[u8], socket: &mut Socket) -> Answer {
        let full = self.open.len() == self.window && FLAW != HAS_NO_WINDOW;
        if full || (FLAW == WAITS_FOR_A_CONNECTION && !self.greeted) {
            return Answer::Full;
        }
        if self.greeted {
            socket.write(&frame(self.first + self.open.len() as u64, message));
        }
        self.open.push_back(message.to_vec());
        Answer::Taken
    }

    fn connected(&mut self, socket: &mut Socket) {
        if FLAW == SENDS_AT_ONCE {
            self.send_all(socket);
        }
    }

    fn bytes(&mut self, bytes: &[u8], socket: &mut Socket) {
        self.read.extend(bytes);
        while let Some((next, rest)) = self.read.split_first_chunk() {
            let next = u64::from_be_bytes(*next);
            self.read = rest.to_vec();
            while self.first < next && self.open.pop_front().is_some() {
                self.first += 1;
            }
            if !self.greeted {
                self.greeted = true;
                if FLAW != NEVER_SENDS {
                    self.send_all(socket);
                }
            }
        }
    }

    fn disconnected(&mut self) {
        self.read.clear();
        if FLAW == FORGETS && self.greeted {
            self.first += self.open.len() as u64;
            self.open.clear();
        }
        self.greeted = false;
    }
}

struct Far<const FLAW: u8> {
    next: u64,
    read: Vec<u8>,
}

impl<const FLAW: u8> Receiver for Far<FLAW> {
    fn start(next: u64) -> Self {
        Far { next, read: Vec::new() }
    }

    fn connected(&mut self, out: &mut Out) {
        out.write(&self.next.to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8], out: &mut Out) {
        self.read.extend(bytes);
        let before = self.next;
        while let Some((head, rest)) = self.read.split_first_chunk::<12>() {
            let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
            let number = head[4..].iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
            let Some((message, rest)) = rest.split_at_checked(length) else { break };
            if number == self.next || (FLAW == FORGETS && number > self.next) {
                self.next = number + 1;
                out.apply(message, if FLAW == KEEPS_THE_LAST { number } else { self.next });
            }
            self.read = rest.to_vec();
        }
        let answers = match FLAW {
            ANSWERS_EACH_BYTE => bytes.len(),
            _ => usize::from(self.next > before),
        };
        for _ in 0..answers {
            out.write(&self.next.to_be_bytes());
        }
    }

    fn disconnected(&mut self) {
        if FLAW != KEEPS_HALF {
            self.read.clear();
        }
    }
}

fn ends<const FLAW: u8>() -> Build {
    Build::of::<(Near<FLAW>, Far<FLAW>)>()
}

fn verdict(build: Build, seed: u64) -> Verdict {
    Searched(super::exam::of(build)).examine(&Budget { seed, ..Budget::default() }).verdict
}

#[test]
fn faults_come_everywhere_and_end() {
    let exam = super::exam::of(ends::<RIGHT>());
    crate::staging::tests::faults_end(&exam);
    crate::exhaustive::tests::no_single_fault_breaks(&exam);
}

#[test]
fn a_right_answer_passes_whatever_the_seed() {
    for seed in [1, 1_000, 20_000, u64::MAX - 100] {
        let verdict = verdict(ends::<RIGHT>(), seed);
        assert_eq!((verdict.outcome, verdict.total()), (Outcome::Passed, (100, 100)), "{}", report(&verdict));
    }
}

#[test]
fn nothing_breaks_where_nothing_fails() {
    for seed in 0..50 {
        let exam = super::exam::of(ends::<RIGHT>());
        let address = crate::reproducible::Reproducible::calm(&exam, seed);
        let run = world::run(&address, ends::<RIGHT>()).expect("an address of the exam's own");
        let dials = |event: &&trace::Event| matches!(&event.what, trace::What::Sent { kind, .. } if kind.as_str() == "connect");
        assert_eq!(run.trace.events.iter().filter(dials).count(), 1, "{address}");
    }
}

#[test]
fn each_promise_breaks_in_its_own_words() {
    let flawed: [(&str, Build); 8] = [
        ("whole", ends::<KEEPS_HALF>()),
        ("once", ends::<KEEPS_THE_LAST>()),
        ("in-order", ends::<FORGETS>()),
        ("window-kept", ends::<HAS_NO_WINDOW>()),
        ("no-needless-full", ends::<WAITS_FOR_A_CONNECTION>()),
        ("sends-what-is-missing", ends::<SENDS_AT_ONCE>()),
        ("answers-together", ends::<ANSWERS_EACH_BYTE>()),
        ("finishes", ends::<NEVER_SENDS>()),
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
        world::run(&address, ends::<RIGHT>()).expect_err(&format!("{address}")).to_string()
    };
    let all = [
        "exam/just-tcp?seed=1&window=0",
        "exam/just-tcp?seed=1&reads=1001",
        "exam/just-tcp?seed=1&faults=crash:sender@1s",
        "exam/just-tcp?seed=1&faults=duplicate:sender/receiver/bytes/1",
        "exam/just-tcp?seed=1&faults=slow:receiver/2@1s",
        "exam/just-tcp?seed=1&faults=drop:sender/queue/bytes/1",
    ];
    insta::assert_snapshot!("addresses", all.map(said).join("\n"));
}
