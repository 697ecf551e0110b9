// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `min_insync`.

use super::{Exercise, ExercisePart, Hints};

pub(super) const EXERCISE: Exercise = Exercise {
    name: "min_insync",
    title: "Confirm only what the next leader will have",
    package: "queues",
    minutes: 40,
    parts: &[
        ExercisePart {
            name: "safety",
            sentence: "what is confirmed is in every later leader’s log and held by enough, what is refused is in none",
            points: 60,
        },
        ExercisePart {
            name: "liveness",
            sentence: "every record answered within a second, and confirmed while enough replicas are in sync",
            points: 30,
        },
        ExercisePart {
            name: "cost",
            sentence: "without faults, one answer and one timer at most for each record",
            points: 10,
        },
    ],
    stub: include_str!("../../../../solutions/stub/min_insync.rs"),
    solution: include_str!("../../../../solutions/queues/src/bin/min_insync.rs"),
    hints: HINTS,
    first_hints: [
        "You confirm a record, and in the next moment another replica is elected. Which replicas could that be, and what would each of them \
         have to hold?",
        "`produce` cannot confirm yet. Which two handlers bring the news after which more records are safe than before?",
        "Keep, for this epoch, the last offset of each follower. The smallest of those in sync is the high watermark: what stands below it \
         is confirmed, while at least `min_insync` are in sync. Look at it again after each `fetched` and each `isr`.",
    ],
};

const HINTS: Hints = &[
    (
        "survives",
        [
            "Somebody leads who does not have a record that you confirmed. Was it in sync when you confirmed, and what did you know of its log?",
            "Look at what you take for granted: that enough replicas are all replicas; that a number that was true in another epoch is true \
             in this one; that those in sync are the same as at the beginning.",
            "Wait for everybody in `in_sync`, not for `min_insync` of them. Take the offsets and the set from this epoch only, and forget them \
             and everything that waits when the epoch ends. Who joins is waited for from the call of `isr` on, and has fetched nothing \
             until you hear that it has.",
        ],
    ),
    (
        "min-held",
        [
            "Count the replicas that hold the record in the moment in which you confirm it. How many of them did you count?",
            "Three numbers are easily one too large: who fetches at offset 3 does not hold record 3 of the log; `in_sync` has you in it \
             already; and everybody in sync may be you alone.",
            "A record at `offset` is held by a follower that fetched above it: `offset < fetched`. Confirm nothing while \
             `in_sync.len() < min_insync`.",
        ],
    ),
    (
        "refused-is-final",
        [
            "The client hears that its record is in no log, and sends it again. What is in the log then?",
            "Look at every `refuse`: can the record have been appended before?",
            "Refuse only in `produce`, instead of appending. For what was appended and not confirmed in time, or in this epoch, the honest \
             answer is `unknown`.",
        ],
    ),
    (
        "appends-in-sync",
        [
            "Who was in sync when this record came, and who was the leader?",
            "Look at the beginning of `produce`: what must be true before `append` makes sense?",
            "Refuse at once when you do not lead, and when `in_sync.len() < min_insync`. `follow` ends your lead, `lead` begins it.",
        ],
    ),
    (
        "answered",
        [
            "Which record waits at the end of the story, and who would have had to answer it?",
            "Four ways to let a client wait: no timer when a record is appended; a timer longer than a second; a record that is let go of \
             when the lead ends; nothing said where there should be a refusal.",
            "Set a timer for each record that you append, a little shorter than `answer_within_ms`. When it goes off and the record still waits, \
             its answer is `unknown`. When the lead ends, so is that of all that wait.",
        ],
    ),
    (
        "progress",
        [
            "Nothing fails, and enough replicas are in sync. What does your leader wait for?",
            "Do you wait for a fetch from yourself, or for a replica that has left? Do you look again when somebody has left?",
            "Take the smallest offset among those in `in_sync` but yourself, and confirm everything below it, in `fetched` and in `isr`. Give up \
             only when time is nearly up.",
        ],
    ),
    (
        "fresh-start",
        [
            "After a crash a new process starts. What of yours is older than it?",
            "Look for a `static` or a `thread_local`.",
            "Keep everything in the fields of your type. What waited when the process crashed is nobody’s to answer any more.",
        ],
    ),
    (
        "no-panic",
        [
            "Which assumption about its input does the call in the story break?",
            "Look at every `unwrap`, `expect`, index and subtraction in that handler.",
            "A replica in sync may not have fetched yet in this epoch, a timer goes off whether or not its record still waits, and `fetched` and \
             `isr` also come to one who does not lead.",
        ],
    ),
];
