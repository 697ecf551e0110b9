// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the exam says of processes that lie. Honest ones need programs of their own: the grader's tests confine them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use kit::lockstep::{Halt, Incarnation};
use kit::making::{Budget, Examined};
use kit::verdict::Outcome;

use super::envelope::*;
use super::{Begin, examine};

/// A process in this one: what it writes on an envelope.
struct Here<F>(F);

impl<F: FnMut(Envelope) -> Vec<u64>> Incarnation for Here<F> {
    fn ask(&mut self, call: &[u64]) -> Result<Vec<u64>, Halt> {
        Ok((self.0)(Envelope::read(call).expect("the grader writes envelopes")))
    }
}

fn answered(number: u64, kind: u64, body: &[u64], changed: Vec<Changed>) -> Vec<u64> {
    Envelope { number, kind, body: body.to_vec(), changed }.written()
}

fn examined(begin: Begin) -> Examined {
    let budget = Budget { runs: Some(2), ..Budget::default() };
    examine("transfer", &budget, begin).expect("known")
}

/// The verdict on a process that opens, asks for these operations in its first call, and says that it is done.
fn said(operations: &[(u64, Vec<u64>)]) -> (Outcome, String) {
    let operations = operations.to_vec();
    let begin: Begin = Box::new(move || {
        let mut left = operations.clone().into_iter();
        Ok(Box::new(Here(move |envelope: Envelope| match envelope.kind {
            OPEN => answered(envelope.number, OUTCOME, &[OPENED, 1], Vec::new()),
            _ => match left.next() {
                Some((kind, body)) => answered(envelope.number, kind, &body, Vec::new()),
                None => answered(envelope.number, OUTCOME, &[REPLIED], Vec::new()),
            },
        })))
    });
    let verdict = examined(begin).verdict;
    (verdict.outcome, verdict.sentence)
}

fn text(kind: u64, before: &[u64], name: &str) -> (u64, Vec<u64>) {
    let mut body = before.to_vec();
    put_bytes(&mut body, name.as_bytes());
    (kind, body)
}

/// Handle 1 is the database.
fn opens() -> (u64, Vec<u64>) {
    text(OPEN_FILE, &[1, 0, 0, 1], "bank.db")
}

const GARBLED: &str = "the answer writes what the kit would not write: it speaks with the grader itself";

#[test]
fn what_no_kit_asks_for_has_a_name() {
    let far = u64::MAX;
    let lies: Vec<Vec<(u64, Vec<u64>)>> = vec![
        vec![(99, vec![])],
        vec![(READ, vec![7, 0, 1])],
        vec![(CLOSE, vec![1])],
        vec![opens(), opens()],
        vec![opens(), (READ, vec![1, 0, far])],
        vec![opens(), (READ, vec![1, 0, 1, 1])],
        vec![opens(), (WRITE, vec![1, 0, far])],
        vec![opens(), (WRITE, vec![1, 0, 9, 0])],
        vec![opens(), (RAISE_LOCK, vec![1, 5])],
        vec![opens(), (LOCK_INDEX, vec![1, 0, far, 1])],
        vec![opens(), (LOCK_INDEX, vec![1, far, 1, 1])],
        vec![opens(), (UNLOCK_INDEX, vec![1, 7, 2])],
        vec![(RANDOM, vec![far])],
        vec![text(EXISTS, &[], &"x".repeat(MOST_NAME + 1))],
        vec![(OUTCOME, vec![])],
        vec![(OUTCOME, vec![REPLIED + 3])],
        vec![(OUTCOME, vec![OPENED, 1])],
        vec![(OUTCOME, vec![PANICKED, 3])],
    ];
    for lie in lies {
        let (outcome, sentence) = said(&lie);
        assert!(sentence.ends_with(GARBLED), "{lie:?}: {sentence}");
        assert_eq!(outcome, Outcome::Crashed);
    }
}

#[test]
fn what_has_no_room_is_refused_as_by_a_full_disk() {
    let far = u64::MAX;
    // Reads and writes far behind everything, regions that no log has, sleeps without end: all of it comes back.
    let harmless = vec![
        opens(),
        (WRITE, vec![1, far, 1, 0]),
        (SET_LENGTH, vec![1, far]),
        (READ, vec![1, far, 8]),
        (INDEX_REGION, vec![1, far, 1]),
        (SLEEP, vec![far]),
    ];
    let (outcome, sentence) = said(&harmless);
    assert_eq!(outcome, Outcome::Failed, "{sentence}");
    assert!(sentence.ends_with("and its effect is not in the database"), "it did nothing: {sentence}");
}

#[test]
fn a_letter_is_answered_under_its_number_and_in_its_own_memory() {
    let another: Begin = Box::new(|| {
        Ok(Box::new(Here(|envelope: Envelope| {
            answered(envelope.number + 1, OUTCOME, &[OPENED, 1], Vec::new())
        })))
    });
    let elsewhere: Begin = Box::new(|| {
        let changed = Changed { file: 1, region: 0, words: vec![(0, 1)] };
        Ok(Box::new(Here(move |envelope: Envelope| {
            answered(envelope.number, OUTCOME, &[OPENED, 1], vec![changed.clone()])
        })))
    });
    let nonsense: Begin = Box::new(|| Ok(Box::new(Here(|_: Envelope| vec![1, 2, u64::MAX]))));
    for begin in [another, elsewhere, nonsense] {
        assert_eq!(examined(begin).verdict.sentence, format!("in open(…) {GARBLED}"));
    }
}

#[test]
fn operations_that_take_no_time_end_too() {
    let begin: Begin =
        Box::new(|| Ok(Box::new(Here(|envelope: Envelope| answered(envelope.number, NOW, &[], Vec::new())))));
    let verdict = examined(begin).verdict;
    assert_eq!(verdict.outcome, Outcome::TimedOut);
    assert!(verdict.sentence.contains("asks for more than 20000 operations"), "{}", verdict.sentence);
}

#[test]
fn no_process_is_begun_after_one_that_could_not() {
    let begun = Arc::new(AtomicU64::new(0));
    let counted = begun.clone();
    let begin: Begin = Box::new(move || {
        counted.fetch_add(1, Relaxed);
        Err(Halt::crashed("cannot be begun"))
    });
    assert_eq!(examined(begin).verdict.sentence, "in open(…) the answer cannot be begun");
    assert_eq!(begun.load(Relaxed), 1);
}

#[test]
fn a_letter_is_read_as_it_was_written() {
    let changed = vec![Changed { file: 3, region: 1, words: vec![(5, 6), (7, u64::MAX)] }];
    let envelope = Envelope { number: 9, kind: READ, body: vec![1, 2], changed };
    let numbers = envelope.written();
    assert_eq!(Envelope::read(&numbers), Some(envelope));
    assert_eq!(Envelope::read(&numbers[..numbers.len() - 1]), None);
}
