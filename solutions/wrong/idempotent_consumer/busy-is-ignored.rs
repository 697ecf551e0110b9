// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it acknowledges a message when SQLite says that it is busy. Nothing was done, and nobody delivers it again.
//!
//! Breaks: acked-is-applied

use kit_database::idempotent_consumer::prelude::*;

struct Consumer;

fn attempt(db: &mut Connection, message: Message) -> Result<()> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [message.id])? == 0 {
        return Ok(());
    }
    let add = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
    tx.execute(add, [message.amount, message.account])?;
    tx.commit()
}

impl IdempotentConsumer for Consumer {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn on_message(db: &mut Connection, message: Message) -> Result<()> {
        match attempt(db, message) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
            answer => answer,
        }
    }
}

exam!(idempotent_consumer => Consumer);
