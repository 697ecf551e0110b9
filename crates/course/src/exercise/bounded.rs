// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `bounded`.

use super::{Exercise, ExercisePart, Hints};

pub(super) const EXERCISE: Exercise = Exercise {
    name: "bounded",
    title: "Turn away what you could not hand out in time",
    package: "queues",
    minutes: 20,
    parts: &[
        ExercisePart {
            name: "safety",
            sentence: "what is accepted is handed out, in order and in time; what is shed never; the bound is kept",
            points: 60,
        },
        ExercisePart {
            name: "liveness",
            sentence: "nothing shed that could have been in time, nothing left behind in the end",
            points: 30,
        },
        ExercisePart {
            name: "cost",
            sentence: "without faults, few messages shed, and no pull that gets nothing although something waits",
            points: 10,
        },
    ],
    stub: include_str!("../../../../solutions/stub/bounded.rs"),
    solution: include_str!("../../../../solutions/queues/src/bin/bounded.rs"),
    hints: HINTS,
    first_hints: [
        "If `n` messages wait already and the consumer is slow, how long will the next one wait?",
        "`offer` has two cases, and a number decides between them: how many may wait. It follows from `places`, `target` \
         and `worst`, and never changes.",
        "A message behind `n` others waits for those, and for the one that the consumer works on: `(n + 1) · worst` at \
         the most. So shed when `target / worst` messages wait, or `places`, whichever is less; else put it behind the \
         others. `pull` takes from the front.",
    ],
};

const HINTS: Hints = &[
    (
        "accepted-is-kept",
        [
            "The producer of the message in the last line heard `Accepted`. What does it do now, and who has its message?",
            "Look for every place where a message is dropped: a full queue, a message that has become old.",
            "Decide at the offer and stand by it. When there is no place, or no time, answer `Shed`: then the producer \
             knows, and can do something about it.",
        ],
    ),
    (
        "shed-is-final",
        [
            "The producer was told that this message is not handed out, and may have sent it elsewhere. What if you hand \
             it out now?",
            "Look at every way through `offer` that answers `Shed`: where does the message go?",
            "A message that is shed is not kept: let it be dropped at the end of `offer`.",
        ],
    ),
    (
        "first-in-first-out",
        [
            "Which of the two messages was accepted first, and where did it stand when the other one was pulled?",
            "Look at the two ends of your queue: which one does `offer` use, and which one `pull`?",
            "Accept at the back, hand out from the front, and nothing else in between.",
        ],
    ),
    (
        "bound-kept",
        [
            "How many messages did you hold when the one in the last line was accepted, and what did your code believe?",
            "Look at the check in `offer`: does it count what waits now, or what waited some time ago? And is equal \
             already full?",
            "Ask `len() >= places` in `offer` itself, right before the message is put in, and shed if so. Several offers \
             come between two pulls.",
        ],
    ),
    (
        "wait-target",
        [
            "How many messages stood before the one in the last line, and how long did the consumer take for each?",
            "Look where the number comes from that decides: does it count with the worst, and does it count the message \
             that the consumer works on at that moment?",
            "Behind `n` others a message waits up to `(n + 1) · worst`. Accept only while that is at most `target`: so no \
             more than `target / worst` may wait. What the consumer usually does, or did last, promises nothing.",
        ],
    ),
    (
        "no-needless-shedding",
        [
            "What waited when the message in the last line was shed, and how long would it have had to wait at the worst?",
            "Look at the number that decides in `offer`: does it go down again when something is pulled? Is it one too \
             small?",
            "Exactly `target / worst` messages may wait, or `places`, whichever is less. Count what waits now, with \
             `len()`, and shed only when it is that many.",
        ],
    ),
    (
        "drains",
        [
            "The consumer was ready. Why did it not get the message in the last line?",
            "Look at every way through `pull` that answers `None`: is the queue empty in each?",
            "`pull` hands out the front of the queue whenever there is one. After `None` it is called again only behind \
             the next offer, and there may be none.",
        ],
    ),
    (
        "no-panic",
        [
            "Which assumption about the limits does the call in the story break?",
            "Look at every subtraction, division, index and `unwrap`.",
            "There may be a single place, and time for a single message; the queue may be empty when it is pulled.",
        ],
    ),
    (
        "fresh-start",
        [
            "A run begins with nothing. What of yours is older than it?",
            "Look for a `static` or a `thread_local`.",
            "Keep everything in the fields of your type; `start` builds them anew.",
        ],
    ),
];
