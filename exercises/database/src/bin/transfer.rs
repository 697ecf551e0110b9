// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercise: transfer (chapter "Rule one")
//!
//! A bank on one machine: accounts in a SQLite database, and two connections in one process that move money between them.
//! The machine gives you transactions. Use them so that no crash, no power failure and no second connection costs a cent.
//!
//! ```sql
//! CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
//! CREATE TABLE applied (id INTEGER PRIMARY KEY) STRICT;   -- yours to fill: transfers that are done
//! ```
//!
//! What you can count on:
//! - `open` is called for each new connection; settings (`PRAGMA …`) belong there. `transfer` may be called on both
//!   connections at the same time. Nothing but the database survives a restart.
//! - A client that hears no answer, or an error, asks again with the same id; so may the network, on the other connection.
//!   The two accounts are different, and the amount is more than 0.
//! - The process may be killed at any write: what was written stays. The power may fail at any write: of what was not
//!   flushed, each write is kept, lost or torn, and a file that was removed may come back, unless its folder was flushed.
//! - SQLite says `SQLITE_BUSY` when the other connection is in the way. Waiting inside SQLite costs no real time, and by
//!   default it waits for 5 s; one connection may stand still for longer than that. Let nothing else wait: no lock and no
//!   `sleep` of your own.
//! - Change balances with `UPDATE`: a trigger writes each change into the bank's own books.
//!
//! What is asked of you: the sum of all accounts never changes, and no balance falls below 0. `Done` means that the money is
//! moved, once for each id, and that nothing undoes it. `Refused` means that there is not as much in the account, and that
//! nothing is moved. Everything is answered in the end. Cheap is: no more than 2.5 flushes and 10 writes a transfer.
//!
//! Ours took 25 lines. About 30 minutes. The exam makes 500 runs in about 5 s. Check it with `cargo course check transfer`,
//! and when you are stuck ask `cargo course hint transfer`.

use kit_database::transfer::prelude::*;

struct MyBank;

impl Transfer for MyBank {
    fn open(db: &Connection) -> Result<()> {
        let _ = db;
        Ok(())
    }

    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
        // Yours to write. What holds these two together, and what becomes of them when they are asked for again?
        //
        //     UPDATE account SET balance = balance - ?1 WHERE id = ?2
        //     UPDATE account SET balance = balance + ?1 WHERE id = ?2
        let _ = (db, id, order);
        Ok(Answered::Refused)
    }
}

exam!(transfer => MyBank);
