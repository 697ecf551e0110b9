// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it remembers the highest id only, and takes everything below it for done. Two queues do not deliver in the
//! order of ids.
//!
//! Breaks: acked-is-applied

use kit_database::idempotent_consumer::prelude::*;

struct Consumer;

impl IdempotentConsumer for Consumer {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn on_message(db: &mut Connection, message: Message) -> Result<()> {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let highest = "SELECT coalesce(max(id), 0) FROM applied";
        if message.id <= tx.query_row(highest, [], |row| row.get::<_, i64>(0))? {
            return Ok(());
        }
        tx.execute("INSERT INTO applied VALUES (?1)", [message.id])?;
        let add = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        tx.execute(add, [message.amount, message.account])?;
        tx.commit()
    }
}

exam!(idempotent_consumer => Consumer);
