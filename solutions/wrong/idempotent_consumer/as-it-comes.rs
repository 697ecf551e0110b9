// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it trusts the settings that SQLite begins with. There a commit is the removal of the journal, and FULL does
//! not flush the folder.
//!
//! Breaks: acked-is-applied

use kit_database::idempotent_consumer::prelude::*;

struct Consumer;

impl IdempotentConsumer for Consumer {
    fn on_message(db: &mut Connection, message: Message) -> Result<()> {
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
