// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the exam says of an answer that is right and of two that are not.

use kit::making::{Budget, Exam as _, Searched};
use kit::report::report;
use kit::verdict::{Outcome, Verdict};

use super::exam;
use super::prelude::*;

/// The reference answer, with the key that this type chooses.
trait Key {
    fn of(message: Message) -> i64;
}

struct ById;

impl Key for ById {
    fn of(message: Message) -> i64 {
        message.id
    }
}

struct ByDelivery;

impl Key for ByDelivery {
    fn of(message: Message) -> i64 {
        message.delivery
    }
}

struct Consumer<K>(std::marker::PhantomData<K>);

impl<K: Key> IdempotentConsumer for Consumer<K> {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn on_message(db: &mut Connection, message: Message) -> Result<()> {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [K::of(message)])? == 0 {
            return Ok(());
        }
        let add = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        tx.execute(add, [message.amount, message.account])?;
        tx.commit()
    }
}

fn verdict<C: IdempotentConsumer>(runs: u64) -> Verdict {
    let budget = Budget { runs: Some(runs), ..Budget::default() };
    Searched(exam::of(super::answer::<C>())).examine(&budget).verdict
}

#[test]
fn one_transaction_for_mark_and_effect_holds() {
    let verdict = verdict::<Consumer<ById>>(60);
    assert_eq!((verdict.outcome, verdict.promise()), (Outcome::Unknown, None), "{}", verdict.sentence);
}

#[test]
fn a_delivery_is_no_message() {
    insta::assert_snapshot!(report(&verdict::<Consumer<ByDelivery>>(60)));
}
