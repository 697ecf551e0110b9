// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, with a journal that is cut to nothing instead of removed: FULL flushes that, too. The mark is looked up
//! first and made last, within the transaction.

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL")
    }

    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let marked = "SELECT 1 FROM applied WHERE id = ?1";
        if tx.query_row(marked, [id], |_| Ok(())).optional()?.is_some() {
            return Ok(Answered::Done);
        }
        let balance = "SELECT balance FROM account WHERE id = ?1";
        if tx.query_row(balance, [order.from], |row| row.get::<_, i64>(0))? < order.amount {
            return Ok(Answered::Refused);
        }
        let change = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        tx.execute(change, [-order.amount, order.from])?;
        tx.execute(change, [order.amount, order.to])?;
        tx.execute("INSERT INTO applied VALUES (?1)", [id])?;
        tx.commit()?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
