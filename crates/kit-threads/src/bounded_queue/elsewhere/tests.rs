// SPDX-License-Identifier: MIT OR Apache-2.0
//! The whole way and back, with the answer's side in the same process: honest, and not.

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use kit::lockstep::frame::Numbers;
use kit::lockstep::{Begin, Halt, Incarnation};
use kit::making::{Budget, Call, Exam, Panicked, Searched};
use kit::verdict::{Outcome, Verdict};

use super::super::answer::{BoundedQueue, Build, Item};
use super::super::cast::Here;
use super::super::desk;
use super::super::exam::BoundedQueueExam;
use super::super::tests::{Flaw, Queue};
use super::super::world::CLOSE;
use super::{CALLS, NAME};
use crate::lockstep::{DONE, examine};
use crate::record::{Act, At, End, Record};
use crate::sync::Mutex;
use crate::wire;

struct Process<F>(F);

impl<F: FnMut(&[u64]) -> Result<Vec<u64>, Halt>> Incarnation for Process<F> {
    fn ask(&mut self, order: &[u64]) -> Result<Vec<u64>, Halt> {
        (self.0)(order)
    }
}

/// Processes that do so with what an honest one would have told.
fn processes(build: Build, tell: impl Fn(Vec<u64>) -> Vec<u64> + 'static) -> Begin {
    let tell = Rc::new(tell);
    Box::new(move || {
        let tell = tell.clone();
        Ok(Box::new(Process(move |order: &[u64]| {
            Ok(tell(desk::answer(order, build).expect("an order of the exam")))
        })))
    })
}

fn budget() -> Budget {
    Budget { seed: 7, runs: Some(100), ..Budget::default() }
}

fn verdict(begin: Begin) -> Verdict {
    examine(NAME, &budget(), begin).expect("known").verdict
}

#[test]
fn an_exam_cannot_tell_whether_the_threads_are_elsewhere() {
    let answers: [(Outcome, Build); 7] = [
        (Outcome::Unknown, |bound| Queue::shared(bound, Flaw::None)),
        (Outcome::Failed, |bound| Queue::shared(bound, Flaw::If)),
        (Outcome::Failed, |bound| Queue::shared(bound, Flaw::Drops)),
        (Outcome::Failed, |bound| Queue::shared(bound, Flaw::SilentPop)),
        (Outcome::Failed, |bound| Queue::shared(bound, Flaw::LocksTwice)),
        (Outcome::Failed, |bound| Queue::shared(bound, Flaw::SilentClose)),
        (Outcome::Crashed, |bound| Queue::shared(bound, Flaw::Panics)),
    ];
    for (outcome, build) in answers {
        let direct = Searched(BoundedQueueExam { threads: Here { build } }).examine(&budget());
        let mut elsewhere = examine(NAME, &budget(), processes(build, |told| told)).expect("known");
        // Where a panic was is said by the hook, which a test does not set.
        elsewhere.verdict.detail.clone_from(&direct.verdict.detail);
        assert_eq!(elsewhere, direct);
        assert_eq!(direct.verdict.outcome, outcome, "{}", direct.verdict.sentence);
    }
}

/// What comes out when the record of each run is changed so.
fn changed(build: Build, change: impl Fn(&mut Record) + 'static) -> Verdict {
    verdict(processes(build, move |told| {
        let (mut record, _) = wire::record(&mut Numbers(&told[2..]), &CALLS).expect("a record");
        change(&mut record);
        let mut told = told[..2].to_vec();
        wire::put_record(&mut told, &record, &CALLS, None);
        told
    }))
}

/// Changes the last act for which there is another one.
fn last(record: &mut Record, change: impl Fn(&Act) -> Option<Act>) {
    let found = record.entries.iter_mut().rev().find_map(|entry| Some((change(&entry.act)?, entry)));
    let (act, entry) = found.expect("there is one");
    entry.act = act;
}

fn forget(record: &mut Record, what: fn(&Act) -> bool) {
    let place = record.entries.iter().position(|entry| what(&entry.act)).expect("there is one");
    record.entries.remove(place);
}

fn cut_short(record: &mut Record) {
    let calls = record.entries.iter().position(|entry| matches!(entry.act, Act::Ends(_))).expect("a call");
    record.entries.truncate(calls + 1);
    record.threads.iter_mut().for_each(|at| *at = At::End);
}

/// A queue that looks right because nobody saw how it got there.
const WRONG: Build = |bound| Queue::shared(bound, Flaw::Stack);

type Lie = fn(&mut Record);

