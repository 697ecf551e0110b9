// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam against small answers: a right one, and that one with one flaw. After a change of words that is meant:
//! `INSTA_UPDATE=always cargo test -p kit`.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use proptest::prelude::*;

use super::{Build, Message, Out, PartitionByKey, world};
use crate::breach::broken;
use crate::exam::{Budget, Exam};
use crate::report::report;
use crate::reproducible::Reproducible;
use crate::search::Searched;
use crate::verdict::{Outcome, Verdict};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    /// Goes on with a key before the store has answered.
    HurriesOn,
    /// Fences with a token that fences nobody off.
    OneToken,
    LetsGoOnHandingOut,
    RemembersTheGone,
    /// The member with the smallest number gets everything.
    Crowds,
    OneAtATime,
    /// Never asks the store.
    WaitsForAcks,
    CountsOnMembers,
    /// Of two fences in a row the first answer counts for both.
    TakesAnyAnswer,
}

struct Answer {
    flaw: Flaw,
    generation: u64,
    members: Vec<u64>,
    keys: BTreeMap<u32, Line>,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<Message>,
    handed: VecDeque<Message>,
    member: Option<u64>,
    token: u64,
    fencing: bool,
}

impl Line {
    fn hand_out(&mut self, flaw: Flaw, out: &mut Out) {
        let Some(member) = self.member.filter(|_| !self.fencing) else { return };
        let most = if flaw == Flaw::OneAtATime { 1 } else { usize::MAX };
        while self.handed.len() < most
            && let Some(message) = self.waiting.pop_front()
        {
            out.hand(&message, member, self.token);
            match flaw {
                Flaw::LetsGoOnHandingOut => out.done(message),
                _ => self.handed.push_back(message),
            }
        }
    }

    fn done(&mut self, last: u64, out: &mut Out) {
        let done = self.handed.iter().take_while(|message| message.number <= last).count();
        self.handed.drain(..done).for_each(|message| out.done(message));
    }
}

impl Answer {
    fn boxed(flaw: Flaw) -> Box<dyn PartitionByKey> {
        Box::new(Answer { flaw, generation: 0, members: Vec::new(), keys: BTreeMap::new() })
    }

    /// The member that draws the highest number for a key has it.
    fn route(&self, key: u32) -> Option<u64> {
        let drawn = |member: &u64| BuildHasherDefault::<DefaultHasher>::default().hash_one((key, *member));
        match self.flaw {
            Flaw::Crowds => self.members.first().copied(),
            Flaw::CountsOnMembers => Some(self.members[key as usize % self.members.len()]),
            _ => self.members.iter().copied().max_by_key(drawn),
        }
    }
}

impl PartitionByKey for Answer {
    fn start() -> Answer {
        unreachable!("built with its flaw")
    }

    fn on_message(&mut self, message: Message, out: &mut Out) {
        let (flaw, generation, member) = (self.flaw, self.generation, self.route(message.key));
        let new = || Line { member, token: generation, ..Line::default() };
        let line = self.keys.entry(message.key).or_insert_with(new);
        line.waiting.push_back(message);
        line.hand_out(flaw, out);
    }

    fn on_rebalance(&mut self, generation: u64, members: &[u64], out: &mut Out) {
        self.generation = generation;
        if self.flaw == Flaw::RemembersTheGone {
            self.members.extend(members);
        } else {
            self.members = members.to_vec();
        }
        let routed: Vec<(u32, Option<u64>)> = self.keys.keys().map(|key| (*key, self.route(*key))).collect();
        for (key, member) in routed {
            let Some(line) = self.keys.get_mut(&key).filter(|line| line.member != member) else { continue };
            (line.member, line.token) = (member, if self.flaw == Flaw::OneToken { 0 } else { generation });
            if (!line.handed.is_empty() || line.fencing) && self.flaw != Flaw::HurriesOn {
                line.fencing = true;
                if self.flaw != Flaw::WaitsForAcks {
                    out.fence(key, line.token);
                }
            }
            line.hand_out(self.flaw, out);
        }
    }

    fn on_ack(&mut self, key: u32, number: u64, out: &mut Out) {
        let Some(line) = self.keys.get_mut(&key) else { return };
        line.done(number, out);
        line.fencing &= self.flaw != Flaw::WaitsForAcks || !line.handed.is_empty();
        line.hand_out(self.flaw, out);
    }

    fn on_fenced(&mut self, key: u32, token: u64, last: u64, out: &mut Out) {
        let Some(line) = self.keys.get_mut(&key) else { return };
        line.done(last, out);
        let awaited = line.fencing && token == line.token;
        if awaited || self.flaw == Flaw::TakesAnyAnswer {
            line.fencing = false;
            while let Some(message) = line.handed.pop_back() {
                line.waiting.push_front(message);
            }
            line.hand_out(self.flaw, out);
        }
    }
}

const RIGHT: Build = || Answer::boxed(Flaw::None);

fn verdict(build: Build, seed: u64) -> Verdict {
    Searched(super::exam::of(build)).examine(&Budget { seed, ..Budget::default() }).verdict
}

