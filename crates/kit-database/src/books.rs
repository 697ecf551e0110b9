// SPDX-License-Identifier: MIT OR Apache-2.0
//! The database as the exam makes it, and as it finds it.

use std::collections::BTreeMap;

use kit::lockstep::frame::shown;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, Result, Row};
use serde::{Deserialize, Serialize};

use crate::request::Request;
use crate::run::{ACCOUNTS, BALANCE};
use crate::vfs;

/// The file of the database.
pub(crate) const FILE: &str = "bank.db";

/// What the statement shows, and the trigger that it speaks of: by name.
const SCHEMA: [(&str, &str); 4] = [
    ("account", "CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL) STRICT"),
    ("applied", "CREATE TABLE applied (id INTEGER PRIMARY KEY) STRICT"),
    ("entry", "CREATE TABLE entry (account INTEGER NOT NULL, change INTEGER NOT NULL) STRICT"),
    (
        "book",
        "CREATE TRIGGER book AFTER UPDATE OF balance ON account
    BEGIN INSERT INTO entry VALUES (new.id, new.balance - old.balance); END",
    ),
];
/// What belongs to the learner.
const YOURS: &str = "applied";

/// More accounts and more different entries than a run makes.
const MOST_ROWS: usize = 1_000;
/// More than reading such a database takes SQLite: instructions of its machine, counted in thousands.
const MOST_INSTRUCTIONS: (i32, u32) = (1_000, 2_000);
/// The largest value in bytes, and the longest statement.
const MOST_VALUE: i32 = 1 << 20;
/// So much is kept of what SQLite says, in characters.
const MOST_SAID: usize = 200;

/// What a new process would find in the database now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Page {
    /// Why it could not be read.
    pub unreadable: Option<String>,
    pub balances: BTreeMap<i64, i64>,
    /// How often each change of an account stands in the books.
    pub entries: Vec<(i64, i64, u64)>,
    /// What SQLite finds to be damaged, although it could be read.
    pub damaged: Option<String>,
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

    pub fn sum(&self) -> i128 {
        self.balances.values().map(|balance| i128::from(*balance)).sum()
    }

    /// An account that holds something else than what the entries say: what it holds, and what they say. The trigger sees to it
    /// that there is none, unless somebody writes entries himself.
    pub fn unbooked(&self) -> Option<(i64, i64, i128)> {
        let accounts = self.balances.keys().copied().chain(1..=ACCOUNTS as i64);
        accounts.into_iter().find_map(|account| {
            let begins = i128::from(if (1..=ACCOUNTS as i64).contains(&account) { BALANCE } else { 0 });
            let own = self.entries.iter().filter(|(of, ..)| *of == account);
            let changed: i128 = own.map(|(_, by, times)| i128::from(*by) * i128::from(*times)).sum();
            let holds = self.balances.get(&account).copied().unwrap_or(0);
            (i128::from(holds) != begins + changed).then_some((account, holds, begins + changed))
        })
    }
}

/// A connection for the learner's code.
pub(crate) fn open() -> Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags_and_vfs(FILE, flags, vfs::NAME)
}

/// Makes the database, with so many accounts of the same balance.
pub(crate) fn found(accounts: u64, balance: i64) -> Result<()> {
    let db = open()?;
    db.execute_batch("PRAGMA synchronous = EXTRA")?;
    let schema = SCHEMA.map(|(_, sql)| sql).join(";\n");
    db.execute_batch(&format!("BEGIN; {schema}"))?;
    for id in 1..=accounts as i64 {
        db.execute("INSERT INTO account VALUES (?1, ?2)", [id, balance])?;
    }
    db.execute_batch("COMMIT")
}

/// Reads what stands there. Whoever wrote the file may have written anything: that is an answer, too.
pub(crate) fn read() -> Page {
    let unreadable = |said: String| Page { unreadable: Some(said), ..Page::default() };
    match suspicious().and_then(|db| Ok((changed_schema(&db)?, db))) {
        Ok((None, db)) => page(&db).unwrap_or_else(|error| unreadable(said(&error.to_string()))),
        Ok((Some(why), _)) => unreadable(why),
        Err(error) => unreadable(said(&error.to_string())),
    }
}

/// SQLite's words, which may be made of the file's.
fn said(words: &str) -> String {
    shown(words).chars().take(MOST_SAID).collect()
}

/// A connection that believes nothing that the file says of itself, and gives up: <https://sqlite.org/security.html>.
fn suspicious() -> Result<Connection> {
    let db = open()?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    for lenient in [
        DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA,
        DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER,
        DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW,
        DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE,
        DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE,
    ] {
        db.set_db_config(lenient, false)?;
    }
    db.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    db.set_limit(Limit::SQLITE_LIMIT_LENGTH, MOST_VALUE)?;
    db.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, MOST_VALUE)?;
    let (every, most) = MOST_INSTRUCTIONS;
    let mut left = most;
    let gives_up = move || {
        left = left.saturating_sub(1);
        left == 0
    };
    db.progress_handler(every, Some(gives_up))?;
    db.execute_batch("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY")?;
    Ok(db)
}

/// Whether something of the exam's own is not as the exam made it. A view or a virtual table of the same name would be code
/// that runs when it is read.
fn changed_schema(db: &Connection) -> Result<Option<String>> {
    for (name, made) in SCHEMA {
        let kind = if made.starts_with("CREATE TABLE") { "table" } else { "trigger" };
        let mut found = db.prepare("SELECT sql FROM sqlite_schema WHERE type = ?1 AND name = ?2 LIMIT 2")?;
        let found: Vec<Option<String>> =
            found.query_map([kind, name], |row| row.get(0))?.collect::<Result<_>>()?;
        if name != YOURS && found != [Some(made.to_owned())] {
            return Ok(Some(format!("its {kind} `{name}` is not the one that the exam made")));
        }
    }
    Ok(None)
}

/// Reads the tables themselves: what an index says of them may be something else.
fn page(db: &Connection) -> Result<Page> {
    let mut balances = db.prepare("SELECT id, balance FROM account NOT INDEXED ORDER BY id")?;
    let balances = balances.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let balances: BTreeMap<i64, i64> = balances.take(MOST_ROWS + 1).collect::<Result<_>>()?;
    let entries = "SELECT account, change, count(*) FROM entry NOT INDEXED GROUP BY account, change";
    let mut entries = db.prepare(entries)?;
    let entry = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)? as u64));
    let entries = entries.query_map([], entry)?;
    let entries: Vec<(i64, i64, u64)> = entries.take(MOST_ROWS + 1).collect::<Result<_>>()?;
    if balances.len().max(entries.len()) > MOST_ROWS {
        let why = format!("more than {MOST_ROWS} accounts, or different entries");
        return Ok(Page { unreadable: Some(why), ..Page::default() });
    }
    let checked: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    let damaged = (checked != "ok").then(|| said(&checked));
    Ok(Page { unreadable: None, balances, entries, damaged })
}

#[cfg(test)]
mod tests;
