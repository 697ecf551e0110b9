// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it marks the delivery and not the message. Each delivery is a new one.
//!
//! Breaks: applied-once

use kit_database::idempotent_consumer::prelude::*;

struct Consumer;

impl IdempotentConsumer for Consumer {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn on_message(db: &mut Connection, message: Message) -> Result<()> {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [message.delivery])? == 0 {
            return Ok(());
        }
        let add = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        tx.execute(add, [message.amount, message.account])?;
        tx.commit()
    }
}

exam!(idempotent_consumer => Consumer);
