// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `at_most_once`.

use super::{Exercise, ExercisePart, Hints};

pub(super) const EXERCISE: Exercise = Exercise {
    name: "at_most_once",
    title: "Let each message take effect at most once",
    package: "queues",
    minutes: 20,
    parts: &[
        ExercisePart {
            name: "safety",
            sentence: "no message takes effect twice, and each fault costs one message at most",
            points: 60,
        },
        ExercisePart {
            name: "liveness",
            sentence: "every message leaves the queue once faults stop",
            points: 30,
        },
        ExercisePart {
            name: "cost",
            sentence: "without faults, one delete and one hand-out for each message",
            points: 10,
        },
    ],
    stub: include_str!("../../../../solutions/stub/at_most_once.rs"),
    solution: include_str!("../../../../solutions/queues/src/bin/at_most_once.rs"),
    hints: HINTS,
    first_hints: [
        "From which moment on can nobody be given this message again, and how do you learn that it has come?",
        "`on_message` cannot know yet whether it may act. Which handler can, and what must it still have in hand then?",
        "In `on_message` keep the message under its receipt and ask for the delete. In `on_delete` take it out again: if it \
         was there and the answer is `Removed`, act.",
    ],
};

const HINTS: Hints = &[
    (
        "at-most-once",
        [
            "Between the first effect and the second, who still had the message, and why was it handed out again?",
            "Look at every `act`: did the queue say `Removed` for the receipt of this very delivery before it? And what \
             happens when the same answer comes a second time?",
            "Only `Removed` says that nobody gets the message again. `NotHeld` may mean that it is on its way to you a second \
             time. Take the message out of your table with the first answer, and the second finds nothing to act on.",
        ],
    ),
    (
        "lost-by-faults-only",
        [
            "The message in the story was removed from the queue, and your code was told so or was not. What became of it?",
            "Look at what you do when an answer comes: do you still have the message of *that* receipt? And does anything make \
             you delete a message that you will not act on?",
            "Keep each message under its receipt until the answer about this receipt comes. A higher number or an earlier \
             delivery says nothing about whether a message took effect: only your own act does.",
        ],
    ),
    (
        "finishes",
        [
            "Which message stays in the queue at the end of the story, and what did your code do when it was handed out last?",
            "Look for a delivery that is answered with no delete, and for an answer that asks for the next delete.",
            "Ask for a delete once for each delivery, also when the message came before. `NotHeld` is final for its receipt: if \
             the message is still in the queue it comes again, with a new one.",
        ],
    ),
    (
        "fresh-start",
        [
            "After a crash a new process starts. What of yours is older than it?",
            "Look for a `static` or a `thread_local`.",
            "Keep everything in the fields of your type. A crash takes them, and what it takes with them is the one message \
             that you may lose for it.",
        ],
    ),
    (
        "no-panic",
        [
            "Which assumption about its input does the call in the story break?",
            "Look at every `unwrap`, `expect` and index in that handler.",
            "The same delivery comes twice, the same answer comes twice, and an answer may come long after you stopped to \
             wait for it.",
        ],
    ),
];
