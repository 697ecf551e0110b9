// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold: a fold over the events of a run.

use trace::{Ending, Event, Finding, Map, MessageId, Time, Trace, Verdict, What};

use super::tally::Tally;
use crate::reproducible::{First, Part, Promise, times};

pub(super) const PROMISES: &[Promise] = &[
    Promise {
        name: "nothing-lost",
        part: Part::Safety,
        sentence: "A message that the queue may forget is stored downstream.",
    },
    Promise {
        name: "one-id",
        part: Part::Safety,
        sentence: "All copies of a message go out under one id, so that downstream stores one of them.",
    },
    Promise {
        name: "backs-off",
        part: Part::Liveness,
        sentence: "The pauses between publishes of a message grow: none is published more than 40 times.",
    },
    Promise {
        name: "finishes",
        part: Part::Liveness,
        sentence: "When faults stop, every message is stored downstream and acked, and nothing goes on.",
    },
];

/// Downstream is away for a minute at most, and full for some seconds. Pauses that double come to 40 publishes never, pauses of a second soon.
const MOST_PUBLISHES: u64 = 40;

/// Everything that is found out about a trace: findings, situations, publishes, and messages stored downstream.
pub(super) fn judge(trace: &Trace) -> (Vec<Finding>, Vec<u64>, u64, u64) {
    let (mut own, mut tally) = (Own::default(), Tally::new());
    for event in &trace.events {
        tally.observe(event);
        own.observe(event);
    }
    let findings = vec![
        own.nothing_lost(),
        own.second_copy.finding("one-id"),
        own.flood.finding("backs-off"),
        Finding { promise: "finishes", verdict: own.finishes() },
    ];
    let publishes = own.messages.values().map(|entry| entry.published).sum();
    let copied = own.messages.values().filter(|entry| entry.copied).count() as u64;
    (findings, tally.reached, publishes, copied)
}

/// What is known of one message.
#[derive(Default)]
struct Entry {
    /// The queue in front of the relay took it in.
    taken_in: bool,
    published: u64,
    /// When for the first time.
    first_at: Option<Time>,
    /// A copy is stored downstream.
    copied: bool,
    /// The event with which the queue forgot it.
    acked_at: Option<usize>,
    /// The first crash after that.
    forgotten_at: Option<usize>,
}

#[derive(Default)]
struct Own {
    messages: Map<MessageId, Entry>,
    second_copy: First,
    flood: First,
    ending: Option<Ending>,
    now: Time,
    seen: usize,
}

impl Own {
    fn observe(&mut self, event: &Event) {
        self.now = event.at;
        let seen = self.seen;
        self.seen += 1;
        match event.what {
            What::Stored { message, .. } => self.entry(message).taken_in = true,
            What::Sent { ref kind, message: Some(message), .. } if kind.as_str() == "effect" => {
                let entry = self.entry(message);
                entry.published += 1;
                let first = *entry.first_at.get_or_insert(event.at);
                if entry.published == MOST_PUBLISHES + 1 {
                    let sentence = format!(
                        "message {message} is published more than {MOST_PUBLISHES} times, within {} of the first time",
                        event.at.since(first).short()
                    );
                    self.flood.note(sentence, seen, vec![message]);
                }
            }
            What::Applied { message, .. } => self.stored_downstream(message),
            What::Acked { message, .. } => _ = self.entry(message).acked_at.get_or_insert(seen),
            What::Crashed { .. } => {
                for entry in self.messages.values_mut().filter(|entry| entry.acked_at.is_some()) {
                    entry.forgotten_at.get_or_insert(seen);
                }
            }
            What::Ended { how } => self.ending = Some(how),
            _ => {}
        }
    }

    fn stored_downstream(&mut self, message: MessageId) {
        if std::mem::replace(&mut self.entry(message).copied, true) {
            let sentence =
                format!("message {message} is stored downstream twice: it was published under two ids");
            self.second_copy.note(sentence, self.seen - 1, vec![message]);
        }
    }

    fn entry(&mut self, message: MessageId) -> &mut Entry {
        self.messages.or_default(message)
    }

    /// A message may be acked before it is stored, if somebody still makes sure that it will be; in the end it must be.
    fn nothing_lost(&self) -> Finding {
        let lost = self.messages.iter().filter(|(_, entry)| !entry.copied).filter_map(|(message, entry)| {
            let acked_at = entry.acked_at?;
            Some((entry.forgotten_at.unwrap_or(acked_at), message))
        });
        let mut found = First::default();
        if let Some((event, message)) = lost.min().filter(|_| self.ending.is_some()) {
            let sentence =
                format!("message {message} was acked and is not stored downstream: nobody has it any more");
            found.note(sentence, event, vec![message]);
        }
        found.finding("nothing-lost")
    }

    fn finishes(&self) -> Verdict {
        let Some(how) = self.ending else { return Verdict::Unknown { why: "the run goes on".to_owned() } };
        let settled = |entry: &Entry| entry.copied && entry.acked_at.is_some();
        let open = self.messages.iter().find(|(_, entry)| entry.taken_in && !settled(entry));
        let event = self.seen.saturating_sub(1);
        let broken = |sentence: String, messages| Verdict::Broken { sentence, event, messages };
        match (open, how) {
            (Some((message, entry)), _) => {
                let what = if entry.copied {
                    "stored downstream and never acked"
                } else {
                    "never stored downstream"
                };
                let (time, times) = (self.now.short(), times(entry.published));
                broken(
                    format!("message {message} is {what}: by {time} it was published {times}"),
                    vec![message],
                )
            }
            (None, Ending::Unfinished(bound)) => {
                let sentence = format!(
                    "every message is stored downstream and acked, but timers still run when the run stops at {}",
                    bound.words()
                );
                broken(sentence, Vec::new())
            }
            (None, Ending::Finished) => Verdict::Held,
        }
    }
}
