// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `at_least_once`.

use super::{Exercise, ExercisePart, Hints};

pub(super) const EXERCISE: Exercise = Exercise {
    name: "at_least_once",
    title: "Pass every message on, at least once",
    package: "queues",
    minutes: 30,
    parts: &[
        ExercisePart {
            name: "safety",
            sentence: "nothing acked that is not stored downstream, and every copy of a message under one id",
            points: 60,
        },
        ExercisePart {
            name: "liveness",
            sentence: "everything stored and acked once faults stop, and no flood while downstream is away or full",
            points: 30,
        },
        ExercisePart {
            name: "cost",
            sentence: "without faults, one publish and few timers for each message",
            points: 10,
        },
    ],
    stub: include_str!("../../../../solutions/stub/at_least_once.rs"),
    solution: include_str!("../../../../solutions/queues/src/bin/at_least_once.rs"),
    hints: HINTS,
    first_hints: [
        "After a publish three things can come: yes, no, or nothing. What do you do in each case, and what must still be there \
         to do it with?",
        "`on_message` cannot ack yet. Which handler can, and which one must see to it that no answer is not the end?",
        "Keep each message with its receipt under `message.id`. Publish it under this id and set a timer with this id. `Stored`: \
         take it out and ack. The timer: if it is still there, publish again and wait twice as long.",
    ],
};

const HINTS: Hints = &[
    (
        "nothing-lost",
        [
            "Once you ack a message, nobody but you and downstream has it. What did you know of downstream when you acked this one?",
            "Look at every `ack`: did `Stored` come before it, for this very message, from a publish of this very message? And can \
             two messages ever have one id?",
            "Ack in one place only: when `Stored` comes for an id whose message is pending. Not when it comes, not when it comes \
             again, not after some tries, not at `Refused`. Let ids never be used for two messages, also not after a crash.",
        ],
    ),
    (
        "one-id",
        [
            "A publish was stored and its answer got lost, or the process crashed. Under which id does the message go out next?",
            "Look where the id of a publish comes from: does it change from try to try, or from one incarnation to the next?",
            "The id belongs to the message and not to the try. After a crash you know nothing, so it has to follow from what the \
             queue brings again: `message.id`.",
        ],
    ),
    (
        "backs-off",
        [
            "Downstream is away for a minute, or has no room for some seconds. How many copies of one message do you send there meanwhile?",
            "Look at the time you give your timer: is it the same at the tenth try as at the first? And does `Refused` wait at all?",
            "Keep a pause beside each pending message and double it with each try, perhaps up to some seconds. At `Refused` do nothing: the \
             timer of this publish still runs.",
        ],
    ),
    (
        "finishes",
        [
            "Which message is left at the end of the story, and who would have had to do something about it?",
            "Four ways to wait for ever: no timer after some publish; a message that is let go of without an ack; `Refused` taken for \
             the end; a timer that starts itself again though nothing is pending.",
            "Each publish sets a timer, also the second and the tenth. The timer publishes again while the message is pending, and \
             does nothing when it is not. Without an ack the queue never brings a message again, unless you crash.",
        ],
    ),
    (
        "fresh-start",
        [
            "After a crash a new process starts. What of yours is older than it?",
            "Look for a `static` or a `thread_local`.",
            "Keep everything in the fields of your type. What a crash takes the queue brings again, because you have not acked it.",
        ],
    ),
    (
        "no-panic",
        [
            "Which assumption about its input does the call in the story break?",
            "Look at every `unwrap`, `expect` and index in that handler.",
            "A message may be brought twice, an answer may come twice or long after the message was acked, and a timer goes off \
             whether or not it still matters.",
        ],
    ),
];
