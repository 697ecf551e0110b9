// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, with the effect before the mark: inside of one transaction the order does not matter. A mark that is there
//! already is an error that says so, and the transaction is dropped.

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
        match tx.execute("INSERT INTO applied VALUES (?1)", [message.id]) {
            Ok(_) => tx.commit(),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

exam!(idempotent_consumer => Consumer);
