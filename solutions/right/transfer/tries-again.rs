// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, with transactions that begin with a read: when the other connection was faster, SQLite says that it is
//! busy, and all of it is tried again, as often as that happens.

use kit_database::transfer::prelude::*;

struct Bank;

fn attempt(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
    let tx = db.transaction()?;
    let marked = "SELECT 1 FROM applied WHERE id = ?1";
    if tx.query_row(marked, [id], |_| Ok(())).optional()?.is_some() {
        return Ok(Answered::Done);
    }
    let balance = "SELECT balance FROM account WHERE id = ?1";
    let rest = tx.query_row(balance, [order.from], |row| row.get::<_, i64>(0))? - order.amount;
    if rest < 0 {
        return Ok(Answered::Refused);
    }
    tx.execute("UPDATE account SET balance = ?1 WHERE id = ?2", [rest, order.from])?;
    tx.execute("UPDATE account SET balance = balance + ?1 WHERE id = ?2", [order.amount, order.to])?;
    tx.execute("INSERT INTO applied VALUES (?1)", [id])?;
    tx.commit()?;
    Ok(Answered::Done)
}

impl Transfer for Bank {
    fn open(db: &Connection) -> Result<()> {
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }

    fn transfer(db: &mut Connection, id: i64, order: Order) -> Result<Answered> {
        loop {
            match attempt(db, id, order) {
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
                answer => return answer,
            }
        }
    }
}

exam!(transfer => Bank);
