// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `bounded_queue`.

use super::{Exercise, ExercisePart, Hints};

pub(super) const EXERCISE: Exercise = Exercise {
    name: "bounded_queue",
    title: "Let threads wait for room and for items, and wake them in time",
    package: "threads",
    minutes: 30,
    parts: &[
        ExercisePart {
            name: "safety",
            sentence: "no item lost or out of order, never more inside than the bound, closed means closed",
            points: 60,
        },
        ExercisePart {
            name: "liveness",
            sentence: "whoever waits has a reason to, sleeps, and is woken when the reason is gone",
            points: 30,
        },
        ExercisePart {
            name: "cost",
            sentence: "while no schedule is drawn, few locks taken and few threads woken in vain",
            points: 10,
        },
    ],
    stub: include_str!("../../../../solutions/stub/bounded_queue.rs"),
    solution: include_str!("../../../../solutions/threads/src/bin/bounded_queue.rs"),
    hints: HINTS,
    first_hints: [
        "What does a producer wait for, what a consumer, and who knows first that it has come?",
        "You need one lock around the items and the mark that the queue is closed, a condition variable for room and one for \
         items. Who takes an item out notifies the one, who puts an item in the other.",
        "`push`: lock; `while` it is full and not closed, wait for room; if it is closed, give the item back; else put it in \
         and notify one that waits for items. `pop` is its mirror image. `close` sets the mark under the lock and notifies all \
         on both.",
    ],
};

const HINTS: Hints = &[
    (
        "nothing-lost",
        [
            "Where was the item in the last line when your code let go of it, or when the last consumer left?",
            "Look at every way through `push` that answers `Ok`, and at what `close` does to what is inside. Can an item be \
             put in when everybody has been told that nothing more comes?",
            "Answer `Ok` only behind having put the item in, and ask whether the queue is closed behind the last wait, under \
             the same lock. What is inside when it is closed stays inside.",
        ],
    ),
    (
        "first-in-first-out",
        [
            "Which of the two items was put in first, and where did it stand when the other one was taken out?",
            "Look at the two ends of your queue: which one does `push` use, and which one `pop`?",
            "Put in at the back, take out from the front.",
        ],
    ),
    (
        "bound-kept",
        [
            "How many items were inside when the producer of the last line was woken, and how many when it went on?",
            "Look at what `push` does between the end of its wait and putting the item in. And is a queue with exactly \
             `bound` items full?",
            "Ask `len() >= bound` again after each wait, with `while`: another producer may have been faster, and a wait may \
             end although nobody notified.",
        ],
    ),
    (
        "closed-means-closed",
        [
            "What was inside, and was the queue closed, when the answer in the last line was given?",
            "Look at every `None` of `pop` and every `Err` of `push`: what is certain there? What if a wait ended although \
             nobody notified, or another was faster?",
            "`pop` answers `None` only if, under the lock and behind the last wait, the queue is empty and closed. `push` gives \
             the item back only if it is closed, and then always.",
        ],
    ),
    (
        "no-needless-wait",
        [
            "What did the thread of the last line wait for, and was it not there already?",
            "Look at what happens between your question and the wait: is the lock held from the one to the other? And is it \
             the right question: exactly `bound` items, a queue that is closed?",
            "Ask and wait under one guard: `while full && !closed { state = room.wait(state) }`. `wait` lets go of the lock \
             and begins to wait in one step, so that no notification falls in between.",
        ],
    ),
    (
        "no-lost-wake-up",
        [
            "Who should have woken the thread of the last line, and whom did it wake instead, or nobody?",
            "Go through every change: an item put in, one taken out, the queue closed. Who can wait for it, in which condition \
             variable, and is that one notified, behind the change? Can the one who is woken be one who waits for something \
             else?",
            "One condition variable for room and one for items; notify one behind every item that is put in or taken out, \
             whether you believe that somebody waits or not; `close` notifies all on both.",
        ],
    ),
    (
        "no-deadlock",
        [
            "Which lock does each thread of the last line hold, and which one does it wait for?",
            "Look for every place where a second lock is taken while the first is held, or the same one twice. A guard lives \
             to the end of its block, or of its statement.",
            "One lock is enough here. Where there are two, take them in the same order everywhere.",
        ],
    ),
    (
        "no-busy-waiting",
        [
            "What does the thread of the last line do while it cannot go on?",
            "Look for a loop that takes the lock, finds that it cannot go on, and begins again.",
            "Wait on a condition variable: it lets go of the lock and sleeps, until whoever changes something notifies it.",
        ],
    ),
    (
        "no-panic",
        [
            "What did your code take for granted in the call of the story?",
            "Look at every `unwrap` and index behind a wait: is what you waited for still there?",
            "Ask again with `while` after each wait, and let the empty and closed queue be a case of its own.",
        ],
    ),
];
