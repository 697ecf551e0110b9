// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it marks the message when its effect is committed. After a crash between the two the next delivery finds no
//! mark.
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
        let add = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        db.execute(add, [message.amount, message.account])?;
        db.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [message.id])?;
        Ok(())
    }
}

exam!(idempotent_consumer => Consumer);
