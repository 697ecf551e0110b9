// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it asks whether the money is there before it asks whether the transfer was done. Whoever was moved and asks
//! again is refused, because the money is spent: by this very transfer.
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
        let balance = "SELECT balance FROM account WHERE id = ?1";
        if tx.query_row(balance, [order.from], |row| row.get::<_, i64>(0))? < order.amount {
            return Ok(Answered::Refused);
        }
        let new = tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [id])?;
        if new == 0 {
            return Ok(Answered::Done);
        }
        let change = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        tx.execute(change, [-order.amount, order.from])?;
        tx.execute(change, [order.amount, order.to])?;
        tx.commit()?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
