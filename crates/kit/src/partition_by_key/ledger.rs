// SPDX-License-Identifier: MIT OR Apache-2.0
//! The books about every message, key and member of a run: what both the judge and the counts of situations read. And the
//! notes in which the process says what traces have no event of their own for.

use trace::{Event, Map, MessageId, NodeId, PacketId, Set, Trace, What};

use super::group::consumer_of;
use crate::traffic::Traffic;

const GENERATION: &str = "generation ";
const ASKED: &str = "the store is asked to fence key ";
const FENCED: &str = "the store has fenced key ";
const REFUSED: &str = "the store refuses message ";
const NO_MEMBER: &str = "message ";

/// A new generation, as the learner's code hears of it.
pub(super) fn generation(generation: u64, members: &[u64]) -> String {
    let said: Vec<String> = members.iter().map(u64::to_string).collect();
    match said.as_slice() {
        [] => format!("{GENERATION}{generation} has no members"),
        [one] => format!("{GENERATION}{generation} has member {one}"),
        [most @ .., last] => format!("{GENERATION}{generation} has members {} and {last}", most.join(", ")),
    }
}

pub(super) fn fence_asked(key: u32, token: u64) -> String {
    format!("{ASKED}{key} with token {token}")
}

pub(super) fn fenced(key: u32, token: u64, last: MessageId) -> String {
    match last {
        MessageId(0) => format!("{FENCED}{key} with token {token}: nothing of it has taken effect"),
        last => format!("{FENCED}{key} with token {token}: the last that took effect was {last}"),
    }
}

pub(super) fn refused(message: MessageId, key: u32, token: u64, than: u64) -> String {
    format!("{REFUSED}{message}: it comes with token {token}, and key {key} has seen {than}")
}

pub(super) fn no_member(message: MessageId, member: u64, generation: u64) -> String {
    format!("{NO_MEMBER}{message} is handed to {member}, who is no member of generation {generation}")
}

/// A note of the process or the store, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Generation(u64, Vec<u64>),
    FenceAsked(u32),
    Fenced(u32, MessageId),
    Refused(MessageId),
    NoMember(MessageId),
}

/// What a note says, if it is one of these.
pub(super) fn read(text: &str) -> Option<Said> {
    let numbers = |text: &str| -> Vec<u64> {
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
    };
    let key = |number: u64| u32::try_from(number).ok();
    if let Some(rest) = text.strip_prefix(GENERATION) {
        let (first, members) = numbers(rest).split_first().map(|(n, rest)| (*n, rest.to_vec()))?;
        return Some(Said::Generation(first, members));
    }
    if let Some(rest) = text.strip_prefix(ASKED) {
        return Some(Said::FenceAsked(key(*numbers(rest).first()?)?));
    }
    if let Some(rest) = text.strip_prefix(FENCED) {
        let numbers = numbers(rest);
        let last = numbers.get(2).copied().unwrap_or(0);
        return Some(Said::Fenced(key(*numbers.first()?)?, MessageId(last)));
    }
    if let Some(rest) = text.strip_prefix(REFUSED) {
        return Some(Said::Refused(MessageId(*numbers(rest).first()?)));
    }
    let rest = text.strip_prefix(NO_MEMBER).filter(|rest| rest.contains("who is no member"))?;
    Some(Said::NoMember(MessageId(*numbers(rest).first()?)))
}

/// What is known of one message.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub key: u32,
    /// The learner's code has it, or had it.
    pub given: bool,
    /// In a member's hands, since which generation: until an ack reaches the router, or a fence makes it void.
    pub in_flight: Option<u64>,
    /// How often it was handed out.
    pub handed: u32,
    pub applied: bool,
    /// An ack reached the router, or a fence said that it had taken effect.
    pub heard: bool,
    /// The learner's code let go of it.
    pub done: bool,
}

/// A fold over events.
pub(super) struct Ledger {
    pub messages: Map<MessageId, Entry>,
    /// The messages of each key that the learner's code was given, in their order.
    pub lines: Map<u32, Vec<MessageId>>,
    pub generation: u64,
    pub members: Vec<u64>,
    /// How many answers of the store each key waits for.
    pub fencing: Map<u32, u32>,
    /// The member that each hand-out went to.
    pub member_of: Map<(MessageId, u32), u64>,
    pub traffic: Traffic,
    /// The ack that each packet carries: message and attempt.
    pub acks: Map<PacketId, (MessageId, u32)>,
    /// Keys about which something has changed since this was asked last.
    pub touched: Set<u32>,
    /// Events seen.
    pub seen: usize,
    consumers: Vec<NodeId>,
}

impl Ledger {
    /// The empty books of a run.
    pub fn of(trace: &Trace) -> Ledger {
        let names = trace.header.nodes.iter().zip(0..);
        let consumers = names.filter(|(node, _)| node.role == trace::Role::Consumer);
        Ledger {
            messages: Map::new(),
            lines: Map::new(),
            generation: 0,
            members: Vec::new(),
            fencing: Map::new(),
            member_of: Map::new(),
            traffic: Traffic::default(),
            acks: Map::new(),
            touched: Set::new(),
            seen: 0,
            consumers: consumers.map(|(_, index)| NodeId(index)).collect(),
        }
    }

