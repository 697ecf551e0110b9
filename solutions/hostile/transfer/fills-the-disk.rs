// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a filler of the disk on which the exam keeps its files.
//!
//! Comes out as: failed

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA page_size = 65536; PRAGMA journal_mode = WAL; VACUUM")
    }

    fn transfer(db: &mut Connection, _: i64, _: Order) -> Result<Answered> {
        db.execute_batch("CREATE TABLE IF NOT EXISTS filler (bytes)")?;
        loop {
            db.execute("INSERT INTO filler VALUES (zeroblob(4000000))", [])?;
        }
    }
}

exam!(transfer => Bank);
