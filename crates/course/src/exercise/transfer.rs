// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `transfer`.

use super::{Exercise, ExercisePart, Hints};

pub(super) const EXERCISE: Exercise = Exercise {
    name: "transfer",
    title: "Move money once, whatever becomes of process and power",
    package: "database",
    minutes: 30,
    parts: &[
        ExercisePart {
            name: "safety",
            sentence: "the sum is kept, no balance is negative, and what was answered Done is there once and for good",
            points: 60,
        },
        ExercisePart {
            name: "liveness",
            sentence: "every transfer is answered once faults stop",
            points: 30,
        },
        ExercisePart {
            name: "cost",
            sentence: "without faults, at most 2.5 flushes and 10 writes for each transfer",
            points: 10,
        },
    ],
    stub: include_str!("../../../../solutions/stub/transfer.rs"),
    solution: include_str!("../../../../solutions/database/src/bin/transfer.rs"),
    hints: HINTS,
    first_hints: [
        "Taking, giving and remembering the id: which of the three may be there after a crash without the others?",
        "Three places decide: where the transaction begins and what lock it takes then, whether the mark of the id is inside \
         it, and what `open` asks of SQLite before a commit may come back.",
        "Begin with `TransactionBehavior::Immediate`, insert the id into `applied`, take with `WHERE balance >= ?`, give, \
         commit; every other way out drops the transaction and so undoes it. In `open`, choose a journal and a level of \
         `synchronous` in which a commit is flushed before it comes back.",
    ],
};

const HINTS: Hints = &[
    (
        "sum-kept",
        [
            "Which half of the transfer is in the database at the end of the story, and what would have taken the other half \
             along?",
            "Look for a statement that changes a balance outside of the transaction, for a balance that was read before it \
             began, and for a setting that gives up the journal.",
            "Both updates belong into one transaction, and they say by how much a balance changes, not what it becomes. The \
             journal has to be a file: it is what the next process undoes half a transaction with.",
        ],
    ),
    (
        "no-negative",
        [
            "Two transfers take from this account. When did each of them look whether the money is there?",
            "Look at what you read, and at the moment from which on nobody else can write.",
            "Ask for the money in the very statement that takes it: `UPDATE … WHERE id = ? AND balance >= ?`, and look how many \
             rows it changed.",
        ],
    ),
    (
        "applied-once",
        [
            "The transfer was asked for twice. What could the second call have known of the first one?",
            "Look at where the id is marked: in which transaction, and where is the mark after a restart?",
            "Insert the id into `applied` within the transaction that moves the money. If it was there already, all is done, \
             and the answer is `Done`.",
        ],
    ),
    (
        "done-is-durable",
        [
            "The story ends after `Done`. When that was said, had everything been written, and had it been flushed?",
            "Look at every way to `Done`: has a commit of this money come back before it, without an error? Then look at \
             `open`: which level of `synchronous` flushes at a commit, in the journal that you use?",
            "`OFF` never flushes. With a write-ahead log `NORMAL` flushes at checkpoints and `FULL` at each commit. With a \
             journal that is removed a commit is that removal: only `EXTRA` flushes the folder.",
        ],
    ),
    (
        "refused-for-cause",
        [
            "How much money was in the account when this transfer was refused, and had it been moved before?",
            "Look at every way to `Refused`: what exactly does it know? That SQLite is busy says nothing about money.",
            "Look for the id first and for the money second, and give every error back with `?`: the client asks again.",
        ],
    ),
    (
        "readable",
        [
            "Of which file was a part there and another part not, when the power came back?",
            "Look at the settings in `open`: which of them gives up the order between journal and database?",
            "Leave the journal on, and let SQLite flush it before it writes to the database: `synchronous` of `FULL` or `EXTRA`.",
        ],
    ),
    (
        "finishes",
        [
            "What does the database answer when this transfer is asked for again and again?",
            "Look for a way out of `transfer` that leaves a transaction open, and for two connections that each wait for the \
             other.",
            "Let a `Transaction` end with the function: dropped without a commit it is rolled back. Who reads first and writes \
             later may be told `SQLITE_BUSY` for good: begin with `Immediate`.",
        ],
    ),
    (
        "no-panic",
        [
            "Which assumption about the database does the call in the story break?",
            "Look at every `unwrap`, `expect` and index in it.",
            "Every call of SQLite can fail, with `SQLITE_BUSY` or because the disk is gone. Give the error back with `?`.",
        ],
    ),
];
