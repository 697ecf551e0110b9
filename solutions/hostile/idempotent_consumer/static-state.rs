// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a keeper of what it has done in a static: each crash is a kill here, and it is gone.
//!
//! Comes out as: failed

use std::collections::BTreeSet;
use std::sync::Mutex;

use kit_database::idempotent_consumer::prelude::*;

static DONE: Mutex<BTreeSet<i64>> = Mutex::new(BTreeSet::new());

struct Consumer;

impl IdempotentConsumer for Consumer {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn on_message(db: &mut Connection, message: Message) -> Result<()> {
        if DONE.lock().is_ok_and(|done| done.contains(&message.id)) {
            return Ok(());
        }
        let add = "UPDATE account SET balance = balance + ?1 WHERE id = ?2";
        db.execute(add, [message.amount, message.account])?;
        DONE.lock().map(|mut done| _ = done.insert(message.id)).ok();
        Ok(())
    }
}

exam!(idempotent_consumer => Consumer);
