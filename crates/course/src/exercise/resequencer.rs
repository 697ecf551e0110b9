// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `resequencer`.

use super::{Exercise, ExercisePart, Hints};

pub(super) const EXERCISE: Exercise = Exercise {
    name: "resequencer",
    title: "Put the messages of each key back into their order",
    package: "queues",
    minutes: 40,
    parts: &[
        ExercisePart {
            name: "safety",
            sentence: "nothing out of order, twice, lost or skipped; never more held than the buffer",
            points: 60,
        },
        ExercisePart {
            name: "liveness",
            sentence: "everything emitted in its turn, and acked, once faults stop",
            points: 30,
        },
        ExercisePart {
            name: "cost",
            sentence: "without faults, few hand-outs and few commits for each message",
            points: 10,
        },
    ],
    stub: include_str!("../../../../solutions/stub/resequencer.rs"),
    solution: include_str!("../../../../solutions/queues/src/bin/resequencer.rs"),
    hints: HINTS,
    first_hints: [
        "For each key, which one message may be emitted now, and what do you do with any other?",
        "`on` has three cases: the message that its key waits for, one behind it, and one that was emitted before.",
        "Keep `next` for each key. Below it: only ack. Equal: emit it, then everything held that follows it without a \
         gap, and commit that together with the new `next`; then ack. Above it: hold the message and its receipt.",
    ],
};

const HINTS: Hints = &[
    (
        "order-per-key",
        [
            "When a message came before an earlier one of its key, what did your code do with it?",
            "Look where `on` calls `emit`: is it sure at that moment that every smaller `seq` of this key was emitted?",
            "Emit only when `message.seq` is the `next` of its key; hold everything above it, and after each emit look \
             whether the one that follows is held already.",
        ],
    ),
    (
        "at-most-once",
        [
            "A message was emitted, then its ack got lost or the process crashed. It comes again: how do you know it?",
            "Look at the transaction: is the new `next` in the same commit as the emit? And does `start` use the `next` \
             that it is given?",
            "Emit and `set_next` belong into one transaction: with two commits a crash comes between them. A message \
             below `next` was emitted: ack it and do nothing else.",
        ],
    ),
    (
        "nothing-lost",
        [
            "Once you ack a message, nobody but you has it. Where is it if your process crashes in the next line?",
            "Look at every `ack`: has the message of this receipt been emitted *and* committed before that line?",
            "Hold a message together with its receipt and ack only after the commit that emits it. A message above \
             `next` is never dropped and never acked: it is held, or given back with `nack`.",
        ],
    ),
    (
        "no-gap",
        [
            "Which message was skipped, and how did your code come to believe that it would not come?",
            "Look where `next` grows by more than what was just emitted: in `gone`, or after some time or number of \
             messages?",
            "Only `gone` allows a skip, and only of that one message, when all before it are settled. Remember what is \
             gone and skip it when `next` arrives there. Late is not gone.",
        ],
    ),
    (
        "buffer-bounded",
        [
            "What happens to one message more when the buffer is full and the gap is still open?",
            "Look at the line that puts a message into your buffer: what bounds it?",
            "Full, and not the message its key waits for: `nack` it. The queue keeps it for you and hands it out again.",
        ],
    ),
    (
        "keys-independent",
        [
            "The message in the story is the next one of its key. What does your code wait for?",
            "Look what decides in `on` whether a message may be emitted: does anything of another key, or of the whole \
             queue, take part in it?",
            "One `next` for each key, and nothing that is common to all keys but the buffer. When the message that a key \
             waits for comes, emit it in that call, and everything held that follows it without a gap.",
        ],
    ),
    (
        "finishes",
        [
            "Which one message does everything wait for at the end of the story, and what happens each time it comes?",
            "Three ways to wait for ever: the buffer is full and turns away the very message it waits for; one key waits \
             for another; a message that is gone is waited for.",
            "Ask whether a message is the `next` of its key *before* asking whether the buffer is full. Let no key wait \
             for another. After `gone`, emit what was held behind it. Ack what comes again although it was emitted.",
        ],
    ),
    (
        "fresh-start",
        [
            "After a crash a new process starts. What of yours is older than it?",
            "Look for a `static` or a `thread_local`.",
            "Keep everything in the fields of your type. `start` builds them anew; what must survive a crash goes \
             through a transaction.",
        ],
    ),
    (
        "no-panic",
        [
            "Which assumption about its input does the call in the story break?",
            "Look at every `unwrap`, `expect`, index and subtraction in that handler.",
            "Messages come again, `gone` comes again, also for what is long behind `next`. After a crash everything is \
             empty but `next`.",
        ],
    ),
];
