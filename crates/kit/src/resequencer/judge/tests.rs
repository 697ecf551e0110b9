// SPDX-License-Identifier: MIT OR Apache-2.0
//! Each promise, once kept and once broken, in traces written by hand.

use super::super::made::Made;
use super::{PROMISES, judge};
use trace::{Trace, Verdict};

const ONE_KEY: &[(u32, u64)] = &[(0, 0), (0, 1), (0, 2)];
const TWO_KEYS: &[(u32, u64)] = &[(0, 0), (1, 0), (0, 1)];

/// The promises that broke, in the order in which they are reported, and the sentence of the first.
fn broken(trace: &Trace, buffer: usize) -> (Vec<&'static str>, String) {
    let (findings, _) = judge(trace, buffer);
    let found = PROMISES.iter().filter_map(|promise| {
        let finding = findings.iter().find(|finding| finding.promise == promise.name);
        match &finding.expect("every promise is judged").verdict {
            Verdict::Broken { sentence, event, .. } => {
                assert!(*event < trace.events.len());
                Some((promise.name, sentence.clone()))
            }
            _ => None,
        }
    });
    let found: Vec<_> = found.collect();
    let first = found.first().map_or(String::new(), |(_, sentence)| sentence.clone());
    (found.iter().map(|(name, _)| *name).collect(), first)
}

fn all_done() -> Made {
    let mut made = Made::of(ONE_KEY);
    for message in 1..=3 {
        made.given(message, 1).let_go(message, 1).emitted(message).acks(message);
    }
    made
}

#[test]
fn what_is_right_breaks_nothing() {
    assert_eq!(broken(&all_done().end(), 1).0, [""; 0]);
}

#[test]
fn order_is_that_of_the_numbers() {
    let mut made = Made::of(ONE_KEY);
    for message in [2, 1, 3] {
        made.given(message, 1).let_go(message, 1).emitted(message).acks(message);
    }
    let (names, sentence) = broken(&made.end(), 1);
    assert_eq!(names, ["order-per-key", "no-gap"]);
    assert_eq!(sentence, "message 1 (key 0, seq 0) is emitted after message 2 (key 0, seq 1)");
}

#[test]
fn a_second_effect_is_one_too_many() {
    let (names, _) = broken(&all_done().given(1, 2).let_go(1, 2).emitted(1).acks(1).end(), 1);
    assert_eq!(names, ["at-most-once"]);
}

#[test]
fn a_gap_is_one_until_the_queue_says_that_it_is_none() {
    let emits_the_second = |made: &mut Made| made.given(2, 1).let_go(2, 1).emitted(2).acks(2).end();
    let (names, _) = broken(&emits_the_second(&mut Made::of(&ONE_KEY[..2])), 1);
    assert_eq!(names, ["no-gap", "finishes"]);
    let (names, _) = broken(&emits_the_second(Made::of(&ONE_KEY[..2]).dead(1).told_gone(1)), 1);
    assert_eq!(names, [""; 0]);
}

#[test]
fn what_is_acked_and_held_is_lost_when_it_is_let_go_of() {
    let mut made = Made::of(&ONE_KEY[..2]);
    made.given(2, 1).acks(2);
    assert_eq!(broken(&made.end(), 1).0, ["finishes"]);
    let mut made = Made::of(&ONE_KEY[..2]);
    let (names, sentence) = broken(&made.given(2, 1).acks(2).crash().end(), 1);
    assert_eq!(names, ["nothing-lost", "finishes"]);
    assert!(sentence.starts_with("message 2 (key 0, seq 1) was acked and not emitted"));
}

#[test]
fn the_buffer_counts_between_calls() {
    let mut made = Made::of(ONE_KEY);
    let (names, sentence) = broken(&made.given(2, 1).given(3, 1).end(), 1);
    assert_eq!(names, ["buffer-bounded", "finishes"]);
    assert_eq!(sentence, "2 messages are held; the buffer has one place");
    // Within one call there is one more than there are places: the one that was handed over.
    let mut made = Made::of(ONE_KEY);
    assert_eq!(broken(&made.given(2, 1).given(3, 1).let_go(3, 1).end(), 1).0, ["finishes"]);
}

#[test]
fn a_message_whose_turn_it_is_may_not_wait_for_another_call() {
    let mut made = Made::of(TWO_KEYS);
    let (names, sentence) = broken(&made.given(2, 1).given(1, 1).end(), 3);
    assert_eq!(names, ["keys-independent", "finishes"]);
    assert_eq!(sentence, "message 2 (key 1, seq 0) is held although it is the next of its key");
    // Behind a gap it may wait as long as the gap is there.
    let mut made = Made::of(TWO_KEYS);
    assert_eq!(broken(&made.given(3, 1).given(2, 1).end(), 3).0, ["finishes"]);
    // And behind a dead letter, too: it may look at what it heard when it is handed out again.
    let mut made = Made::of(TWO_KEYS);
    assert_eq!(broken(&made.given(3, 1).dead(1).told_gone(1).given(2, 1).end(), 3).0, ["finishes"]);
}
