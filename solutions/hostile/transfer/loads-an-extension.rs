// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a loader of foreign code, by way of SQL.
//!
//! Comes out as: failed

use kit_database::transfer::prelude::*;

struct Bank;

impl Transfer for Bank {
    fn transfer(db: &mut Connection, _: i64, _: Order) -> Result<Answered> {
        let loaded = db.query_row("SELECT load_extension('/lib/x86_64-linux-gnu/libc.so.6')", [], |_| Ok(()));
        println!("{loaded:?}");
        loaded.map(|()| Answered::Done)
    }
}

exam!(transfer => Bank);
