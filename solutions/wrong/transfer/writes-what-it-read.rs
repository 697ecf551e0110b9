// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it works out the new balances from what it read before the transaction, and writes them over what the other
//! connection has written since: a lost update.
//!
//! Breaks: sum-kept

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
        let balance = "SELECT balance FROM account WHERE id = ?1";
        let from = db.query_row(balance, [order.from], |row| row.get::<_, i64>(0))?;
        let to = db.query_row(balance, [order.to], |row| row.get::<_, i64>(0))?;
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let new = tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [id])?;
        if new == 0 {
            return Ok(Answered::Done);
        }
        if from < order.amount {
            return Ok(Answered::Refused);
        }
        let set = "UPDATE account SET balance = ?1 WHERE id = ?2";
        tx.execute(set, [from - order.amount, order.from])?;
        tx.execute(set, [to + order.amount, order.to])?;
        tx.commit()?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
