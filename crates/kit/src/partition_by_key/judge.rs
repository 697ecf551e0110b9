// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold, and what happened to the learner's code: folds over the events of a run.

use trace::{
    Checker, DeliveryChecker, Ending, Event, Finding, Map, MessageId, NodeId, Set, Time, Trace, Verdict, What,
};

use super::group::consumer_of;
use super::ledger::{self, Ledger, Said, name};
use super::tally::Tally;
use crate::reproducible::{First, Part, Promise};

/// With so many keys or more the load is judged: then chance alone gives no member twice its share.
pub(super) const KEYS_FOR_LOAD: usize = 64;

pub(super) const PROMISES: &[Promise] = &[
    Promise {
        name: "order-per-key",
        part: Part::Safety,
        sentence: "No message takes effect before an earlier one of its key.",
    },
    Promise { name: "at-most-once", part: Part::Safety, sentence: "No message takes effect twice." },
    Promise {
        name: "nothing-lost",
        part: Part::Safety,
        sentence: "A message that is done has taken effect.",
    },
    Promise {
        name: "members-only",
        part: Part::Safety,
        sentence: "Nothing is handed to who is not a member of the generation.",
    },
    Promise {
        name: "load-shared",
        part: Part::Safety,
        sentence: "Of 64 keys or more no member has more than twice its even share.",
    },
    Promise {
        name: "handed-at-once",
        part: Part::Liveness,
        sentence: "A message is handed out in the call in which it comes, unless its own key is in other hands or there is no member.",
    },
    Promise {
        name: "finishes",
        part: Part::Liveness,
        sentence: "When faults stop, every message takes effect and is done.",
    },
];

/// Everything that is found out about a trace.
pub(super) fn judge(trace: &Trace) -> (Vec<Finding>, Tally) {
    let mut delivery = DeliveryChecker::new();
    let mut own = Own::new(trace);
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
    /// How many keys the run has.
    keys: usize,
    /// Who was handed each key last, in this generation.
    holders: Map<u32, NodeId>,
    disorder: First,
    lost: First,
    stranger: First,
    crowd: First,
    kept_back: First,
    ending: Option<Ending>,
    now: Time,
}

impl Own {
    fn new(trace: &Trace) -> Own {
        let keys = trace.events.iter().filter_map(|event| match event.what {
            What::Offered { key, .. } => Some(key),
            _ => None,
        });
        let keys = keys.collect::<Set<_>>().len();
        Own {
            ledger: Ledger::of(trace),
            tally: Tally::new(),
            keys,
            holders: Map::new(),
            disorder: First::default(),
            lost: First::default(),
            stranger: First::default(),
            crowd: First::default(),
            kept_back: First::default(),
            ending: None,
            now: Time::ZERO,
        }
    }

    /// What a call is given and what it asks for happen at one moment: what is kept back counts between moments.
    fn time_passes(&mut self, event: &Event) {
        if event.at == self.now {
            return;
        }
        self.now = event.at;
        for key in std::mem::take(&mut self.ledger.touched).iter() {
            if let Some(message) = self.ledger.kept_back(key).filter(|_| self.kept_back.is_none()) {
                let name = name(&self.ledger, message);
                let sentence = format!("{name} is kept back, and nothing of its key is in other hands");
                self.kept_back.note(sentence, self.ledger.seen.saturating_sub(1), vec![message]);
            }
        }
    }

    /// Of an overtaken message and one that is done too early the one may follow from the other: what came first is said.
    fn applied(&mut self, message: MessageId) {
        let Some(entry) = self.ledger.messages.get(message).filter(|entry| !entry.applied) else { return };
        let line = self.ledger.lines.get(entry.key).into_iter().flatten();
        let earlier = line.take_while(|other| **other < message);
        if let Some(open) = earlier.into_iter().find(|other| !self.ledger.messages[**other].applied)
            && self.lost.is_none()
        {
            let sentence = format!("{} takes effect before message {open}", name(&self.ledger, message));
            self.disorder.note(sentence, self.ledger.seen, vec![*open, message]);
        }
    }

