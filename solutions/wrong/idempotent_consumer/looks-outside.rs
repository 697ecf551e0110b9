// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it looks for the mark before its transaction begins, and believes what it saw. When the message is
//! delivered on both connections at the same time, both see none.
//!
//! Breaks: applied-once

use kit_database::idempotent_consumer::prelude::*;

struct Consumer;

impl IdempotentConsumer for Consumer {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn on_message(db: &mut Connection, message: Message) -> Result<()> {
        let marked = "SELECT 1 FROM applied WHERE id = ?1";
        if db.query_row(marked, [message.id], |_| Ok(())).optional()?.is_some() {
            return Ok(());
        }
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let add = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        tx.execute(add, [message.amount, message.account])?;
        tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [message.id])?;
        tx.commit()
    }
}

exam!(idempotent_consumer => Consumer);
