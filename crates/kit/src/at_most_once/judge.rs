// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold: folds over the events of a run.

use trace::{Checker, DeliveryChecker, Ending, Event, Finding, Map, MessageId, Time, Trace, Verdict, What};

use super::tally::Tally;
use crate::reproducible::{Cost, First, Part, Promise, times};
use crate::story::Delays;
use crate::traffic::Traffic;

pub(super) const PROMISES: &[Promise] = &[
    Promise { name: "at-most-once", part: Part::Safety, sentence: "No message takes effect twice." },
    Promise {
        name: "lost-by-faults-only",
        part: Part::Safety,
        sentence: "One message at most is lost for each fault: without faults none.",
    },
    Promise {
        name: "finishes",
        part: Part::Liveness,
        sentence: "When faults stop, every message is removed from the queue, and nothing goes on.",
    },
];

/// Everything that is found out about a trace.
pub(super) fn judge(trace: &Trace) -> (Vec<Finding>, Vec<u64>, Cost) {
    let mut delivery = DeliveryChecker::new();
    let mut own = Own::new(trace);
    let mut tally = Tally::new();
    for event in &trace.events {
        delivery.observe(event);
        tally.observe(event);
        own.observe(event);
    }
    let mut findings = delivery.findings();
    findings.retain(|finding| finding.promise == "at-most-once");
    for finding in &mut findings {
        // That checker speaks of attempts, and the statement of deliveries; which ones is the story's to tell.
        if let Verdict::Broken { sentence, messages, .. } = &mut finding.verdict
            && let Some(message) = messages.first()
        {
            *sentence = format!("message {message} took effect twice");
        }
    }
    findings.push(own.lost_by_faults_only());
    findings.push(Finding { promise: "finishes", verdict: own.finishes() });
    (findings, tally.reached, own.cost)
}

/// What is known of one message.
#[derive(Default)]
struct Entry {
    stored: bool,
    handed: u32,
    removed: bool,
    took_effect: bool,
}

struct Own {
    messages: Map<MessageId, Entry>,
    traffic: Traffic,
    delays: Delays,
    /// Faults that befell the consumer, or a packet between it and the queue.
    faults: usize,
    cost: Cost,
    ending: Option<Ending>,
    now: Time,
    seen: usize,
}

impl Own {
    fn new(trace: &Trace) -> Own {
        Own {
            messages: Map::new(),
            traffic: Traffic::default(),
            delays: Delays::of(trace),
            faults: 0,
            cost: Cost::default(),
            ending: None,
            now: Time::ZERO,
            seen: 0,
        }
    }

    fn observe(&mut self, event: &Event) {
        self.traffic.observe(event);
        self.now = event.at;
        self.seen += 1;
        self.faults += usize::from(self.is_fault(event));
        let entry = event.what.message().map(|message| self.messages.or_default(message));
        match (&event.what, entry) {
            (What::Stored { .. }, Some(entry)) => entry.stored = true,
            (What::Handed { .. }, Some(entry)) => {
                entry.handed += 1;
                self.cost.spent[1] += 1;
            }
            (What::Acked { .. }, Some(entry)) => entry.removed = true,
            (What::Applied { .. }, Some(entry)) => {
                self.cost.messages += u64::from(!entry.took_effect);
                entry.took_effect = true;
            }
            (What::Sent { kind, .. }, _) => self.cost.spent[0] += u64::from(kind.as_str() == "ack"),
            (What::Ended { how }, _) => self.ending = Some(*how),
            _ => {}
        }
    }

    /// A late publish is none: it changes when a message comes, and takes none away.
    fn is_fault(&self, event: &Event) -> bool {
        let on_the_link = |kind: &str| matches!(kind, "deliver" | "ack" | "removed" | "not-held");
        match &event.what {
            What::Sent { from, to, kind, nth, .. } => {
                on_the_link(kind.as_str()) && self.delays.of_packet(*from, *to, kind.as_str(), *nth).is_some()
            }
            What::Duplicated { packet, .. } => {
                self.traffic.get(*packet).is_some_and(|packet| on_the_link(&packet.kind))
            }
            What::Dropped { .. } => self.traffic.lost(event).is_some_and(|packet| on_the_link(&packet.kind)),
            What::Crashed { .. } | What::Paused { .. } => true,
            _ => false,
        }
    }

    fn lost_by_faults_only(&self) -> Finding {
        let mut found = First::default();
        let lost = self.messages.iter().filter(|(_, entry)| entry.removed && !entry.took_effect);
        let lost: Vec<MessageId> = lost.map(|(message, _)| message).collect();
        // While something goes on, what was removed may still take effect.
        if self.ending == Some(Ending::Finished) && lost.len() > self.faults {
            let faults = match self.faults {
                0 => "no fault could take it".to_owned(),
                1 => "only 1 fault could take one".to_owned(),
                n => format!("only {n} faults could take one each"),
            };
            let first = lost[0];
            let count =
                if lost.len() == 1 { "1 message".to_owned() } else { format!("{} messages", lost.len()) };
            let sentence = format!(
                "message {first} was removed from the queue and never took effect: {count} lost, and {faults}"
            );
            found.note(sentence, self.seen.saturating_sub(1), lost);
        }
        found.finding("lost-by-faults-only")
    }

    fn finishes(&self) -> Verdict {
        let Some(how) = self.ending else { return Verdict::Unknown { why: "the run goes on".to_owned() } };
        let open = self.messages.iter().find(|(_, entry)| entry.stored && !entry.removed);
        let event = self.seen.saturating_sub(1);
        let broken = |sentence: String, messages| Verdict::Broken { sentence, event, messages };
        match (open, how) {
            (Some((message, entry)), _) => {
                let (time, times) = (self.now.short(), times(entry.handed.into()));
                let sentence = format!(
                    "message {message} is never removed from the queue: by {time} it was handed out {times}"
                );
                broken(sentence, vec![message])
            }
            (None, Ending::Unfinished(bound)) => {
                let sentence = format!(
                    "every message is removed from the queue, but deletes still go out when the run stops at {}",
                    bound.words()
                );
                broken(sentence, Vec::new())
            }
            (None, Ending::Finished) => Verdict::Held,
        }
    }
}
