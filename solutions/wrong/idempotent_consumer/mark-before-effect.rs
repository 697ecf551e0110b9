// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it marks the message in a transaction of its own, before the effect. After a crash between the two the next
//! delivery finds the mark, and no effect.
//!
//! Breaks: acked-is-applied

use kit_database::idempotent_consumer::prelude::*;

struct Consumer;

impl IdempotentConsumer for Consumer {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn on_message(db: &mut Connection, message: Message) -> Result<()> {
        if db.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [message.id])? == 0 {
            return Ok(());
        }
        let add = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        db.execute(add, [message.amount, message.account])?;
        Ok(())
    }
}

exam!(idempotent_consumer => Consumer);
