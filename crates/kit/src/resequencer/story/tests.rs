// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stories of traces written by hand: what happened, nothing else, and the decisive part of it.

use super::super::made::Made;
use super::tell;
use crate::breach::NO_PANIC;
use crate::reproducible::Breach;
use trace::{MessageId, NodeId, Trace, What};

const KEYS: &[(u32, u64)] = &[(0, 0), (0, 1), (0, 2), (1, 0)];

fn told(trace: &Trace, about: u64, most: usize) -> Vec<String> {
    let breach = Breach {
        promise: NO_PANIC,
        sentence: String::new(),
        event: trace.events.len() - 1,
        messages: vec![MessageId(about)],
    };
    tell(trace, &breach, most).into_iter().map(|line| line.text).collect()
}

#[test]
fn what_becomes_of_a_message_is_said_of_its_own_call() {
    let mut made = Made::of(KEYS);
    // Two calls in one moment: that the second lets go of message 2 says nothing about the first.
    made.given(2, 1);
    made.add(What::Started { node: NodeId(2), message: MessageId(1), attempt: 1 });
    made.let_go(1, 1).let_go(2, 1).emitted(1).emitted(2);
    assert_eq!(
        told(&made.end(), 1, 12),
        [
            "the resequencer is given message 2 (key 0, seq 1) and holds it",
            "the resequencer is given message 1 (key 0, seq 0)",
            "it emits 1 and 2",
        ]
    );
}

#[test]
fn a_call_that_panics_holds_nothing() {
    let mut made = Made::of(KEYS);
    let text = "on(message of key 0, seq 0) panics".to_owned();
    made.given(1, 1).add(What::Note { node: Some(NodeId(2)), text: text.clone() });
    assert_eq!(told(&made.end(), 1, 12), ["the resequencer is given message 1 (key 0, seq 0)", &text]);
}

#[test]
fn again_means_that_it_was_given_before() {
    let mut made = Made::of(KEYS);
    // The first delivery was lost: the second is the first that it sees.
    made.given(1, 2).let_go(1, 2).gives_back(1).given(1, 3).let_go(1, 3).gives_back(1);
    let told = told(&made.end(), 1, 12);
    assert_eq!(told[0], "the resequencer is given message 1 (key 0, seq 0)");
    assert_eq!(told[2], "the resequencer is given 1 again");
}

#[test]
fn faults_that_a_script_orders_are_told() {
    let mut made = Made::of(KEYS).with_faults("delay:queue/resequencer/deliver/2/200ms");
    made.delivery(1, 1).copied().delivery(2, 2);
    made.add(What::Skewed { node: NodeId(2), offset_ns: -3_600_000_000_000 });
    assert_eq!(
        told(&made.end(), 1, 12),
        [
            "the network makes a second delivery of message 1 (key 0, seq 0)",
            "the delivery of message 2 (key 0, seq 1) is held up for 200 ms",
            "its clock is set: it is 3600 s slow",
        ]
    );
}

#[test]
fn what_decides_is_told_however_much_happens() {
    let mut made = Made::of(KEYS);
    made.dead(1).told_gone(1);
    for attempt in 1..40 {
        // Never the same twice, so that no circle is folded.
        let other = if attempt * attempt % 7 < 3 { 4 } else { 3 };
        made.given(other, attempt).let_go(other, attempt).gives_back(other);
    }
    made.given(2, 1).let_go(2, 1).emitted(2);
    let told = told(&made.end(), 2, 8);
    assert!(told.len() <= 8, "{told:?}");
    assert!(told.iter().any(|line| line.contains("1 is gone")), "{told:?}");
    assert_eq!(told.last().map(String::as_str), Some("it emits 2"));
}

#[test]
fn circles_are_told_once() {
    let mut made = Made::of(KEYS);
    for attempt in 1..=10 {
        made.given(2, attempt).let_go(2, attempt).gives_back(2);
    }
    let told = told(&made.end(), 2, 12);
    assert!(told.iter().any(|line| line == "… the same again, 8 times …"), "{told:?}");
    assert_eq!(told.len(), 5, "{told:?}");
}
