// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it adds to a balance that it read before its transaction, and writes the sum over what the other connection
//! has written since.
//!
//! Breaks: as-delivered

use kit_database::idempotent_consumer::prelude::*;

struct Consumer;

impl IdempotentConsumer for Consumer {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn on_message(db: &mut Connection, message: Message) -> Result<()> {
        let read = "SELECT balance FROM account WHERE id = ?1";
        let balance: i64 = db.query_row(read, [message.account], |row| row.get(0))?;
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [message.id])? == 0 {
            return Ok(());
        }
        let set = "UPDATE account SET balance = ?1 WHERE id = ?2";
        tx.execute(set, [balance + message.amount, message.account])?;
        tx.commit()
    }
}

exam!(idempotent_consumer => Consumer);
