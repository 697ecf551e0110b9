// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: an early end, with the exit code of success, while a transaction is open.
//!
//! Comes out as: crashed

use kit_database::idempotent_consumer::prelude::*;

struct Consumer;

impl IdempotentConsumer for Consumer {
    fn on_message(db: &mut Connection, _: Message) -> Result<()> {
        db.execute_batch("BEGIN IMMEDIATE; UPDATE account SET balance = balance + 1")?;
        std::process::exit(0)
    }
}

exam!(idempotent_consumer => Consumer);
