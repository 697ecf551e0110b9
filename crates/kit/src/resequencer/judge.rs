// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold, and what happened to the learner's code: folds over the events of a run.

use trace::{Checker, DeliveryChecker, Ending, Event, Finding, MessageId, Trace, Verdict, What};

use super::ledger::{Ledger, is_told_gone};
use super::tally::Tally;
use crate::reproducible::{First, Part, Promise};

pub(super) const PROMISES: &[Promise] = &[
    Promise {
        name: "order-per-key",
        part: Part::Safety,
        sentence: "The messages of one key are emitted in the order of their numbers.",
    },
    Promise { name: "at-most-once", part: Part::Safety, sentence: "No message is emitted twice." },
    Promise {
        name: "no-gap",
        part: Part::Safety,
        sentence: "No message is skipped unless the queue has put it aside.",
    },
    Promise {
        name: "nothing-lost",
        part: Part::Safety,
        sentence: "A message that the queue may forget was emitted.",
    },
    Promise {
        name: "buffer-bounded",
        part: Part::Safety,
        sentence: "Between two calls no more messages are held than the buffer has places.",
    },
    Promise {
        name: "keys-independent",
        part: Part::Liveness,
        sentence: "No message is held past the call in which its turn comes: not for another key, nor for another delivery.",
    },
    Promise {
        name: "finishes",
        part: Part::Liveness,
        sentence: "When faults stop, every message is emitted and acked.",
    },
];

/// Everything that is found out about a trace.
pub(super) fn judge(trace: &Trace, buffer: usize) -> (Vec<Finding>, Tally) {
    let mut delivery = DeliveryChecker::new();
    let mut own = Own::new(buffer);
    for event in &trace.events {
        delivery.observe(event);
        own.observe(event);
    }
    let mut findings = delivery.findings();
    findings.retain(|finding| finding.promise == "at-most-once");
    findings.extend(own.findings());
    (findings, own.tally)
}

/// The promises that only this exam makes.
struct Own {
    ledger: Ledger,
    tally: Tally,
    buffer: usize,
    disorder: First,
    gap: First,
    overfull: First,
    waits: First,
    ending: Option<Ending>,
    now: trace::Time,
}

impl Own {
    fn new(buffer: usize) -> Own {
        Own {
            ledger: Ledger::default(),
            tally: Tally::new(buffer),
            buffer,
            disorder: First::default(),
            gap: First::default(),
            overfull: First::default(),
            waits: First::default(),
            ending: None,
            now: trace::Time::ZERO,
        }
    }

    /// What is handed over and let go of within one call happens at one moment: the buffer counts between moments.
    fn time_passes(&mut self, event: &Event) {
        if event.at == self.now {
            return;
        }
        self.now = event.at;
        let (held, most) = (self.ledger.held, self.buffer);
        if held > most && self.overfull.is_none() {
            let places = if most == 1 { "one place".to_owned() } else { format!("{most} places") };
            let sentence = format!("{held} messages are held; the buffer has {places}");
            let held = self.ledger.messages.iter().filter(|(_, entry)| entry.held > 0);
            let held = held.map(|(message, _)| message).collect();
            self.overfull.note(sentence, self.ledger.seen - 1, held);
        }
    }

    /// When a call begins, everything that the calls before it asked for has been done: what is held now waits.
    fn call_begins(&mut self) {
        if self.waits.is_none()
            && let Some(message) = self.ledger.held_in_turn()
        {
            let sentence = format!("{} is held although it is the next of its key", self.name(message));
            self.waits.note(sentence, self.ledger.seen.saturating_sub(1), vec![message]);
        }
    }

    /// Order is that of the numbers and not that of arrival at the queue: a late publish may come behind its siblings.
    fn emitted(&mut self, message: MessageId) {
        let Some(entry) = self.ledger.messages.get(message) else { return };
        let overtook = self.ledger.keys[entry.key].iter().find(|other| {
            let other = &self.ledger.messages[**other];
            other.emitted && other.seq > entry.seq
        });
        if let Some(later) = overtook
            && self.disorder.is_none()
            && !entry.emitted
        {
            let sentence = format!("{} is emitted after {}", self.name(message), self.name(*later));
            let messages = vec![message, *later];
            self.disorder.note(sentence, self.ledger.seen, messages);
        }
        let Some((missing, gap)) = self.ledger.missing(entry.key) else { return };
        if self.gap.is_none() && gap.seq < entry.seq {
            let sentence = format!(
                "{} is emitted although {} was neither emitted nor put aside",
                self.name(message),
                self.name(missing)
            );
            self.gap.note(sentence, self.ledger.seen, vec![missing, message]);
        }
    }

    fn name(&self, message: MessageId) -> String {
        name(&self.ledger, message)
    }

    fn nothing_lost(&self) -> Verdict {
        let lost = self.ledger.messages.iter().filter_map(|(id, entry)| Some((entry.lost_at?, id))).min();
        match lost {
            Some((event, message)) => Verdict::Broken {
                sentence: format!(
                    "{} was acked and not emitted: the queue has forgotten it and nobody holds it",
                    self.name(message)
                ),
                event,
                messages: vec![message],
            },
            None => Verdict::Held,
        }
    }

    fn finishes(&self) -> Verdict {
        let Some(how) = self.ending else { return Verdict::Unknown { why: "the run goes on".to_owned() } };
        // The first of a key that is stuck: those behind it wait for it.
        let open = self.ledger.messages.iter().find(|(_, entry)| entry.stored && !entry.is_settled());
        let event = self.ledger.seen.saturating_sub(1);
        let Some((message, entry)) = open else {
            return match how {
                Ending::Finished => Verdict::Held,
                Ending::Unfinished(bound) => Verdict::Broken {
                    sentence: format!("every message is emitted and acked, but the run goes on ({bound:?})"),
                    event,
                    messages: Vec::new(),
                },
            };
        };
        let times = match entry.handed {
            0 => "it was never handed out".to_owned(),
            1 => "it was handed out once".to_owned(),
            n => format!("it was handed out {n} times"),
        };
        let what = if entry.emitted { "was emitted and is never acked" } else { "is never emitted" };
        let time = self.now.short();
        let sentence = format!("{} {what}: by {time} {times}", self.name(message));
        Verdict::Broken { sentence, event, messages: vec![message] }
    }
}

/// `message 5 (key 1, seq 2)`.
pub(super) fn name(ledger: &Ledger, message: MessageId) -> String {
    match ledger.messages.get(message) {
        Some(entry) => format!("message {message} (key {}, seq {})", entry.key, entry.seq),
        None => format!("message {message}"),
    }
}

impl Checker for Own {
    fn observe(&mut self, event: &Event) {
        self.time_passes(event);
        self.tally.observe(event, &self.ledger);
        match event.what {
            What::Applied { message, .. } => self.emitted(message),
            What::Started { .. } => self.call_begins(),
            What::Note { ref text, .. } if is_told_gone(text).is_some() => self.call_begins(),
            What::Ended { how } => self.ending = Some(how),
            _ => {}
        }
        self.ledger.observe(event);
    }

    fn findings(&self) -> Vec<Finding> {
        vec![
            self.disorder.finding("order-per-key"),
            Finding { promise: "nothing-lost", verdict: self.nothing_lost() },
            self.gap.finding("no-gap"),
            self.overfull.finding("buffer-bounded"),
            self.waits.finding("keys-independent"),
            Finding { promise: "finishes", verdict: self.finishes() },
        ]
    }
}

#[cfg(test)]
mod tests;
