// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: with the journal in memory nobody is left to undo half a transaction when the process is killed within it. The
//! money is moved and the mark is not there; asked again, it finds that the money is spent.
//!
//! Breaks: refused-for-cause

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = FULL")
    }

    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let new = tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [id])?;
        if new == 0 {
            return Ok(Answered::Done);
        }
        let paid = tx.execute(
            "UPDATE account SET balance = balance - ?1 WHERE id = ?2 AND balance >= ?1",
            [order.amount, order.from],
        )?;
        if paid == 0 {
            return Ok(Answered::Refused);
        }
        tx.execute("UPDATE account SET balance = balance + ?1 WHERE id = ?2", [order.amount, order.to])?;
        tx.commit()?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
