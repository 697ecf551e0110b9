// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `lease`.

use super::{Exercise, ExercisePart, Hints};

pub(super) const EXERCISE: Exercise = Exercise {
    name: "lease",
    title: "Work for longer than your lease",
    package: "queues",
    minutes: 35,
    parts: &[
        ExercisePart {
            name: "safety",
            sentence: "no late result over a newer one, no job deleted by who does not hold it or before its result is written",
            points: 60,
        },
        ExercisePart {
            name: "liveness",
            sentence: "leases kept while work goes on and let go of when it has stopped, and every job done once faults stop",
            points: 30,
        },
        ExercisePart {
            name: "cost",
            sentence: "without faults, at most 12 heartbeats for each job, and each job is worked on once",
            points: 10,
        },
    ],
    stub: include_str!("../../../../solutions/stub/lease.rs"),
    solution: include_str!("../../../../solutions/queues/src/bin/lease.rs"),
    hints: HINTS,
    first_hints: [
        "Your process stands still for ten seconds, in the middle of a line, and goes on with the next. What is still true of what it knew?",
        "Two things are not the same: keeping a job, so that nobody else begins it, and being allowed to write its result. Which calls of `out` \
         are for the one, and which for the other?",
        "While the work says that it goes on, a timer of a third of `lease_ms` extends the lease. `Done`: `write_fenced(job, job.token)`. `Written`: \
         `delete_if_held(job)`. What is not answered is sent again by the timer. `Fenced` and `NotHeld` mean that another has it: let go.",
    ],
};

const HINTS: Hints = &[
    (
        "nothing-lost",
        [
            "The job is gone from the queue. Who still knows that its result has to be written?",
            "Look at every deletion: had the store said `Written` for this very job before?",
            "Delete in one place only: when `Written` comes. Not when the work is done, not in one breath with the write, and not when the work \
             has failed.",
        ],
    ),
    (
        "no-clobber",
        [
            "The later holder has written, and then a result of the earlier one arrives. Who could still have stopped it?",
            "Look at what your writes carry. Which of two holders has the larger number, and who compares?",
            "`write_fenced(job, job.token)`, with the token that the queue gave with this job and nothing else: not a count of your own, \
             not the time. Looking whether the lease still runs before you write does not help: it may run out before the write arrives.",
        ],
    ),
    (
        "deletes-held",
        [
            "Whose job was it when the deletion reached the queue, and what did the worker believe?",
            "Look at every `delete`: what does it do when the lease has run out since you last heard of it?",
            "Let the queue look: `delete_if_held`. Its answer `NotHeld` is no failure. Another has the job, or it was deleted before.",
        ],
    ),
    (
        "keeps-lease",
        [
            "When did the last heartbeat leave before the lease ran out, and what was it that should have sent the next?",
            "Look at who sends heartbeats: is it sure to come again, after each time, in less than a lease? Does it look at a clock that can be set?",
            "Set a timer of a third of `lease_ms` when the job comes, and set it again each time that it goes off. Then one heartbeat can be lost. Do \
             not look at `now_ms`.",
        ],
    ),
    (
        "lets-go",
        [
            "The work has stopped, and the queue hears every now and then that all is well. Who says so?",
            "Look at your timer: what does it know of the work when it extends the lease? And what does `Failed` change?",
            "Note with each `GoesOn` that the work was heard. The timer extends only if it was since the last time, and takes the note back. If it was \
             not, or has failed, let go of the job: the queue hands it out again when the lease is over.",
        ],
    ),
    (
        "finishes",
        [
            "Which job is left at the end of the story, and what would have had to happen to it next?",
            "Four ways to wait for ever: a write or a deletion that was lost and is not sent again; heartbeats for a job that waits for an answer; a \
             timer that starts itself again though its job is gone; a job that comes again and is taken for a known one.",
            "As long as the store has not answered, the timer writes again; as long as the queue has not, it deletes again. When both have, forget the \
             job, and let its timer do nothing. A job with a new token is to be worked on anew.",
        ],
    ),
    (
        "fresh-start",
        [
            "After a crash a new process starts. What of yours is older than it?",
            "Look for a `static` or a `thread_local`.",
            "Keep everything in the fields of your type. What the crash took, the queue hands out again when its lease is over.",
        ],
    ),
    (
        "no-panic",
        [
            "Which assumption about its input does the call in the story break?",
            "Look at every `unwrap`, `expect` and index in that handler.",
            "An answer may come twice, or long after the job was let go of, and a timer goes off whether or not its job is still there.",
        ],
    ),
];
