// SPDX-License-Identifier: MIT OR Apache-2.0
//! The database as the exam makes it, and as it finds it.

use std::collections::BTreeMap;

use rusqlite::{Connection, OpenFlags, Result};
use serde::{Deserialize, Serialize};

use crate::machine::SNAPSHOT;
use crate::request::Request;
use crate::vfs;

/// The file of the database.
pub(crate) const FILE: &str = "bank.db";

/// What the statement shows.
const SCHEMA: &str = "
    CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
    CREATE TABLE applied (id INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE entry (account INTEGER NOT NULL, change INTEGER NOT NULL) STRICT;
    CREATE TRIGGER book AFTER UPDATE OF balance ON account
    BEGIN INSERT INTO entry VALUES (new.id, new.balance - old.balance); END;
";

/// What a new process would find in the database now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Page {
    /// Why it could not be read.
    pub unreadable: Option<String>,
    pub balances: BTreeMap<i64, i64>,
    /// How often each change of an account stands in the books.
    pub entries: Vec<(i64, i64, u64)>,
}

impl Page {
    /// How often an account changed by so much.
    pub fn changes(&self, account: i64, by: i64) -> u64 {
        let entry = self.entries.iter().find(|(own, change, _)| (*own, *change) == (account, by));
        entry.map_or(0, |(_, _, times)| *times)
    }

    /// How often a request took effect, by the account that changed more often.
    pub fn times(&self, request: &Request) -> u64 {
        let paid = request.from.map_or(0, |from| self.changes(from, -request.amount));
        paid.max(self.changes(request.to, request.amount))
    }

    /// Whether all of a request is there.
    pub fn holds(&self, request: &Request) -> bool {
        let paid = request.from.is_none_or(|from| self.changes(from, -request.amount) > 0);
        paid && self.changes(request.to, request.amount) > 0
    }

    pub fn sum(&self) -> i64 {
        self.balances.values().sum()
    }
}

fn connect(name: &str) -> Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags_and_vfs(name, flags, vfs::NAME)
}

/// A connection for the learner's code.
pub(crate) fn open() -> Result<Connection> {
    connect(FILE)
}

/// Makes the database, with so many accounts of the same balance.
pub(crate) fn found(accounts: u64, balance: i64) -> Result<()> {
    let db = open()?;
    db.execute_batch("PRAGMA synchronous = EXTRA")?;
    db.execute_batch(&format!("BEGIN; {SCHEMA}"))?;
    for id in 1..=accounts as i64 {
        db.execute("INSERT INTO account VALUES (?1, ?2)", [id, balance])?;
    }
    db.execute_batch("COMMIT")
}

/// Reads the snapshot.
pub(crate) fn read_snapshot() -> Page {
    page().unwrap_or_else(|error| Page { unreadable: Some(error.to_string()), ..Page::default() })
}

fn page() -> Result<Page> {
    let db = connect(&format!("{SNAPSHOT}{FILE}"))?;
    let mut balances = db.prepare("SELECT id, balance FROM account ORDER BY id")?;
    let balances = balances.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_>>()?;
    let mut entries = db.prepare("SELECT account, change, count(*) FROM entry GROUP BY account, change")?;
    let entry = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)? as u64));
    let entries = entries.query_map([], entry)?.collect::<Result<_>>()?;
    Ok(Page { unreadable: None, balances, entries })
}
