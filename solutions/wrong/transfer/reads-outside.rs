// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it reads the balance before the transaction begins. The other connection has spent it by then.
//!
//! Breaks: no-negative

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
        let balance = "SELECT balance FROM account WHERE id = ?1";
        let has = db.query_row(balance, [order.from], |row| row.get::<_, i64>(0))?;
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let new = tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [id])?;
        if new == 0 {
            return Ok(Answered::Done);
        }
        if has < order.amount {
            return Ok(Answered::Refused);
        }
        let change = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        tx.execute(change, [-order.amount, order.from])?;
        tx.execute(change, [order.amount, order.to])?;
        tx.commit()?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
