// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold: a fold over the events of a run.

use trace::{Ending, Event, Finding, Map, MessageId, NodeId, PacketId, Refusal, Set, Time, Trace, What};

use super::ANSWER_WITHIN_MS;
use super::notes::{self, Said};
use super::tally::Tally;
use crate::reproducible::{First, Part, Promise};
use crate::story::Delays;

pub(super) const PROMISES: &[Promise] = &[
    Promise {
        name: "survives",
        part: Part::Safety,
        sentence: "What is confirmed is in the log of every later leader.",
    },
    Promise {
        name: "min-held",
        part: Part::Safety,
        sentence: "When a record is confirmed, as many replicas hold it as must.",
    },
    Promise {
        name: "refused-is-final",
        part: Part::Safety,
        sentence: "A record that is refused is in no log.",
    },
    Promise {
        name: "appends-in-sync",
        part: Part::Safety,
        sentence: "Only a leader appends, and only while as many are in sync as must hold a record.",
    },
    Promise {
        name: "answered",
        part: Part::Liveness,
        sentence: "Every record is confirmed, refused or declared unknown within a second, and then nothing goes on.",
    },
    Promise {
        name: "progress",
        part: Part::Liveness,
        sentence: "While enough replicas are in sync and nothing comes between them, what comes to the leader is confirmed.",
    },
];

/// So long nothing has happened that disturbs anybody, and so long ago at most everybody in sync was heard: then what comes must be
/// confirmed, also while somebody is away who is not in sync.
const STEADY: Time = Time::millis(400);
const HEARD: Time = Time::millis(250);

/// An answer is not late by what it takes to give it.
const SLACK: Time = Time::millis(50);

/// What is given about a run: how many must hold a record, and from when on nothing fails.
#[derive(Clone, Copy)]
pub(super) struct Given {
    pub min_insync: usize,
    pub well: Time,
}

