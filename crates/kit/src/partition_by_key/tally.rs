// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was thrown at the learner's code, counted from the events of a run.

use trace::{Event, Map, MessageId, NodeId, What};

use super::group::consumer_of;
use super::ledger::{self, Ledger, Said};
use crate::reproducible::{Situation, may, must};

/// Counted in this order. Each speaks of what the world did, so that answers which move nothing reach them too.
pub(super) const SITUATIONS: &[Situation] = &[
    must("members that joined while messages were in flight"),
    must("members that were gone while they had messages"),
    must("consumers that came back as a new member"),
    must("crashes of a consumer at work"),
    must("pauses of a consumer at work"),
    must("effects that reached the store from members that were out"),
    must("acks that reached the router from members that were out"),
    must("hand-outs lost"),
    must("acks lost"),
    must("acks that came twice"),
    must("generations without a member"),
    must("generations in which each of 64 keys or more was handed out"),
    may("cuts between the router and a consumer"),
];

/// Their places in the list.
const JOINED: usize = 0;
const GONE: usize = 1;
const CAME_BACK: usize = 2;
const CRASHES: usize = 3;
const PAUSES: usize = 4;
const LATE_EFFECTS: usize = 5;
const LATE_ACKS: usize = 6;
const HAND_OUTS_LOST: usize = 7;
const ACKS_LOST: usize = 8;
const ACKS_TWICE: usize = 9;
const NO_MEMBERS: usize = 10;
const ALL_KEYS: usize = 11;
const CUTS: usize = 12;

#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub reached: Vec<u64>,
    pub hand_outs: u64,
    /// Fences asked for.
    pub fences: u64,
    /// How often a key went to another consumer than before.
    pub moves: u64,
    /// Messages that are done.
    pub done: u64,
    holders: Map<u32, NodeId>,
    /// What each consumer works on.
    work: Map<NodeId, (MessageId, u32)>,
    all_keys_counted: bool,
}

impl Tally {
    pub fn new() -> Tally {
        Tally {
            reached: vec![0; SITUATIONS.len()],
            hand_outs: 0,
            fences: 0,
            moves: 0,
            done: 0,
            holders: Map::new(),
            work: Map::new(),
            all_keys_counted: false,
        }
    }

    /// In this generation each key was handed out.
    pub fn all_keys_handed(&mut self) {
        self.reached[ALL_KEYS] += u64::from(!std::mem::replace(&mut self.all_keys_counted, true));
    }

    /// Takes an event, and the books as they stood before it.
    pub fn observe(&mut self, event: &Event, books: &Ledger) {
        match books.traffic.lost(event).filter(|packet| !packet.is_copy).map(|packet| packet.kind.as_str()) {
            Some("deliver") => self.reached[HAND_OUTS_LOST] += 1,
            Some("ack") => self.reached[ACKS_LOST] += 1,
            _ => {}
        }
        match &event.what {
            What::Handed { message, consumer, .. } => {
                self.hand_outs += 1;
                if let Some(entry) = books.messages.get(*message) {
                    let before = self.holders.insert(entry.key, *consumer);
                    self.moves += u64::from(before.is_some_and(|before| before != *consumer));
                }
            }
            What::Acked { .. } => self.done += 1,
            What::Started { node, message, attempt } => {
                self.work.insert(*node, (*message, *attempt));
            }
            What::Finished { node, .. } => _ = self.work.remove(*node),
            What::Crashed { node, .. } => {
                self.reached[CRASHES] += u64::from(self.work.remove(*node).is_some());
            }
            What::Paused { node } => self.reached[PAUSES] += u64::from(self.work.contains(*node)),
            What::Applied { message, attempt, .. } => {
                self.reached[LATE_EFFECTS] += u64::from(books.is_out(*message, *attempt));
            }
            What::Arrived { packet } => {
                if let Some((message, attempt)) = books.acks.get(*packet) {
                    self.reached[LATE_ACKS] += u64::from(books.is_out(*message, *attempt));
                    let again = books.messages.get(*message).is_some_and(|entry| entry.heard);
                    let copy = books.traffic.get(*packet).is_some_and(|packet| packet.is_copy);
                    self.reached[ACKS_TWICE] += u64::from(again && copy);
                }
            }
            What::Cut { .. } => self.reached[CUTS] += 1,
            What::Note { text, .. } => match ledger::read(text) {
                Some(Said::FenceAsked(_)) => self.fences += 1,
                Some(Said::Generation(_, members)) => self.generation(&members, books),
                // Whoever is out and whose effect is refused came late, too.
                Some(Said::Refused(message)) => {
                    let mut attempts = books.member_of.between((message, 0), (message, u32::MAX));
                    let out = attempts.any(|((message, attempt), _)| books.is_out(message, attempt));
                    self.reached[LATE_EFFECTS] += u64::from(out);
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn generation(&mut self, members: &[u64], books: &Ledger) {
        self.all_keys_counted = false;
        let in_flight = books.messages.values().any(|entry| entry.in_flight.is_some());
        let new = members.iter().filter(|member| !books.members.contains(member));
        let again = new.clone().filter(|member| **member != consumer_of(**member) as u64 + 1).count();
        self.reached[JOINED] += if in_flight { new.count() as u64 } else { 0 };
        self.reached[CAME_BACK] += again as u64;
        self.reached[NO_MEMBERS] += u64::from(members.is_empty());
        let gone = books.members.iter().filter(|member| !members.contains(member));
        let had = gone.filter(|member| {
            let mut own = books.member_of.iter().filter(|(_, holder)| holder == member);
            own.any(|((message, _), _)| books.messages[message].in_flight.is_some())
        });
        self.reached[GONE] += had.count() as u64;
    }
}
