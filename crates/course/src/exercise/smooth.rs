// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `smooth`.

use super::{Exercise, ExercisePart, Hints};

pub(super) const EXERCISE: Exercise = Exercise {
    name: "smooth",
    title: "Hand a burst on no faster than downstream can take it",
    package: "queues",
    minutes: 35,
    parts: &[
        ExercisePart {
            name: "safety",
            sentence: "downstream never sent what it has no place for; nothing dropped, nothing out of order",
            points: 60,
        },
        ExercisePart {
            name: "liveness",
            sentence: "every message sent before its deadline, and no waiting by looking again and again",
            points: 30,
        },
        ExercisePart {
            name: "cost",
            sentence: "without faults, few wake-ups, and no more held than a burst",
            points: 10,
        },
    ],
    stub: include_str!("../../../../solutions/stub/smooth.rs"),
    solution: include_str!("../../../../solutions/queues/src/bin/smooth.rs"),
    hints: HINTS,
    first_hints: [
        "Downstream says nothing. What do you know, at any moment, of what it still has to do?",
        "When a message comes there are two cases: downstream has a place for it now, or it will have one at a moment \
         that you can work out.",
        "Keep one moment, `done`: when downstream will have worked off everything you sent. A message that you send now \
         begins at `max(done, now)` and has a place if that is at most `(places - 1) · service` from now. Send while that \
         is so; else keep the message and ask to be woken when it will be.",
    ],
};

const HINTS: Hints = &[
    (
        "no-overload",
        [
            "How many messages does downstream hold at the moment in which the story breaks, and how many did your code \
             believe it held?",
            "Look at the line before `send`: what does it ask, and which clock does it ask? A wake-up is no answer, for it \
             may come too early. A rest is none either: a place that was free for long is still one place.",
            "Work out from your own sends when downstream is done: `done = max(done, now) + service` for each. The `max` \
             is what keeps a rest from becoming credit. Send only while `done <= now + (places - 1) · service`, by \
             `out.now()`.",
        ],
    ),
    (
        "first-in-first-out",
        [
            "Which of the two messages in the last line came first, and where was it when the other one was sent?",
            "Look where `on_arrival` sends: is it sure then that nothing waits?",
            "Put every message behind those that wait, and let one function send from the front; call it from \
             `on_arrival` and from `on_timer`.",
        ],
    ),
    (
        "nothing-dropped",
        [
            "Where is the message of the last line, if you neither sent it nor keep it?",
            "Look at every way through `on_arrival`: does each either send the message or put it into a field?",
            "A burst is `burst` messages at once, and you have to hold what downstream has no place for. The envelope \
             bounds it for you: no bound of your own is needed.",
        ],
    ),
    (
        "in-time",
        [
            "Between its arrival and its deadline, what was the message of the last line waiting for?",
            "Three ways to be late: no wake-up is asked for while something waits; a wake-up that was asked for is replaced \
             by one that comes later; each wake-up is a little late and the next span is counted from there.",
            "Whenever you are called, send everything that downstream has a place for, not one message; and while \
             something is left, ask to be woken when the next place will be free, counted from when downstream is done and \
             not from now. A wake-up that came too early is used up: ask again.",
        ],
    ),
    (
        "no-busy-waiting",
        [
            "How many of the wake-ups in the story found something to do?",
            "Look at every `wake_after`: is the span worked out, or is it a tick? And is it asked for when nothing waits?",
            "You know when the next place will be free: ask for that moment. While nothing waits ask for nothing: \
             `on_arrival` is a wake-up, too.",
        ],
    ),
    (
        "no-panic",
        [
            "Which assumption about time does the call in the story break?",
            "Look at every subtraction of spans, at every `unwrap`, `expect` and index.",
            "Downstream may have been done long before now, and a wake-up may come before or behind its time: \
             `saturating_sub`, or compare first.",
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
