// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a trap for whoever reads: in place of a table there is a view, and its rows have no end.
//!
//! Comes out as: failed

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn transfer(db: &mut Connection, _: i64, _: Order) -> Result<Answered> {
        db.execute_batch(
            "DROP TABLE IF EXISTS account;
             CREATE VIEW account AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)
             SELECT id, 100 AS balance FROM n",
        )?;
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
