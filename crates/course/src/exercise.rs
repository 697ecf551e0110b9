// SPDX-License-Identifier: MIT OR Apache-2.0
//! The graded exercises: what is asked, how much it is worth, what helps.
//!
//! A statement is the comment at the head of the stub, so that the file, the terminal and the page say the same. What
//! is a promise's name here is the name that the exam reports.

mod smooth;

use smooth::SMOOTH;

/// A graded exercise.
#[derive(Debug)]
pub struct Exercise {
    /// Its name: in commands, and of its files.
    pub name: &'static str,
    /// What is built, in a line.
    pub title: &'static str,
    /// The package under `exercises/` that holds it: exercises are grouped by what they link.
    pub package: &'static str,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// What the points are given for, in the order of grading.
    pub parts: &'static [ExercisePart],
    /// The file as the learner gets it.
    pub stub: &'static str,
    /// The reference answer.
    pub solution: &'static str,
    /// Hints by the promise that broke.
    hints: &'static [(&'static str, [&'static str; 3])],
    /// Hints before anything broke, and for what has none of its own.
    first_hints: [&'static str; 3],
}

/// One part of an exercise's points.
#[derive(Debug)]
pub struct ExercisePart {
    /// `safety`, `liveness` or `cost`.
    pub name: &'static str,
    /// What it asks.
    pub sentence: &'static str,
    /// How many points it is worth.
    pub points: u32,
}

/// All exercises, in the order of the course.
pub fn exercises() -> &'static [Exercise] {
    EXERCISES
}

/// The exercise of this name.
pub fn find_exercise(name: &str) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| exercise.name == name)
}

impl Exercise {
    /// The statement, in Markdown: the stub's head without its title.
    pub fn statement(&self) -> String {
        let head = self.stub.lines().map_while(|line| line.strip_prefix("//").map(|_| line));
        let text = head.filter_map(|line| line.strip_prefix("//!")).skip(1);
        let lines: Vec<&str> = text.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        lines.join("\n").trim().to_owned()
    }

    /// How many lines of code ours took, neither empty ones nor comments counted.
    pub fn lines(&self) -> usize {
        let code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
        self.solution.lines().filter(code).count()
    }

    /// The file that the learner edits, from the workspace's folder.
    pub fn file(&self) -> String {
        format!("exercises/{}/src/bin/{}.rs", self.package, self.name)
    }

    /// The command that grades it.
    pub fn command(&self) -> String {
        format!("cargo course check {}", self.name)
    }

    /// All its points.
    pub fn points(&self) -> u32 {
        self.parts.iter().map(|part| part.points).sum()
    }

    /// Three hints, each saying more than the one before: a question, a place, an idea. Chosen by the promise that
    /// broke.
    pub fn hints(&self, promise: Option<&str>) -> [&'static str; 3] {
        let own = self.hints.iter().find(|(name, _)| Some(*name) == promise);
        own.map_or(self.first_hints, |(_, hints)| *hints)
    }

    /// The promises that have hints of their own.
    pub fn hinted_promises(&self) -> impl Iterator<Item = &'static str> {
        self.hints.iter().map(|(name, _)| *name)
    }
}

const EXERCISES: &[Exercise] = &[RESEQUENCER, SMOOTH];

const RESEQUENCER: Exercise = Exercise {
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
    stub: include_str!("../../../solutions/stub/resequencer.rs"),
    solution: include_str!("../../../solutions/queues/src/bin/resequencer.rs"),
    hints: RESEQUENCER_HINTS,
    first_hints: [
        "For each key, which one message may be emitted now, and what do you do with any other?",
        "`on` has three cases: the message that its key waits for, one behind it, and one that was emitted before.",
        "Keep `next` for each key. Below it: only ack. Equal: emit it, then everything held that follows it without a \
         gap, and commit that together with the new `next`; then ack. Above it: hold the message and its receipt.",
    ],
};

const RESEQUENCER_HINTS: &[(&str, [&str; 3])] = &[
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
