// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it moves the money in one transaction, and marks the transfer as done in the next one. After a crash between the
//! two the next call knows nothing of it: it moves the money again, or refuses because the money is spent.
//!
//! Breaks: refused-for-cause

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let marked = "SELECT 1 FROM applied WHERE id = ?1";
        if tx.query_row(marked, [id], |_| Ok(())).optional()?.is_some() {
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
        db.execute("INSERT INTO applied VALUES (?1)", [id])?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
