// SPDX-License-Identifier: MIT OR Apache-2.0
//! A reference answer.

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        // One flush for each commit, and it is there when the commit comes back. In the older journal a commit is the removal
        // of a file, which FULL does not flush.
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
        // Locked before anything is read: a transaction that reads first may find that it cannot write any more.
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
            // The transaction is rolled back with its mark.
            return Ok(Answered::Refused);
        }
        tx.execute("UPDATE account SET balance = balance + ?1 WHERE id = ?2", [order.amount, order.to])?;
        tx.commit()?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
