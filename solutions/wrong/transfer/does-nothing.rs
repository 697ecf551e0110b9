// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it answers Done and moves nothing. No sum changes that way.
//!
//! Breaks: done-is-durable

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
        let _ = (db, id, order);
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