    pub fn observe(&mut self, event: &Event) {
        self.traffic.observe(event);
        let generation = self.generation;
        match &event.what {
            What::Offered { message, key, .. } => {
                self.messages.insert(*message, Entry { key: *key, ..Entry::default() });
            }
            What::Stored { message, .. } => {
                if let Some(entry) = self.messages.get(*message) {
                    self.lines.or_default(entry.key).push(*message);
                }
                self.change(*message, |entry| entry.given = true);
            }
            What::Handed { consumer, message, attempt, .. } => {
                let member = self.member_at(*consumer).unwrap_or(0);
                self.member_of.insert((*message, *attempt), member);
                self.change(*message, |entry| {
                    entry.in_flight = Some(generation);
                    entry.handed += 1;
                });
            }
            What::Requeued { message, .. } => self.change(*message, |entry| entry.in_flight = None),
            What::Applied { message, .. } => self.change(*message, |entry| entry.applied = true),
            What::Acked { message, .. } => self.change(*message, |entry| entry.done = true),
            What::Sent { packet, kind, message: Some(message), attempt, .. } if kind.as_str() == "ack" => {
                self.acks.insert(*packet, (*message, *attempt));
            }
            What::Duplicated { packet, copy } => {
                if let Some(ack) = self.acks.get(*packet).copied() {
                    self.acks.insert(*copy, ack);
                }
            }
            What::Arrived { packet } => {
                if let Some((message, _)) = self.acks.get(*packet).copied() {
                    self.heard(message);
                }
            }
            What::Note { text, .. } => self.note(text),
            _ => {}
        }
        self.seen += 1;
    }

    fn note(&mut self, text: &str) {
        match read(text) {
            Some(Said::Generation(generation, members)) => {
                (self.generation, self.members) = (generation, members);
                self.touched.extend(self.lines.keys());
            }
            Some(Said::FenceAsked(key)) => *self.fencing.or_default(key) += 1,
            Some(Said::Fenced(key, last)) => {
                let open = self.fencing.or_default(key);
                *open = open.saturating_sub(1);
                let line = self.lines.get(key).cloned().unwrap_or_default();
                line.into_iter().filter(|message| *message <= last).for_each(|message| self.heard(message));
                self.touched.insert(key);
            }
            _ => {}
        }
    }

    fn heard(&mut self, message: MessageId) {
        self.change(message, |entry| (entry.heard, entry.in_flight) = (true, None));
    }

    fn change(&mut self, message: MessageId, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.messages.get_mut(message) {
            change(entry);
            self.touched.insert(entry.key);
        }
    }

    /// The member that a consumer is now.
    pub fn member_at(&self, node: NodeId) -> Option<u64> {
        let place = self.consumers.iter().position(|consumer| *consumer == node)?;
        self.members.iter().copied().find(|number| consumer_of(*number) == place)
    }

    /// Whether the member that this hand-out went to is out of the group by now.
    pub fn is_out(&self, message: MessageId, attempt: u32) -> bool {
        self.member_of.get((message, attempt)).is_some_and(|member| !self.members.contains(member))
    }

    /// A message that the learner's code keeps back although nothing is in its way: there are members, no fence of its key
    /// is waited for, and no message of its key is in the hands that an earlier generation gave it to.
    pub fn kept_back(&self, key: u32) -> Option<MessageId> {
        if self.members.is_empty() || self.fencing.get(key).is_some_and(|open| *open > 0) {
            return None;
        }
        let mut kept = None;
        for message in self.lines.get(key)? {
            let entry = &self.messages[*message];
            if entry.in_flight.is_some_and(|since| since < self.generation) {
                return None;
            }
            let waits = entry.in_flight.is_none() && !entry.done && !entry.heard && !entry.applied;
            kept = kept.or(waits.then_some(*message));
        }
        kept
    }
}

/// `message 5 (key 1)`.
pub(super) fn name(ledger: &Ledger, message: MessageId) -> String {
    match ledger.messages.get(message) {
        Some(entry) => format!("message {message} (key {})", entry.key),
        None => format!("message {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_can_be_read() {
        let message = MessageId(7);
        for (text, said) in [
            (generation(3, &[]), Said::Generation(3, vec![])),
            (generation(4, &[2]), Said::Generation(4, vec![2])),
            (generation(5, &[2, 3, 101]), Said::Generation(5, vec![2, 3, 101])),
            (fence_asked(1, 9), Said::FenceAsked(1)),
            (fenced(1, 9, message), Said::Fenced(1, message)),
            (fenced(1, 9, MessageId(0)), Said::Fenced(1, MessageId(0))),
            (refused(message, 1, 2, 3), Said::Refused(message)),
            (no_member(message, 2, 3), Said::NoMember(message)),
        ] {
            assert_eq!(read(&text), Some(said), "{text}");
        }
        assert_eq!(read("message 7 is late"), None);
    }
}
