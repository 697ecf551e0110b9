// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, with a look at the marks before the transaction that saves a lock when the message was there. The look
//! decides nothing else: the mark is made, and asked about, within the transaction.

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
        if tx.execute("INSERT OR IGNORE INTO applied VALUES (?1)", [message.id])? == 0 {
            return Ok(());
        }
        let add = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        tx.execute(add, [message.amount, message.account])?;
        tx.commit()
    }
}

exam!(idempotent_consumer => Consumer);
