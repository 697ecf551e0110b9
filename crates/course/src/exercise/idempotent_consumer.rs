// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `idempotent_consumer`.

use super::{Exercise, ExercisePart, Hints};

pub(super) const EXERCISE: Exercise = Exercise {
    name: "idempotent_consumer",
    title: "Let each message take effect once, however often it comes",
    package: "database",
    minutes: 20,
    parts: &[
        ExercisePart {
            name: "safety",
            sentence: "no message takes effect twice, and what was acknowledged is there for good",
            points: 60,
        },
        ExercisePart {
            name: "liveness",
            sentence: "every message is acknowledged once faults stop",
            points: 30,
        },
        ExercisePart {
            name: "cost",
            sentence: "without faults, at most 2.5 flushes and 10 writes for each message",
            points: 10,
        },
    ],
    stub: include_str!("../../../../solutions/stub/idempotent_consumer.rs"),
    solution: include_str!("../../../../solutions/database/src/bin/idempotent_consumer.rs"),
    hints: HINTS,
    first_hints: [
        "What is the same in every delivery of a message, and where can you keep it so that it is there exactly when the \
         effect is?",
        "One transaction, and two statements in it: which? And what does `open` ask of SQLite before a commit may come back?",
        "Begin with `TransactionBehavior::Immediate`, insert `message.id` into `applied`; if it was there, give `Ok` back. Else \
         change the balance and commit. In `open`, choose a journal and a level of `synchronous` in which a commit is flushed \
         before it comes back.",
    ],
};

const HINTS: Hints = &[
    (
        "applied-once",
        [
            "The message was delivered twice. What could the second call have known of the first one?",
            "Look at what you mark, the message or its delivery; at the transaction that the mark is made in; and at the \
             moment in which you look for it.",
            "Insert the id into `applied` in the transaction that changes the balance, and let that very statement tell whether \
             it was there: two connections cannot both be told that it is new.",
        ],
    ),
    (
        "acked-is-applied",
        [
            "The queue has forgotten this message. When your code said `Ok`, was its effect committed, and was it flushed?",
            "Look at every way to `Ok`: which of them knows that the effect is there? Then look at `open`: which level of \
             `synchronous` flushes at a commit, in the journal that you use?",
            "A mark may only be there with its effect: one transaction for both. `OFF` never flushes; with a write-ahead log \
             `NORMAL` flushes at checkpoints and `FULL` at each commit; with a journal that is removed only `EXTRA` flushes the \
             folder.",
        ],
    ),
    (
        "as-delivered",
        [
            "Which balance did your code believe in when it wrote this one, and who had changed it meanwhile?",
            "Look for a balance that is read in one statement and written in another.",
            "Say by how much it changes: `UPDATE account SET balance = balance + ?`.",
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
            "What does your code answer each time that this message comes?",
            "Look for an error that will be the same the next time, and for a transaction that is left open.",
            "A mark that is there already is no error but the answer: it is done, so `Ok`.",
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
