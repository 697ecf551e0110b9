// SPDX-License-Identifier: MIT OR Apache-2.0
//! The whole way and back, with the answer's side in the same process.

use std::collections::BTreeMap;

use super::desk::{DONE, Desk, FIRST};
use super::{Begin, Halt, Incarnation, examine};
use crate::at_most_once::prelude::{AtMostOnce, Deleted, Message, Out, Receipt};
use crate::at_most_once::{calls_of, exam_of};
use crate::exam::{Budget, Exam};
use crate::held::Hands;
use crate::search::Searched;
use crate::verdict::Outcome;

/// Right, if `SLIP` is 0; else wrong in one way.
#[derive(Default)]
struct Consumer<const SLIP: u8> {
    held: BTreeMap<Receipt, Message>,
}

const ACTS_FIRST: u8 = 1;
const PANICS: u8 = 2;
const PANICS_IN_DROP: u8 = 3;
const TWICE: u8 = 4;

impl<const SLIP: u8> AtMostOnce for Consumer<SLIP> {
    fn start() -> Self {
        Consumer::default()
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        if SLIP == ACTS_FIRST {
            out.act(message.clone());
        }
        self.held.insert(receipt, message);
        out.delete(receipt);
    }

    fn on_delete(&mut self, receipt: Receipt, answer: Deleted, out: &mut Out) {
        assert!(SLIP != PANICS, "an answer came");
        match self.held.remove(&receipt) {
            Some(message) if answer == Deleted::Removed => {
                if SLIP == TWICE {
                    self.held.insert(receipt, message.clone());
                }
                out.act(message);
            }
            _ => {}
        }
    }
}

impl<const SLIP: u8> Drop for Consumer<SLIP> {
    fn drop(&mut self) {
        assert!(SLIP != PANICS_IN_DROP, "in drop");
    }
}

struct Here<F>(F);

impl<F: FnMut(&[u64]) -> Result<Vec<u64>, Halt>> Incarnation for Here<F> {
    fn ask(&mut self, call: &[u64]) -> Result<Vec<u64>, Halt> {
        (self.0)(call)
    }
}

fn same_as_direct<const SLIP: u8>() -> Outcome {
    let budget = Budget { seed: 7, runs: Some(60), ..Budget::default() };
    let direct = Searched(exam_of(|| Box::new(Consumer::<SLIP>::default()))).examine(&budget);
    let begin: Begin = Box::new(|| {
        let protocol = calls_of(|| Box::new(Consumer::<SLIP>::default()));
        let mut desk = Desk { protocol, answer: None, hands: Hands::of(0) };
        Ok(Box::new(Here(move |call: &[u64]| Ok(desk.answer(call).expect("a call of the exam")))))
    });
    let mut stepped = examine("at_most_once", &budget, begin).expect("known");
    // Where a panic was is said by the hook, which a test does not set.
    stepped.verdict.detail.clone_from(&direct.verdict.detail);
    assert_eq!(stepped, direct);
    stepped.verdict.outcome
}

#[test]
fn an_exam_cannot_tell_whether_an_answer_is_elsewhere() {
    assert_eq!(same_as_direct::<0>(), Outcome::Unknown, "60 runs are too few to pass");
    assert_eq!(same_as_direct::<ACTS_FIRST>(), Outcome::Failed);
    assert_eq!(same_as_direct::<TWICE>(), Outcome::Failed);
    assert_eq!(same_as_direct::<PANICS>(), Outcome::Crashed);
    assert_eq!(same_as_direct::<PANICS_IN_DROP>(), Outcome::Crashed);
}

/// What comes out when every process answers a beginning, and the first message so.
fn said(answer: impl Fn() -> Result<Vec<u64>, Halt> + Clone + 'static) -> (Outcome, String) {
    let begin: Begin = Box::new(move || {
        let answer = answer.clone();
        Ok(Box::new(Here(move |call: &[u64]| {
            let answered = if call[1] < FIRST { Ok(vec![DONE, 0]) } else { answer() };
            answered.map(|rest| [&call[..1], &rest].concat())
        })))
    });
    let examined = examine("at_most_once", &Budget::default(), begin).expect("known");
    assert_eq!(examined.counterexample, None);
    assert_eq!(examined.verdict.total(), (0, 100));
    (examined.verdict.outcome, examined.verdict.sentence)
}

#[test]
fn what_an_answer_was_not_given_is_a_forgery() {
    let forged = "in on_message(message 1) the answer forges: it passes on a message or a receipt that it does not hold";
    // A delete under receipt 2, an act of message 2, message 2 let go of, and message 1 twice.
    let lies: [&[u64]; 4] = [&[DONE, 0, 0, 2], &[DONE, 0, 1, 2], &[DONE, 1, 2], &[DONE, 2, 1, 1]];
    for lie in lies {
        assert_eq!(said(|| Ok(lie.to_vec())), (Outcome::Crashed, forged.to_owned()), "{lie:?}");
    }
}

#[test]
fn what_no_kit_writes_has_a_name() {
    let garbled = "in on_message(message 1) the answer writes what the kit would not write: it speaks with the grader itself";
    let lies: [&[u64]; 6] = [&[], &[7], &[DONE], &[DONE, 9, 1], &[DONE, 0, 77, 1], &[DONE, 0, 0]];
    for lie in lies {
        assert_eq!(said(|| Ok(lie.to_vec())), (Outcome::Crashed, garbled.to_owned()), "{lie:?}");
    }
}

#[test]
fn what_comes_back_belongs_to_its_call() {
    let begin: Begin = Box::new(|| Ok(Box::new(Here(|call: &[u64]| Ok(vec![call[0] + 1, DONE, 0])))));
    let examined = examine("at_most_once", &Budget::default(), begin).expect("known");
    assert!(examined.verdict.sentence.starts_with("in start(…) the answer writes what the kit would not"));
}

#[test]
fn an_answer_that_is_gone_is_asked_no_more() {
    let halt = Halt { outcome: Outcome::TimedOut, did: "did not come back".to_owned(), advice: None };
    let expected = "in on_message(message 1) the answer did not come back".to_owned();
    assert_eq!(said(move || Err(halt.clone())), (Outcome::TimedOut, expected));
    let mut begun = 0;
    let begin: Begin = Box::new(move || {
        begun += 1;
        assert_eq!(begun, 1, "no process is begun after one that could not");
        Err(Halt::crashed("cannot be begun"))
    });
    let examined = examine("at_most_once", &Budget::default(), begin).expect("known");
    assert_eq!(examined.verdict.sentence, "in start(…) the answer cannot be begun");
}
