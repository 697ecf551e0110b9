// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a forger of books: it writes the entries that the bank's trigger would write, and moves no money.
//!
//! Comes out as: failed

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [id])? == 0 {
            return Ok(Answered::Done);
        }
        for (account, change) in [(order.from, -order.amount), (order.to, order.amount)] {
            tx.execute("INSERT INTO entry VALUES (?1, ?2)", [account, change])?;
        }
        tx.commit()?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
