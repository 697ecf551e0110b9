// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `partition_by_key`.

use super::{Exercise, ExercisePart, Hints};

pub(super) const EXERCISE: Exercise = Exercise {
    name: "partition_by_key",
    title: "Hand keys to members that come and go",
    package: "queues",
    minutes: 50,
    parts: &[
        ExercisePart {
            name: "safety",
            sentence: "per key nothing out of order, twice or lost; members only, and none with twice its share",
            points: 60,
        },
        ExercisePart {
            name: "liveness",
            sentence: "nothing kept back without need, and everything done once faults stop",
            points: 30,
        },
        ExercisePart {
            name: "cost",
            sentence: "without faults, few hand-outs and fences for each message, and few moves of keys",
            points: 10,
        },
    ],
    stub: include_str!("../../../../solutions/stub/partition_by_key.rs"),
    solution: include_str!("../../../../solutions/queues/src/bin/partition_by_key.rs"),
    hints: HINTS,
    first_hints: [
        "At any moment, who is the one member that may work on a key, and how do you know that nobody else still does?",
        "Keep a line for each key: the messages that are not done, how many of them are handed out, and to whom. Every \
         handler changes one line, but for `on_rebalance`, which looks at all.",
        "A key that stays: hand out at once, done at the ack. A key that moves and has messages out: `fence` it with the new \
         generation, hand out nothing of it, and wait for `on_fenced` with that token. What it says has taken effect is \
         done; everything behind it goes to the new member with the new token.",
    ],
};

const HINTS: Hints = &[
    (
        "order-per-key",
        [
            "Which two members had messages of this key at the same time?",
            "Look at the line that hands out: is it sure that every message of the key that another member was handed has \
             taken effect, or never will?",
            "While a key changes hands keep its new messages back. They go on once nothing of the key is in other hands: all \
             is acked, or the store has fenced the key and everything it did not see goes first.",
        ],
    ),
    (
        "at-most-once",
        [
            "A message was handed to two members. What did you know of the first when you handed it to the second?",
            "Look at what you do between a member's going and the second hand-out: who told you that the message had not \
             taken effect, and that it no longer can?",
            "Fence the key with a token larger than any that was handed out with it, and wait for the answer with this \
             token. Up to `last` everything has taken effect; hand out only what is behind it, with the new token.",
        ],
    ),
    (
        "nothing-lost",
        [
            "When you call `done`, who has the message besides you?",
            "Look at each `done`: did an ack come for this message, or did the store say that it had taken effect?",
            "Keep a message after you have handed it out. It is done when its ack comes, or when `on_fenced` says that this \
             one or a later one of its key was the last.",
        ],
    ),
    (
        "members-only",
        [
            "Where did the number come from to which this message was handed?",
            "Look at what you keep of one generation when the next begins.",
            "The list in `on_rebalance` is all there is: whoever is not in it is gone for good. One that comes back has a new \
             number.",
        ],
    ),
    (
        "load-shared",
        [
            "How many of the members did your router hand anything to?",
            "Look at `route`: what makes it choose one member and not another, and does it treat them alike?",
            "Let each member draw a number from a hash of key and member, and take the highest. Or keep a table, and give a \
             key to whoever has the fewest.",
        ],
    ),
    (
        "handed-at-once",
        [
            "What did the message in the story wait for?",
            "Look at what keeps `hand` from being called: something of the message's own key, which was handed out by an \
             earlier generation, or something else?",
            "A key that stays where it is needs no acks: its member keeps the order. And one key's fence is no other key's \
             business. When what is in the way of a key goes, hand out all of its line in that call.",
        ],
    ),
    (
        "finishes",
        [
            "Which message does the end of the story wait for, and who should still do something about it?",
            "Three ways to wait for ever: for the ack of a member that is dead; for an answer of the store with a token that \
             you did not send last; for room, because something that has taken effect is not done.",
            "Of a member that is gone never wait for acks: fence its keys. When a key moves again before the store has \
             answered, fence it again, with the newer token, and wait for that. A token never gets smaller for a key.",
        ],
    ),
    (
        "fresh-start",
        [
            "Each run begins with a new router. What of yours is older than it?",
            "Look for a `static` or a `thread_local`.",
            "Keep everything in the fields of your type; `start` builds them anew.",
        ],
    ),
    (
        "no-panic",
        [
            "Which assumption about its input does the call in the story break?",
            "Look at every index, `unwrap`, `expect`, division and subtraction in that handler.",
            "A generation may have no members. An ack may come twice, and long after its message is done. A fence may be \
             answered when nothing is waited for any more.",
        ],
    ),
];
