// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercise: idempotent_consumer (chapter "At most, at least")
//!
//! Two queues deliver messages at least once: each says that money comes into an account. You keep the accounts in a SQLite
//! database, and let each message take effect once, however often it is delivered.
//!
//! ```sql
//! CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
//! CREATE TABLE applied (id INTEGER PRIMARY KEY) STRICT;   -- yours to fill
//! ```
//!
//! What you can count on:
//! - `open` is called for each new connection; settings (`PRAGMA …`) belong there. There are two connections, one for each
//!   queue, and `on_message` may be called on both at the same time. Nothing but the database survives a restart.
//! - `Ok` acknowledges: the queue forgets the message. After an error it delivers again, and also when the ack was lost or
//!   the process was gone. The network may bring a delivery to both connections. A message keeps its `id`; each time that the
//!   queue hands it out is a `delivery` of its own.
//! - The process may be killed at any write: what was written stays. The power may fail at any write: of what was not
//!   flushed, each write is kept, lost or torn, and a file that was removed may come back, unless its folder was flushed.
//! - SQLite says `SQLITE_BUSY` when the other connection is in the way. Waiting inside SQLite costs no real time, and by
//!   default it waits for 5 s; one connection may stand still for longer than that. Let nothing else wait: no lock and no
//!   `sleep` of your own.
//! - Change balances with `UPDATE`: a trigger writes each change into the bank's own books.
//!
//! What is asked of you: each message takes effect once. When a message is acknowledged, its effect is there and nothing
//! undoes it. Every message is acknowledged in the end. Cheap is: no more than 2.5 flushes and 10 writes a message.
//!
//! Ours took 17 lines. About 20 minutes. The exam makes 500 runs in about 5 s. Check it with
//! `cargo course check idempotent_consumer`, and when you are stuck ask `cargo course hint idempotent_consumer`.

use kit_database::idempotent_consumer::prelude::*;

struct MyConsumer;

impl IdempotentConsumer for MyConsumer {
    fn open(db: &Connection) -> Result<()> {
        let _ = db;
        Ok(())
    }

    fn on_message(db: &mut Connection, message: Message) -> Result<()> {
        // Yours to write. What tells you that this was done before, and what happens when you die right behind it?
        //
        //     UPDATE account SET balance = balance + ?1 WHERE id = ?2
        let _ = (db, message);
        Ok(())
    }
}

exam!(idempotent_consumer => MyConsumer);
