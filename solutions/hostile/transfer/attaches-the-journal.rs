// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a trap for whoever opens the database: a database of its own where SQLite looks for a journal to roll back.
//!
//! Comes out as: failed

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn transfer(db: &mut Connection, _: i64, _: Order) -> Result<Answered> {
        db.execute_batch(
            "ATTACH 'bank.db-journal' AS journal; ATTACH 'bank.db-wal' AS log;
             CREATE TABLE IF NOT EXISTS journal.trap (bytes); INSERT INTO journal.trap VALUES (randomblob(100));
             CREATE TABLE IF NOT EXISTS log.trap (bytes); INSERT INTO log.trap VALUES (randomblob(100));
             DETACH journal; DETACH log",
        )?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