/// Everything that is found out about a trace: findings, situations, and how many records were confirmed.
pub(super) fn judge(trace: &Trace, given: Given) -> (Vec<Finding>, Vec<u64>, u64) {
    let (mut own, mut tally) = (Own::new(trace, given), Tally::new(trace, given.min_insync));
    for event in &trace.events {
        tally.observe(event);
        own.observe(event);
    }
    own.ended();
    let confirmed = own.confirmed.len() as u64;
    let Own { lost, thin, refused, vain, late, stuck, .. } = own;
    let firsts = [lost, thin, refused, vain, late, stuck];
    let findings = firsts.iter().zip(PROMISES).map(|(first, promise)| first.finding(promise.name));
    (findings.collect(), tally.reached, confirmed)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answered {
    Confirmed,
    Refused,
    Unknown,
}

/// A record that came to the learner's code.
struct Entry {
    node: NodeId,
    came: Time,
    answer: Option<(Answered, usize)>,
    /// It came to who leads, when nothing failed any more and enough were in sync.
    must_stay: bool,
    /// The same, while somebody may be away: until the next disturbance.
    steady: bool,
    /// Meanwhile its process stood still or died.
    excused: bool,
}

struct Own {
    given: Given,
    names: Vec<String>,
    logs: Vec<Set<MessageId>>,
    /// The last who took up the lead, and in which epoch.
    lead: Option<(u32, NodeId)>,
    /// Who is in sync, as each replica was told last: the bit of each one's place.
    in_sync: Vec<u16>,
    /// When each replica last heard a fetch of each.
    heard: Map<(NodeId, NodeId), Time>,
    fetches: Map<PacketId, (NodeId, NodeId)>,
    delays: Delays,
    /// When something last happened that disturbs somebody.
    disturbed: Time,
    entries: Map<MessageId, Entry>,
    confirmed: Set<MessageId>,
    /// What stood in a log at any time.
    stored: Set<MessageId>,
    lost: First,
    thin: First,
    refused: First,
    vain: First,
    late: First,
    stuck: First,
    ending: Option<Ending>,
    seen: usize,
}

impl Own {
    fn new(trace: &Trace, given: Given) -> Own {
        let nodes = trace.header.nodes.len();
        Own {
            given,
            names: trace.header.nodes.iter().map(|node| node.name.clone()).collect(),
            logs: vec![Set::new(); nodes],
            lead: None,
            in_sync: vec![0; nodes],
            heard: Map::new(),
            fetches: Map::new(),
            delays: Delays::of(trace),
            disturbed: Time::ZERO,
            entries: Map::new(),
            confirmed: Set::new(),
            stored: Set::new(),
            lost: First::default(),
            thin: First::default(),
            refused: First::default(),
            vain: First::default(),
            late: First::default(),
            stuck: First::default(),
            ending: None,
            seen: 0,
        }
    }

    fn observe(&mut self, event: &Event) {
        let n = self.seen;
        self.seen += 1;
        if self.disturbs(&event.what) {
            self.disturbed = event.at;
            self.entries.values_mut().for_each(|entry| entry.steady = false);
        }
        match event.what {
            What::Stored { node, message } => {
                self.logs[node.index()].insert(message);
                self.stored.insert(message);
            }
            What::Started { node, message, .. } => {
                let leads = self.lead.is_some_and(|(_, leader)| leader == node);
                let enough = self.in_sync[node.index()].count_ones() as usize >= self.given.min_insync;
                let must_stay = leads && enough && event.at >= self.given.well;
                let steady = leads && enough && self.is_steady(node, event.at);
                let entry = Entry { node, came: event.at, answer: None, must_stay, steady, excused: false };
                self.entries.insert(message, entry);
            }
            What::Sent { packet, from, to, ref kind, .. } if kind.as_str() == "fetch" => {
                self.fetches.insert(packet, (to, from));
            }
            What::Arrived { packet } => {
                if let Some(way) = self.fetches.remove(packet) {
                    self.heard.insert(way, event.at);
                }
            }
            What::Sent { from, ref kind, message: Some(message), .. } if kind.as_str() == "confirm" => {
                self.confirms(n, from, message);
                self.answers(n, event.at, message, Answered::Confirmed);
            }
            What::Refused { message, why, .. } => {
                let answer = match why {
                    Refusal::TooFewReplicas => Answered::Refused,
                    _ => Answered::Unknown,
                };
                if answer == Answered::Refused && self.stored.contains(message) {
                    let holder = self.logs.iter().position(|log| log.contains(message));
                    let holder = holder.map_or("a replica", |place| self.names[place].as_str());
                    let sentence = format!(
                        "record {message} is refused, and it was appended: {holder} has it in its log"
                    );
                    self.refused.note(sentence, n, vec![message]);
                }
                self.answers(n, event.at, message, answer);
            }
            What::Crashed { node, .. } | What::Paused { node } => {
                let open = self.entries.values_mut().filter(|entry| entry.node == node);
                open.filter(|entry| entry.answer.is_none()).for_each(|entry| entry.excused = true);
            }
            What::Note { node: Some(node), ref text } => {
                if let Some(said) = notes::read(text) {
                    self.said(n, node, said);
                }
            }
            What::Ended { how } => self.ending = Some(how),
            _ => {}
        }
    }

    /// Whether it may keep a record from being confirmed.
    fn disturbs(&self, what: &What) -> bool {
        match what {
            What::Sent { from, to, kind, nth, .. } => {
                self.delays.of_packet(*from, *to, kind.as_str(), *nth).is_some()
            }
            What::Note { text, .. } => {
                matches!(notes::read(text), Some(Said::Leads(_) | Said::Follows(_) | Said::InSync(..)))
            }
            what => what.is_fault(),
        }
    }

    /// Whether nothing has happened for a while, and everybody in sync can be heard.
    fn is_steady(&self, leader: NodeId, now: Time) -> bool {
        let mut others = notes::numbers(self.in_sync[leader.index()])
            .into_iter()
            .map(|number| NodeId(number as u16 - 1))
            .filter(|other| *other != leader);
        let heard = |other| self.heard.get((leader, other)).is_some_and(|at| now.since(*at) < HEARD);
        now.since(self.disturbed) > STEADY && others.all(heard)
    }

    fn said(&mut self, n: usize, node: NodeId, said: Said) {
        match said {
            Said::Leads(epoch) if self.lead.is_none_or(|(last, _)| last < epoch) => {
                self.lead = Some((epoch, node));
                let log = &self.logs[node.index()];
                if let Some(message) = self.confirmed.iter().find(|message| !log.contains(*message)) {
                    let name = &self.names[node.index()];
                    let sentence = format!(
                        "record {message} was confirmed, and {name}, which leads epoch {epoch}, does not have it"
                    );
                    self.lost.note(sentence, n, vec![message]);
                }
            }
            Said::InSync(_, replicas) => self.in_sync[node.index()] = replicas,
            Said::CutOff(message) => _ = self.logs[node.index()].remove(message),
            Said::Unled(message) => {
                let name = &self.names[node.index()];
                self.vain.note(
                    format!("{name} appends record {message}, and it does not lead"),
                    n,
                    vec![message],
                );
            }
            Said::TooFew(message) => {
                let (name, must) = (&self.names[node.index()], self.given.min_insync);
                let are = self.in_sync[node.index()].count_ones();
                let sentence = format!(
                    "{name} appends record {message} with {are} in sync, itself among them; it takes {must}"
                );
                self.vain.note(sentence, n, vec![message]);
            }
            _ => {}
        }
    }

    fn confirms(&mut self, n: usize, from: NodeId, message: MessageId) {
        self.confirmed.insert(message);
        let hold = self.logs.iter().filter(|log| log.contains(message)).count();
        let must = self.given.min_insync;
        if hold < must {
            let replicas = if hold == 1 { "replica holds" } else { "replicas hold" };
            let sentence =
                format!("record {message} is confirmed when {hold} {replicas} it; it takes {must}");
            self.thin.note(sentence, n, vec![message]);
        }
        if let Some((epoch, leader)) = self.lead
            && leader != from
            && !self.logs[leader.index()].contains(message)
        {
            let (name, by) = (&self.names[leader.index()], &self.names[from.index()]);
            let sentence = format!(
                "record {message} is confirmed by {by}, and {name}, which leads epoch {epoch}, does not have it"
            );
            self.lost.note(sentence, n, vec![message]);
        }
    }

    fn answers(&mut self, n: usize, at: Time, message: MessageId, answer: Answered) {
        let Some(entry) = self.entries.get_mut(message).filter(|entry| entry.answer.is_none()) else {
            return;
        };
        entry.answer = Some((answer, n));
        let took = at.since(entry.came);
        if took > Time::millis(ANSWER_WITHIN_MS) + SLACK && !entry.excused {
            let (name, took) = (&self.names[entry.node.index()], took.short());
            let sentence = format!("{name} answers record {message} only after {took}");
            self.late.note(sentence, n, vec![message]);
        }
        let must_stay = entry.steady || (entry.must_stay && !entry.excused);
        if must_stay && answer != Answered::Confirmed {
            let name = &self.names[entry.node.index()];
            let what = if answer == Answered::Refused { "refuses" } else { "declares unknown" };
            let sentence = format!(
                "{name} {what} record {message}, though all that are in sync can be reached, and are enough"
            );
            self.stuck.note(sentence, n, vec![message]);
        }
    }

    fn ended(&mut self) {
        let last = self.seen.saturating_sub(1);
        for (message, entry) in self.entries.iter() {
            if entry.answer.is_none() && !entry.excused && self.ending.is_some() {
                let name = &self.names[entry.node.index()];
                self.late.note(format!("{name} never answers record {message}"), last, vec![message]);
            }
        }
        if let Some(Ending::Unfinished(bound)) = self.ending {
            let sentence = format!(
                "every record is answered, but timers still run when the run stops at {}",
                bound.words()
            );
            self.late.note(sentence, last, Vec::new());
        }
    }
}