#[test]
fn what_threads_cannot_have_done_is_a_forgery() {
    let lies: [(&str, Lie); 12] = [
        ("an item comes out that the queue does not hold", |record| {
            last(record, |act| matches!(act, Act::Ends(Some(_))).then_some(Act::Ends(Some(1))));
        }),
        ("an item comes out that the queue does not hold", |record| {
            let first = record.entries.iter().find_map(|entry| match entry.act {
                Act::Ends(Some(item)) => Some(item),
                _ => None,
            });
            last(record, |act| matches!(act, Act::Ends(Some(_))).then_some(Act::Ends(first)));
        }),
        ("a thread does something outside of its calls", |record| {
            forget(record, |act| matches!(act, Act::Begins(_)));
        }),
        ("a call is made that is none of its thread's", |record| {
            let close = Act::Begins(Call { says: CLOSE, input: [0; 2] });
            last(record, |act| matches!(act, Act::Begins(_)).then(|| close.clone()));
        }),
        ("a call is made that is none of its thread's", |record| {
            forget(record, |act| matches!(act, Act::Ends(_)));
        }),
        ("a lock is taken that another holds, or let go of by who does not hold it", |record| {
            forget(record, |act| matches!(act, Act::Unlocks { .. }));
        }),
        ("a lock is taken that another holds, or let go of by who does not hold it", |record| {
            forget(record, |act| matches!(act, Act::Locks { .. }));
        }),
        ("its steps do not follow one another", |record| record.entries.reverse()),
        ("its steps do not follow one another", |record| record.steps = 2_001),
        ("a wait ends that did not begin so", |record| {
            let by_itself = |act: &Act| match act {
                Act::Wakes { condition, by_itself } => {
                    Some(Act::Wakes { condition: *condition, by_itself: !by_itself })
                }
                _ => None,
            };
            last(record, by_itself);
        }),
        ("it ends where no run does", cut_short),
        ("it ends where no run does", |record| {
            let call = Call { says: CLOSE, input: [0; 2] };
            record.panicked = Some(Panicked { call, message: "not me".to_owned(), crash: None });
            record.end = Some(End::Panic);
        }),
    ];
    for (why, lie) in lies {
        let verdict = changed(WRONG, lie);
        let said = format!("in a run of its threads (seed 7) the answer forges what its threads did: {why}");
        assert_eq!((verdict.outcome, verdict.sentence.as_str()), (Outcome::Crashed, said.as_str()));
        assert_eq!(verdict.total(), (0, 100));
    }
}

#[test]
fn what_no_kit_writes_has_a_name() {
    let lies: [fn(Vec<u64>) -> Vec<u64>; 6] = [
        |_| Vec::new(),
        |told| told[..1].to_vec(),
        |told| [&[told[0] + 1], &told[1..]].concat(),
        |told| vec![told[0], DONE, 0],
        |told| [told.as_slice(), &[11]].concat(),
        |told| told[..told.len() - 1].iter().copied().chain([u64::MAX]).collect(),
    ];
    for lie in lies {
        let verdict = verdict(processes(WRONG, lie));
        let said = "in a run of its threads (seed 7) the answer writes what the kit would not write: it speaks with the grader itself";
        assert_eq!((verdict.outcome, verdict.sentence.as_str()), (Outcome::Crashed, said));
    }
}

/// Hands out what has the smallest number: with numbers that follow one another that is often who came first.
struct ByNumber(Mutex<VecDeque<Item>>);

impl BoundedQueue for ByNumber {
    fn new(_: usize) -> ByNumber {
        ByNumber(Mutex::default())
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        self.0.lock().unwrap().push_back(item);
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        let mut items = self.0.lock().unwrap();
        let number = |item: &Item| format!("{item:?}").trim_start_matches("item ").parse::<u64>().ok();
        let first = (0..items.len()).min_by_key(|place| number(&items[*place]))?;
        items.remove(first)
    }

    fn close(&self) {}
}

#[test]
fn the_number_of_an_item_says_nothing_of_its_place() {
    let run = "exam/bounded-queue?seed=1&items=24&bound=8&closer=2".parse().expect("an address");
    let once = Budget { only: Some(run), ..Budget::default() };
    let build: Build = |bound| Arc::new(ByNumber::new(bound));
    let broken = |verdict: &Verdict| verdict.promise().map(str::to_owned);
    let direct = Searched(BoundedQueueExam { threads: Here { build } }).examine(&once).verdict;
    assert_ne!(broken(&direct).as_deref(), Some("first-in-first-out"), "numbers are in order here");
    let elsewhere = examine(NAME, &once, processes(build, |told| told)).expect("known").verdict;
    assert_eq!(broken(&elsewhere).as_deref(), Some("first-in-first-out"), "{}", elsewhere.sentence);
}

/// How many queues the process has made.
static MADE: AtomicU64 = AtomicU64::new(0);

/// Processes that begin with an empty memory.
fn fresh(build: Build) -> Begin {
    let mut begin = processes(build, |told| told);
    Box::new(move || {
        MADE.store(0, Relaxed);
        begin()
    })
}

/// What is left of one run in its process neither hides a flaw nor shows one that another process would not.
#[test]
fn a_second_making_is_another_process() {
    let at_first_right = verdict(fresh(|bound| {
        let flaw = if MADE.fetch_add(1, Relaxed) < 3 { Flaw::None } else { Flaw::Stack };
        Queue::shared(bound, flaw)
    }));
    assert_eq!(at_first_right.outcome, Outcome::NotDeterministic, "{}", at_first_right.sentence);
    let at_first_wrong = verdict(fresh(|bound| {
        let flaw = if MADE.fetch_add(1, Relaxed) == 0 { Flaw::OneTooMany } else { Flaw::None };
        Queue::shared(bound, flaw)
    }));
    assert_eq!(at_first_wrong.promise(), Some("bound-kept"), "{}", at_first_wrong.sentence);
}
