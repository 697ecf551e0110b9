// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the exam says of answers that are right and of some that are not. Real kills need a program of their own: the
//! course's own check makes them.

use kit::making::{Budget, Exam as _, MIN_RUNS_TO_PASS, Reproducible, Searched};
use kit::report::report;
use kit::verdict::{Outcome, Verdict};

use super::exam;
use super::prelude::*;
use crate::exam::Exam;

/// Moves money as the reference answer does.
fn moved(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [id])? == 0 {
        return Ok(Answered::Done);
    }
    let take = "UPDATE account SET balance = balance - ?1 WHERE id = ?2 AND balance >= ?1";
    if tx.execute(take, [order.amount, order.from])? == 0 {
        return Ok(Answered::Refused);
    }
    tx.execute("UPDATE account SET balance = balance + ?1 WHERE id = ?2", [order.amount, order.to])?;
    tx.commit()?;
    Ok(Answered::Done)
}

macro_rules! bank {
    ($name:ident, $settings:literal) => {
        struct $name;

        impl Transfer for $name {
            fn open(db: &Connection) -> Result<()> {
                db.execute_batch($settings)
            }

            fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
                moved(db, id, order)
            }
        }
    };
}

bank!(Flushes, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
bank!(FlushesFolders, "PRAGMA synchronous = EXTRA");
bank!(Default, "");
bank!(NeverFlushes, "PRAGMA synchronous = OFF");

struct Panics;

impl Transfer for Panics {
    fn transfer(_: &mut Connection, id: i64, _: Order) -> Result<Answered> {
        panic!("no transfer {id}")
    }
}

fn of<T: Transfer>() -> Exam {
    exam::of(super::answer::<T>())
}

fn verdict(exam: Exam, budget: &Budget) -> Verdict {
    Searched(exam).examine(budget).verdict
}

fn one(address: &str) -> Budget {
    Budget { only: Some(address.parse().expect("it can be read")), ..Budget::default() }
}

#[test]
fn what_is_flushed_outlives_everything() {
    for exam in [of::<Flushes>(), of::<FlushesFolders>()] {
        let verdict = verdict(exam, &Budget { runs: Some(60), ..Budget::default() });
        assert_eq!((verdict.outcome, verdict.promise()), (Outcome::Unknown, None), "{}", verdict.sentence);
        let count =
            |what: &str| verdict.tried.iter().find(|tried| tried.what == what).map_or(0, |tried| tried.count);
        for what in
            ["losses of power", "times that SQLite was busy", "requests that came again after their effect"]
        {
            assert!(count(what) > 3, "{what}");
        }
    }
}

#[test]
fn a_commit_that_removes_a_file_is_undone_when_the_file_comes_back() {
    insta::assert_snapshot!(report(&verdict(
        of::<Default>(),
        &Budget { runs: Some(60), ..Budget::default() }
    )));
}

#[test]
fn without_a_flush_killing_the_process_shows_nothing_and_the_power_does() {
    let breaks = |harm: &str| {
        let run = |seed: u64| {
            let faults = format!("{harm}:bank@6ms;restart:bank@7ms");
            let budget = one(&format!("exam/transfer?seed={seed}&requests=4&faults={faults}"));
            verdict(of::<NeverFlushes>(), &budget).promise().is_some()
        };
        (1..=20).filter(|seed| run(*seed)).count()
    };
    assert_eq!(breaks("crash"), 0);
    assert!(breaks("crash-machine") > 3);
}

#[test]
fn a_run_follows_from_its_address() {
    let exam = of::<Flushes>();
    for seed in 1..20 {
        let address = exam.rough(seed);
        let made = || exam.run(&address).expect("it is one of this exam's").trace.hash();
        assert_eq!(made(), made(), "{address}");
    }
}

#[test]
fn a_panic_is_a_finding_with_its_call() {
    let verdict = verdict(of::<Panics>(), &Budget::default());
    assert_eq!(verdict.outcome, Outcome::Crashed);
    assert!(verdict.sentence.contains("transfer(…, 1, …) panics: no transfer 1"), "{}", verdict.sentence);
}

#[test]
fn who_passes_has_been_tried_as_often_as_elsewhere() {
    assert_eq!(of::<Flushes>().enough(), MIN_RUNS_TO_PASS);
}

#[test]
fn addresses_of_others_are_refused() {
    for (address, says) in [
        ("exam/resequencer?seed=1", "exam/transfer"),
        ("exam/transfer?seed=1&keys=2", "requests, kill"),
        ("exam/transfer?seed=1&requests=0", "from 1 to 16"),
        ("exam/transfer?seed=1&faults=crash:nobody@1s", "bank crashes and restarts"),
        ("exam/transfer?seed=1&faults=pause:client-1@1s;resume:client-1@2s", "teller-1 and teller-2 pause"),
    ] {
        let verdict = verdict(of::<Flushes>(), &one(address));
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert!(verdict.sentence.contains(says), "{}", verdict.sentence);
    }
}
