// SPDX-License-Identifier: MIT OR Apache-2.0
//! A reference answer.

use kit_database::idempotent_consumer::prelude::*;

struct Consumer;

impl IdempotentConsumer for Consumer {
    fn open(db: &Connection) -> Result<()> {
        // One flush for each commit, and it is there when the commit comes back.
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn on_message(db: &mut Connection, message: Message) -> Result<()> {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [message.id])? == 0 {
            // It took effect before, and its ack was lost, or is on its way.
            return Ok(());
        }
        let add = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        tx.execute(add, [message.amount, message.account])?;
        // Acknowledged is what comes back without an error: mark and effect, both or none.
        tx.commit()
    }
}

exam!(idempotent_consumer => Consumer);
