// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a saboteur: it turns off what it can, and takes the trigger away that books what it does.
//!
//! Comes out as: failed

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch(
            "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'book';
             PRAGMA ignore_check_constraints = ON; PRAGMA cell_size_check = OFF; PRAGMA trusted_schema = ON;
             PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF",
        )
    }

    fn transfer(db: &mut Connection, _: i64, _: Order) -> Result<Answered> {
        db.execute_batch("UPDATE account SET balance = 100")?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
