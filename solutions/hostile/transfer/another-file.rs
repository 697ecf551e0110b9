// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a reader of files: it attaches one of the machine's own, past the exam's disk.
//!
//! Comes out as: crashed

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn transfer(db: &mut Connection, _: i64, _: Order) -> Result<Answered> {
        db.execute_batch("ATTACH 'file:/etc/passwd?vfs=unix' AS other; SELECT * FROM other.sqlite_schema")?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