#[test]
fn faults_come_everywhere_and_end() {
    let exam = super::exam::of(RIGHT);
    crate::staging::tests::faults_end(&exam);
    crate::exhaustive::tests::no_single_fault_breaks(&exam);
}

#[test]
fn a_right_answer_passes_whatever_the_seed() {
    for seed in [1, 20_000, u64::MAX - 100] {
        let verdict = verdict(RIGHT, seed);
        assert_eq!((verdict.outcome, verdict.total()), (Outcome::Passed, (100, 100)), "{}", report(&verdict));
    }
}

#[test]
fn each_promise_breaks_in_its_own_words() {
    let flawed: [(&str, Build); 8] = [
        ("order-per-key", || Answer::boxed(Flaw::HurriesOn)),
        ("at-most-once", || Answer::boxed(Flaw::OneToken)),
        ("nothing-lost", || Answer::boxed(Flaw::LetsGoOnHandingOut)),
        ("members-only", || Answer::boxed(Flaw::RemembersTheGone)),
        ("load-shared", || Answer::boxed(Flaw::Crowds)),
        ("handed-at-once", || Answer::boxed(Flaw::OneAtATime)),
        ("finishes", || Answer::boxed(Flaw::WaitsForAcks)),
        ("no-panic", || Answer::boxed(Flaw::CountsOnMembers)),
    ];
    for (promise, build) in flawed {
        let verdict = verdict(build, 1);
        insta::assert_snapshot!(promise, report(&verdict));
        assert_eq!(verdict.promise(), Some(promise), "{}", report(&verdict));
    }
}

#[test]
fn what_an_address_cannot_choose_is_said() {
    let said = |address: &str| {
        let address = address.parse().expect("an address");
        world::run(&address, RIGHT).expect_err(&format!("{address}")).to_string()
    };
    let all = [
        "exam/partition-by-key?seed=1&consumers=9",
        "exam/partition-by-key?seed=1&faults=crash:router@1s",
        "exam/partition-by-key?seed=1&faults=pause:store@1s",
        "exam/partition-by-key?seed=1&faults=drop:router/store/fence/1",
        "exam/partition-by-key?seed=1&faults=cut:consumer-1/store@1s",
        "exam/partition-by-key?seed=1&faults=crash:consumer-9@1s",
    ];
    insta::assert_snapshot!("addresses", all.map(said).join("\n"));
}

fn examine_without_seeds(build: Build, thorough: bool) -> Verdict {
    let budget = Budget { runs: Some(0), thorough, ..Budget::default() };
    Searched(super::exam::of(build)).examine(&budget).verdict
}

#[test]
fn what_breaks_in_one_place_is_found_without_a_seed() {
    let verdict = examine_without_seeds(|| Answer::boxed(Flaw::WaitsForAcks), false);
    insta::assert_snapshot!("one-fault", report(&verdict));
    assert_eq!((verdict.promise(), verdict.seed), (Some("finishes"), None));
    assert_eq!(verdict, examine_without_seeds(|| Answer::boxed(Flaw::WaitsForAcks), false));
}

#[test]
fn what_takes_two_faults_is_found_by_who_is_thorough() {
    let verdict = examine_without_seeds(|| Answer::boxed(Flaw::TakesAnyAnswer), false);
    assert_eq!(verdict.outcome, Outcome::Unknown, "{}", report(&verdict));
    let verdict = examine_without_seeds(|| Answer::boxed(Flaw::TakesAnyAnswer), true);
    insta::assert_snapshot!("two-faults", report(&verdict));
    assert_eq!((verdict.promise(), verdict.seed), (Some("at-most-once"), None));
}

proptest! {
    /// The right answer keeps every promise wherever one fault of each kind comes, alone or together.
    #[test]
    fn a_right_answer_keeps_its_promises(
        seed in 0_u64..1_000,
        (messages, keys, consumers) in (1_u64..30, 1_u64..6, 2_u64..5),
        (joins, leaves, crash, pause) in (0_u64..80, 0_u64..80, 1_u64..120, 1_u64..120),
        nth in 1_u64..6,
        packet in 0_usize..5,
    ) {
        let packet = [
            format!("drop:router/consumer-1/deliver/{nth}"),
            format!("drop:consumer-1/router/ack/{nth}"),
            format!("duplicate:consumer-2/router/ack/{nth}"),
            format!("delay:consumer-1/store/effect/{nth}/700ms"),
            format!("delay:router/store/fence/{nth}/700ms"),
        ][packet].clone();
        let address = format!(
            "exam/partition-by-key?seed={seed}&messages={messages}&keys={keys}&consumers={consumers}&joins={joins}\
             &leaves={leaves}&faults={packet};crash:consumer-1@{crash}ms;restart:consumer-1@{}ms;\
             pause:consumer-2@{pause}ms;resume:consumer-2@{}ms", crash + 30, pause + 900
        );
        let exam = super::exam::of(RIGHT);
        let run = exam.run(&address.parse().expect("an address")).expect("a run");
        let breach = broken(&exam, &run);
        prop_assert!(breach.is_none(), "{address}: {breach:?}");
    }
}
