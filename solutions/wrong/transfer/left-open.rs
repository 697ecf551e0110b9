// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it begins by hand, and leaves the transaction open when it refuses. The next transfer cannot begin, and the
//! other connection waits for ever.
//!
//! Breaks: finishes

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
        db.execute_batch("BEGIN IMMEDIATE")?;
        let new = db.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [id])?;
        if new == 0 {
            db.execute_batch("ROLLBACK")?;
            return Ok(Answered::Done);
        }
        let paid = db.execute(
            "UPDATE account SET balance = balance - ?1 WHERE id = ?2 AND balance >= ?1",
            [order.amount, order.from],
        )?;
        if paid == 0 {
            return Ok(Answered::Refused);
        }
        db.execute("UPDATE account SET balance = balance + ?1 WHERE id = ?2", [order.amount, order.to])?;
        db.execute_batch("COMMIT")?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
