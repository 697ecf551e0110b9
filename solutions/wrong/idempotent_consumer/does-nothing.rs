// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it acknowledges everything and does nothing. No message takes effect twice that way.
//!
//! Breaks: acked-is-applied

use kit_database::idempotent_consumer::prelude::*;

struct Consumer;

impl IdempotentConsumer for Consumer {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn on_message(db: &mut Connection, message: Message) -> Result<()> {
        let _ = (db, message);
        Ok(())
    }
}

exam!(idempotent_consumer => Consumer);
