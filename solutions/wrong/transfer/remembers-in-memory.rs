// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it keeps the ids that are done in a static, because the process knows them anyway. The next process does
//! not.
//!
//! Comes out as: not deterministic

use kit_database::transfer::prelude::*;

struct Bank;

static SEEN: std::sync::Mutex<std::collections::BTreeSet<(i64, i64)>> = std::sync::Mutex::new(std::collections::BTreeSet::new());

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
        if !SEEN.lock().unwrap().insert((id, order.amount)) {
            return Ok(Answered::Done);
        }
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let paid = tx.execute(
            "UPDATE account SET balance = balance - ?1 WHERE id = ?2 AND balance >= ?1",
            [order.amount, order.from],
        )?;
        if paid == 0 {
            SEEN.lock().unwrap().remove(&(id, order.amount));
            return Ok(Answered::Refused);
        }
        tx.execute("UPDATE account SET balance = balance + ?1 WHERE id = ?2", [order.amount, order.to])?;
        tx.commit()?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
