// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold: a fold over the events of a run.

use trace::{Ending, Event, Finding, MessageId, Set, Trace, What};

use super::notes;
use crate::reproducible::{First, Part, Promise};

pub(super) const PROMISES: &[Promise] = &[
    Promise {
        name: "whole",
        part: Part::Safety,
        sentence: "What takes effect is a message that was taken, byte for byte.",
    },
    Promise { name: "once", part: Part::Safety, sentence: "No message takes effect twice." },
    Promise {
        name: "in-order",
        part: Part::Safety,
        sentence: "No message takes effect before those that were taken before it.",
    },
    Promise {
        name: "window-kept",
        part: Part::Safety,
        sentence: "No more messages are taken that are not known to be done than fit into the window.",
    },
    Promise {
        name: "no-needless-full",
        part: Part::Liveness,
        sentence: "A message is turned away only when the window is full.",
    },
    Promise {
        name: "sends-what-is-missing",
        part: Part::Liveness,
        sentence: "On each connection each message is sent once at most, and none that was done when the receiver got the connection.",
    },
    Promise {
        name: "answers-together",
        part: Part::Liveness,
        sentence: "No more is said back than one answer for each connection and each read.",
    },
    Promise {
        name: "finishes",
        part: Part::Liveness,
        sentence: "When faults stop, every message is taken and takes effect.",
    },
];

/// What is found out about a trace.
pub(super) fn judge(trace: &Trace, window: u64) -> Vec<Finding> {
    let mut judge = Judge { window, ..Judge::default() };
    for event in &trace.events {
        judge.observe(event);
        judge.seen += 1;
    }
    let Judge { whole, twice, disorder, overfull, needless, again, chatty, open, .. } = judge;
    let firsts = [whole, twice, disorder, overfull, needless, again, chatty, open];
    firsts.iter().zip(PROMISES).map(|(first, promise)| first.finding(promise.name)).collect()
}

#[derive(Default)]
struct Judge {
    window: u64,
    seen: usize,
    offered: u64,
    taken: u64,
    done: Set<MessageId>,
    /// Of how many the sender has read that they are done.
    told: u64,
    whole: First,
    twice: First,
    disorder: First,
    overfull: First,
    needless: First,
    again: First,
    chatty: First,
    open: First,
}

impl Judge {
    fn observe(&mut self, event: &Event) {
        match &event.what {
            What::Offered { .. } => self.offered += 1,
            What::Stored { .. } => self.taken += 1,
            What::Refused { message, .. } => self.refused(*message),
            What::Applied { message, .. } => self.applied(*message),
            What::Confirmed { .. } => self.told += 1,
            What::Note { text, .. } => self.noted(text),
            What::Ended { how } => self.ended(*how),
            _ => {}
        }
    }

    fn refused(&mut self, message: MessageId) {
        let open = self.taken.saturating_sub(self.told);
        if open < self.window {
            let open = match open {
                0 => "everything that was taken is known to be done".to_owned(),
                n => format!(
                    "only {n} of what was taken {} not known to be done",
                    if n == 1 { "is" } else { "are" }
                ),
            };
            let sentence =
                format!("message {message} is turned away, although {open}; the window is {}", self.window);
            self.needless.note(sentence, self.seen, vec![message]);
        }
    }

    fn applied(&mut self, message: MessageId) {
        if !self.done.insert(message) {
            self.twice.note(format!("message {message} takes effect twice"), self.seen, vec![message]);
        }
        let missing = (1..message.0).map(MessageId).find(|earlier| !self.done.contains(*earlier));
        if let Some(missing) = missing {
            let sentence = format!(
                "message {message} takes effect, and message {missing}, which was taken before it, has not"
            );
            self.disorder.note(sentence, self.seen, vec![message, missing]);
        }
    }

    fn noted(&mut self, text: &str) {
        let next = self.done.len() as u64 + 1;
        let promises = [
            (notes::NO_MESSAGE, &mut self.whole),
            (notes::TAKES_TOO_MANY, &mut self.overfull),
            (notes::SENT_AGAIN, &mut self.again),
            (notes::ANSWERED_AGAIN, &mut self.chatty),
        ];
        for (begins, promise) in promises {
            if text.starts_with(begins) {
                let (sentence, about) = match begins {
                    notes::NO_MESSAGE => (text.to_owned(), next),
                    notes::TAKES_TOO_MANY => {
                        (format!("the sender {text}, and the window is {}", self.window), self.taken)
                    }
                    notes::SENT_AGAIN => (format!("the sender {text}"), next),
                    _ => (format!("the receiver {text}"), next),
                };
                promise.note(sentence, self.seen, vec![MessageId(about)]);
            }
        }
    }

    fn ended(&mut self, how: Ending) {
        let open = (1..=self.offered).map(MessageId).find(|message| !self.done.contains(*message));
        let (sentence, messages) = match (open, how) {
            (Some(message), _) if message.0 <= self.taken => {
                (format!("message {message} is taken and never takes effect"), vec![message])
            }
            (Some(message), _) => (format!("message {message} is turned away for ever"), vec![message]),
            (None, Ending::Unfinished(bound)) => (
                format!("everything is done, and the ends go on until the run stops at {}", bound.words()),
                Vec::new(),
            ),
            (None, Ending::Finished) => return,
        };
        self.open.note(sentence, self.seen, messages);
    }
}
