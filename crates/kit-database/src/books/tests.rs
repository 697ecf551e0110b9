// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is found in files that somebody has made on purpose.

use std::sync::Arc;

use super::*;
use crate::files::Files;
use crate::machine::Machine;
use crate::run::ONE_AT_A_TIME;
use crate::world::World;

/// The page that is found after somebody did this with the database.
fn found_after(act: impl FnOnce(&Machine)) -> Page {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let machine = Arc::new(Machine::new(World::new(1), None));
    vfs::plug_in(machine.clone());
    found(ACCOUNTS, BALANCE).expect("nothing is in its way");
    act(&machine);
    machine.observe(read)
}

fn found_after_sql(sql: &str) -> Page {
    found_after(|_| {
        open().and_then(|db| db.execute_batch(sql)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    })
}

#[test]
fn what_the_trigger_wrote_is_there() {
    let page = found_after_sql("UPDATE account SET balance = balance - 30 WHERE id = 2");
    assert_eq!((page.unreadable.as_deref(), page.damaged.as_deref(), page.unbooked()), (None, None, None));
    assert_eq!((page.balances[&2], &page.entries[..]), (70, &[(2, -30, 1)][..]));
}

#[test]
fn what_the_exam_made_is_as_it_was_made() {
    let trades = [
        ("table `account`", "DROP TABLE account; CREATE VIEW account AS SELECT 1 AS id, 100 AS balance"),
        ("table `entry`", "DROP TABLE entry; CREATE VIRTUAL TABLE entry USING fts5(account, change)"),
        ("trigger `book`", "DROP TRIGGER book"),
        (
            "trigger `book`",
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '- old', '+ old') WHERE name = 'book'",
        ),
    ];
    for (what, sql) in trades {
        let why = found_after_sql(sql).unreadable;
        assert_eq!(why, Some(format!("its {what} is not the one that the exam made")), "{sql}");
    }
    let page =
        found_after_sql("DROP TABLE applied; CREATE TABLE mine (id, done); CREATE INDEX quick ON mine (id)");
    assert_eq!(page.unreadable, None, "the rest is the learner's");
}

#[test]
fn entries_that_nobody_earned_are_seen() {
    let page = found_after_sql("INSERT INTO entry VALUES (1, -7), (2, 7)");
    assert_eq!(page.unbooked(), Some((1, 100, 93)));
    let page = found_after_sql("DELETE FROM account WHERE id = 3");
    assert_eq!(page.unbooked(), Some((3, 0, 100)));
    let most =
        "UPDATE account SET balance = 9223372036854775807; INSERT INTO entry VALUES (1, 9223372036854775807)";
    let page = found_after_sql(most);
    assert!(page.unbooked().is_some() && page.sum() > i128::from(i64::MAX), "and nothing overflows");
}

#[test]
fn reading_has_an_end() {
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
                INSERT INTO entry SELECT 1, i FROM n";
    let why = found_after_sql(many).unreadable.expect("too many");
    assert_eq!(why, "more than 1000 accounts, or different entries");
    let more = many.replace("5000", "150000").replace("SELECT 1, i", "SELECT 1, 0");
    assert_eq!(found_after_sql(&more).unreadable.as_deref(), Some("interrupted"));
}

#[test]
fn damage_is_seen_where_nobody_reads() {
    let damage = |page: usize, bytes: &'static [u8]| {
        found_after(move |machine| {
            machine.open(u64::MAX, Some(FILE), false, false).expect("it is there");
            machine.write(u64::MAX, page * 4096, bytes).expect("there is room");
        })
    };
    // The second page is the accounts', the third that of what is applied.
    assert!(damage(1, &[0xff; 64]).unreadable.is_some());
    let page = damage(2, &[0xff; 64]);
    assert!(page.unreadable.is_some() || page.damaged.is_some(), "{page:?}");
    assert_eq!(
        damage(0, b"no database at all, and long enough").unreadable.as_deref(),
        Some("file is not a database")
    );
}

#[test]
fn names_that_a_file_holds_lead_to_the_snapshot() {
    let machine = Machine::new(World::new(1), None);
    machine.open(u64::MAX, Some("kept"), true, false).expect("it is made");
    machine.observe(|| machine.remove("kept", true)).expect("there in the snapshot");
    assert_eq!(machine.exists("kept"), Ok(true), "and untouched on the disk");
}
