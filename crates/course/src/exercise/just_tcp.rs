// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `just_tcp`.

use super::{Exercise, ExercisePart, Hints};

pub(super) const EXERCISE: Exercise = Exercise {
    name: "just_tcp",
    title: "Write both ends of a socket that loses nothing",
    package: "queues",
    minutes: 45,
    parts: &[
        ExercisePart {
            name: "safety",
            sentence: "every effect is that of one whole message, in order, once; never more taken than the window allows",
            points: 60,
        },
        ExercisePart {
            name: "liveness",
            sentence: "everything taken takes effect once faults stop; nothing is turned away, sent or answered without need",
            points: 30,
        },
        ExercisePart {
            name: "cost",
            sentence: "without faults, at most 16 bytes beside each message and 12 back for it",
            points: 10,
        },
    ],
    stub: include_str!("../../../../solutions/stub/just_tcp.rs"),
    solution: include_str!("../../../../solutions/queues/src/bin/just_tcp.rs"),
    hints: HINTS,
    first_hints: [
        "The sender has written a message, and the connection breaks. Which of the two ends knows whether it took effect, and how does the other \
         come to know it?",
        "Three things to settle: how who reads a message knows where it ends; what is said back, and when; and who says what first on a new \
         connection.",
        "Before each message its length and its number. Back goes one number, that of the message which is to come next: after the effects \
         of a read, and as the first word of the receiver on each connection. The sender keeps what is not below the last such number, and \
         writes nothing on a connection before it has heard the first one: then it sends all that it has kept.",
    ],
};

const HINTS: Hints = &[
    (
        "whole",
        [
            "How many messages were in the bytes that your receiver was given, and how many did it make of them?",
            "Look where it decides that a message is complete. What if a read ends within the length, or brings the end of one message and the \
             beginning of the next? And what of the connection before is still there?",
            "Append every read to a buffer, and take frames out of it as long as one is complete: the whole length first, then as many \
             bytes as it says. `disconnected` empties the buffer: the rest of that frame will not come. A byte that ends a message may also be \
             in one; and one byte cannot say a length of 256.",
        ],
    ),
    (
        "once",
        [
            "The message took effect, and came again. What could have told your receiver, or your sender, that it had been done?",
            "Look at the number that you keep with `apply`: is it that of the next message? Does `start` go on from the one that it is given? And is it \
             looked at before an effect?",
            "`apply(message, number + 1)`: effect and number survive a crash together, and what is kept in a field, or in a static, \
             does not. What comes with a number below `next` was done.",
        ],
    ),
    (
        "in-order",
        [
            "Where was the message that is missing when the one behind it took effect? Who had let go of it, and why?",
            "Look at every place where the sender forgets a message: has the receiver said, after the effect, that it is done? A write says nothing, nor \
             does a connection that breaks.",
            "Keep what you take until the number that comes back is larger than its own. On each new connection begin with the oldest that you \
             keep, not with the newest; and let the receiver say its number after `apply`, never before.",
        ],
    ),
    (
        "window-kept",
        [
            "The receiver stands still. How many messages does your sender hold by now, and what makes it stop?",
            "Look at `offer`: what does it count before it says `Taken`? A message that is written is not done.",
            "`Full` when as many messages as `window` are kept, written or not.",
        ],
    ),
    (
        "no-needless-full",
        [
            "What is your sender full of, in the last line of the story?",
            "Look at `offer`: does it say no because there is no connection, or because a write is on its way? And what makes room: each number that came \
             back, or only some of them?",
            "Say `Full` for one reason: as many are kept as the window is wide. Without a connection take the message and keep it; and a number that \
             comes back is about everything below it.",
        ],
    ),
    (
        "sends-what-is-missing",
        [
            "What did the receiver have already when this connection began, and who could have told the sender?",
            "Look at what is written when a connection begins, and at what is written again on the same connection. TCP loses nothing as long as \
             a connection stands.",
            "Write nothing in `connected`. Let the receiver say there which message is to come next, drop what is below it, and send the rest, once. \
             After that each message is written once, when it is taken.",
        ],
    ),
    (
        "answers-together",
        [
            "How many of the answers in the story would be missed if only the last one were there?",
            "Look at your receiver's `write`: how often does it run in one call of `bytes`?",
            "The number that is to come next says everything of those before it. Write it once, behind the last effect of the call.",
        ],
    ),
    (
        "finishes",
        [
            "Which message does not take effect, and what would have to come, to whom, for it to go on?",
            "Four ways to wait for ever: more than one frame is in a read, and one is taken out; half a frame of the last connection stands before the first \
             of this one; what was taken without a connection is never sent; nobody says where to begin.",
            "Take all complete frames out of the buffer in each call. Empty it in `disconnected`, at both ends: a number can be cut in half, too. Let the \
             receiver speak on each connection, and let the sender then send all that it keeps.",
        ],
    ),
    (
        "no-panic",
        [
            "Which assumption about its input does the call in the story break?",
            "Look at every index, slice, `unwrap` and subtraction: are there as many bytes as that line takes for granted?",
            "A read may have one byte. Ask for the whole head, then for the whole message, and wait when they are not there yet: \
             `split_first_chunk`, `split_at_checked`.",
        ],
    ),
];
