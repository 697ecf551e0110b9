// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it does what the message says, every time it is delivered. An ack that is lost is enough for a second
//! effect.
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
        let add = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        tx.execute(add, [message.amount, message.account])?;
        tx.commit()
    }
}

exam!(idempotent_consumer => Consumer);
