// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold: a fold over the events of a run.

use std::collections::VecDeque;

use trace::{Checker, Ending, Event, Finding, MessageId, NodeId, Refusal, Time, Trace, What};

use super::process::is_kept;
use super::tally::Tally;
use super::world::Terms;
use crate::reproducible::{First, Part, Promise};

pub(super) const PROMISES: &[Promise] = &[
    Promise {
        name: "accepted-is-kept",
        part: Part::Safety,
        sentence: "What was accepted is not dropped: whoever offered it was told that it will be handed out.",
    },
    Promise {
        name: "shed-is-final",
        part: Part::Safety,
        sentence: "What was shed is let go of at once, and never handed out.",
    },
    Promise {
        name: "first-in-first-out",
        part: Part::Safety,
        sentence: "Messages are handed out in the order in which they were accepted.",
    },
    Promise {
        name: "bound-kept",
        part: Part::Safety,
        sentence: "Between two calls no more messages are held than there are places.",
    },
    Promise {
        name: "wait-target",
        part: Part::Safety,
        sentence: "What was accepted waits no longer than the target until the consumer pulls it.",
    },
    Promise {
        name: "no-needless-shedding",
        part: Part::Liveness,
        sentence: "What finds a place, and would be in time even if the consumer took its worst each time, is accepted.",
    },
    Promise {
        name: "drains",
        part: Part::Liveness,
        sentence: "In the end everything that was accepted was handed out.",
    },
];

/// Everything that is found out about a trace.
pub(super) fn judge(trace: &Trace, terms: &Terms, queue: NodeId) -> (Vec<Finding>, Tally) {
    let mut judge = Judge::new(terms, queue);
    for event in &trace.events {
        judge.observe(event);
    }
    (judge.findings(), judge.tally)
}

struct Judge {
    tally: Tally,
    terms: Terms,
    queue: NodeId,
    /// What was accepted and not handed out, with its moment.
    waiting: VecDeque<(MessageId, Time)>,
    /// Events seen.
    seen: usize,
    dropped: First,
    kept: First,
    disorder: First,
    overfull: First,
    late: First,
    needless: First,
    stuck: First,
}

impl Judge {
    fn new(terms: &Terms, queue: NodeId) -> Judge {
        Judge {
            tally: Tally::new(terms),
            terms: *terms,
            queue,
            waiting: VecDeque::new(),
            seen: 0,
            dropped: First::default(),
            kept: First::default(),
            disorder: First::default(),
            overfull: First::default(),
            late: First::default(),
            needless: First::default(),
            stuck: First::default(),
        }
    }

    fn accepted(&mut self, message: MessageId, now: Time) {
        self.waiting.push_back((message, now));
        let (held, places) = (self.waiting.len() as u64, self.terms.places);
        if held > places {
            let sentence = format!("{held} messages are held; there {}", are(places, "place"));
            self.overfull.note(sentence, self.seen, vec![message]);
        }
    }

    fn shed(&mut self, message: MessageId) {
        let (waiting, terms) = (self.waiting.len() as u64, self.terms);
        if waiting < terms.room() {
            let worst = Time::millis((waiting + 1) * terms.worst).short();
            let (target, places) = (Time::millis(terms.target).short(), are(terms.places, "place"));
            let wait = match waiting {
                0 => "nothing waits".to_owned(),
                1 => "one waits".to_owned(),
                n => format!("{n} wait"),
            };
            let sentence = format!(
                "message {message} is shed while {wait}: there {places}, and at the worst it would wait {worst}; the \
                 target is {target}"
            );
            self.needless.note(sentence, self.seen, vec![message]);
        }
    }

    fn handed(&mut self, message: MessageId, now: Time) {
        let Some(place) = self.waiting.iter().position(|(waits, _)| *waits == message) else { return };
        if place > 0 {
            let first = self.waiting[0].0;
            let sentence =
                format!("message {message} is handed out before message {first}, which was accepted earlier");
            self.disorder.note(sentence, self.seen, vec![message, first]);
        }
        let Some((_, since)) = self.waiting.remove(place) else { return };
        let (wait, target) = (now - since, Time::millis(self.terms.target));
        if wait > target {
            let (wait, target) = (wait.short(), target.short());
            let sentence = format!("message {message} was accepted and waits {wait}; the target is {target}");
            self.late.note(sentence, self.seen, vec![message]);
        }
    }

    fn ended(&mut self, how: Ending) {
        let Some((message, _)) = self.waiting.front() else { return };
        let why = match how {
            Ending::Finished => "the consumer is ready, and nothing more comes",
            Ending::Unfinished(_) => "the run goes on without it",
        };
        let sentence = format!("message {message} was accepted and is never handed out: {why}");
        self.stuck.note(sentence, self.seen, vec![*message]);
    }
}

/// `is one place`, `are 3 places`.
fn are(count: u64, what: &str) -> String {
    if count == 1 { format!("is one {what}") } else { format!("are {count} {what}s") }
}

impl Checker for Judge {
    fn observe(&mut self, event: &Event) {
        self.tally.observe(event, self.waiting.len() as u64);
        match &event.what {
            What::Stored { message, .. } => self.accepted(*message, event.at),
            What::Refused { node, message, why: Refusal::Full } if *node == self.queue => {
                self.shed(*message);
            }
            What::Refused { node, message, .. } if *node == self.queue => {
                let sentence = format!("message {message} was accepted and is dropped");
                self.dropped.note(sentence, self.seen, vec![*message]);
                self.waiting.retain(|(waits, _)| waits != message);
            }
            What::Handed { message, .. } => self.handed(*message, event.at),
            What::Note { text, .. } => {
                if let Some(message) = is_kept(text) {
                    let sentence = format!("message {message} was shed and is kept all the same");
                    self.kept.note(sentence, self.seen, vec![message]);
                }
            }
            What::Ended { how } => self.ended(*how),
            _ => {}
        }
        self.seen += 1;
    }

    fn findings(&self) -> Vec<Finding> {
        vec![
            self.dropped.finding("accepted-is-kept"),
            self.kept.finding("shed-is-final"),
            self.disorder.finding("first-in-first-out"),
            self.overfull.finding("bound-kept"),
            self.late.finding("wait-target"),
            self.needless.finding("no-needless-shedding"),
            self.stuck.finding("drains"),
        ]
    }
}