    fn done(&mut self, message: MessageId) {
        let early = self.ledger.messages.get(message).is_some_and(|entry| !entry.applied);
        if early && self.disorder.is_none() {
            let sentence = format!("{} is done, and it has not taken effect", name(&self.ledger, message));
            self.lost.note(sentence, self.ledger.seen, vec![message]);
        }
    }

    /// Counted once each key was handed out in this generation: before that nobody can say who has the others.
    fn handed(&mut self, message: MessageId, consumer: NodeId) {
        let Some(entry) = self.ledger.messages.get(message) else { return };
        if self.holders.insert(entry.key, consumer) == Some(consumer) {
            return;
        }
        let (keys, members) = (self.keys, self.ledger.members.len());
        if keys < KEYS_FOR_LOAD || self.holders.len() < keys || members == 0 {
            return;
        }
        self.tally.all_keys_handed();
        let mut shares: Map<NodeId, usize> = Map::new();
        self.holders.values().for_each(|holder| *shares.or_default(*holder) += 1);
        let most = shares.iter().max_by_key(|(_, share)| **share);
        if let Some((holder, share)) = most.filter(|(_, share)| **share * members > 2 * keys) {
            let consumer = consumer_of(self.ledger.member_at(holder).unwrap_or_default()) + 1;
            let sentence = format!(
                "consumer-{consumer} has {share} of {keys} keys, and the generation has {members} members"
            );
            self.crowd.note(sentence, self.ledger.seen, Vec::new());
        }
    }

    fn noted(&mut self, text: &str) {
        match ledger::read(text) {
            Some(Said::Generation(..)) => self.holders.clear(),
            Some(Said::NoMember(message)) => {
                self.stranger.note(text.to_owned(), self.ledger.seen, vec![message]);
            }
            _ => {}
        }
    }

    fn finishes(&self) -> Verdict {
        let Some(how) = self.ending else { return Verdict::Unknown { why: "the run goes on".to_owned() } };
        let event = self.ledger.seen.saturating_sub(1);
        let open = self.ledger.messages.iter().find(|(_, entry)| !entry.applied || !entry.done);
        let Some((message, entry)) = open else {
            return match how {
                Ending::Finished => Verdict::Held,
                Ending::Unfinished(bound) => Verdict::Broken {
                    sentence: format!("every message is done, but the run goes on ({bound:?})"),
                    event,
                    messages: Vec::new(),
                },
            };
        };
        let times = match entry.handed {
            _ if !entry.given => "the router never had room for it".to_owned(),
            0 => "it was never handed out".to_owned(),
            1 => "it was handed out once".to_owned(),
            n => format!("it was handed out {n} times"),
        };
        let what = if entry.applied { "took effect and is never done" } else { "never takes effect" };
        let sentence = format!("{} {what}: by {} {times}", name(&self.ledger, message), self.now.short());
        Verdict::Broken { sentence, event, messages: vec![message] }
    }
}

impl Checker for Own {
    fn observe(&mut self, event: &Event) {
        self.time_passes(event);
        self.tally.observe(event, &self.ledger);
        match &event.what {
            What::Applied { message, .. } => self.applied(*message),
            What::Acked { message, .. } => self.done(*message),
            What::Handed { message, consumer, .. } => self.handed(*message, *consumer),
            What::Note { text, .. } => self.noted(text),
            What::Ended { how } => self.ending = Some(*how),
            _ => {}
        }
        self.ledger.observe(event);
    }

    fn findings(&self) -> Vec<Finding> {
        vec![
            self.disorder.finding("order-per-key"),
            self.lost.finding("nothing-lost"),
            self.stranger.finding("members-only"),
            self.crowd.finding("load-shared"),
            self.kept_back.finding("handed-at-once"),
            Finding { promise: "finishes", verdict: self.finishes() },
        ]
    }
}

#[cfg(test)]
mod tests;
