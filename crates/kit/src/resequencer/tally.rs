// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was thrown at the learner's code, counted from the events of a run.

use std::collections::{BTreeMap, BTreeSet};

use trace::{DropReason, Event, MessageId, Time, What};

use super::ledger::Ledger;
use crate::simulated::Situation;

const fn must(name: &'static str) -> Situation {
    Situation { name, required: true }
}

const fn may(name: &'static str) -> Situation {
    Situation { name, required: false }
}

/// Counted in this order. Each speaks of what the world did, so that answers which hold nothing reach them too.
pub(super) const SITUATIONS: &[Situation] = &[
    must("messages that came before an earlier one of their key"),
    must("moments when more messages waited for a gap than the buffer holds"),
    must("redeliveries of a message that was emitted"),
    must("redeliveries of a message that was not emitted yet"),
    must("crashes of the process"),
    must("crashes of the machine"),
    must("crashes after an emit and before its ack"),
    must("crashes while messages waited for a gap"),
    must("dead letters behind which others waited"),
    must("deliveries lost"),
    must("acks lost"),
    must("messages that reached the queue more than a second late"),
    must("jumps of the clock while messages waited for a gap"),
    must("runs with more than a hundred messages"),
    may("pauses"),
];

/// A run with more messages than this is a large one.
const LARGE: usize = 100;

#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub reached: Vec<u64>,
    pub hand_outs: u64,
    buffer: usize,
    /// Packets under way that carry a delivery or an ack, by number.
    deliveries: BTreeSet<u64>,
    acks: BTreeSet<u64>,
    /// When each message was offered.
    offered: BTreeMap<MessageId, Time>,
    was_beyond: bool,
}

impl Tally {
    pub fn new(buffer: usize) -> Tally {
        Tally {
            reached: vec![0; SITUATIONS.len()],
            hand_outs: 0,
            buffer,
            deliveries: BTreeSet::new(),
            acks: BTreeSet::new(),
            offered: BTreeMap::new(),
            was_beyond: false,
        }
    }

    /// Takes an event, and the books as they stood before it.
    pub fn observe(&mut self, event: &Event, books: &Ledger) {
        match &event.what {
            What::Sent { packet, kind, .. } => match kind.as_str() {
                "deliver" => _ = self.deliveries.insert(packet.0),
                "ack" => _ = self.acks.insert(packet.0),
                _ => {}
            },
            What::Dropped { packet, why: DropReason::Script | DropReason::Cut } => {
                self.reached[9] += u64::from(self.deliveries.contains(&packet.0));
                self.reached[10] += u64::from(self.acks.contains(&packet.0));
            }
            What::Handed { .. } => self.hand_outs += 1,
            What::Started { message, .. } => self.given(*message, books),
            What::Crashed { machine, .. } => {
                self.reached[if *machine { 5 } else { 4 }] += 1;
                let emitted = books.messages.values().any(|entry| entry.emitted && !entry.acked);
                self.reached[6] += u64::from(emitted);
                self.reached[7] += u64::from(books.waiting_behind_a_gap() > 0);
            }
            What::DeadLettered { message, .. } => {
                let waited = books.messages.get(message).is_some_and(|dead| {
                    let behind = |id: &&MessageId| {
                        let entry = &books.messages[id];
                        entry.seq > dead.seq && entry.given > 0 && !entry.emitted
                    };
                    books.keys[&dead.key].iter().any(|id| behind(&id))
                });
                self.reached[8] += u64::from(waited);
            }
            What::Offered { message, .. } => {
                _ = self.offered.insert(*message, event.at);
                self.reached[13] += u64::from(self.offered.len() == LARGE + 1);
            }
            What::Stored { message, .. } => {
                let waited = self.offered.get(message).map_or(Time::ZERO, |since| event.at.since(*since));
                self.reached[11] += u64::from(waited > Time::secs(1));
            }
            What::Skewed { .. } => self.reached[12] += u64::from(books.waiting_behind_a_gap() > 0),
            What::Paused { .. } => self.reached[14] += 1,
            _ => {}
        }
    }

    fn given(&mut self, message: MessageId, books: &Ledger) {
        let Some(entry) = books.messages.get(&message) else { return };
        let early = books.missing(entry.key).is_some_and(|(gap, _)| gap < message) && !entry.emitted;
        self.reached[0] += u64::from(early && entry.given == 0);
        self.reached[2] += u64::from(entry.emitted);
        self.reached[3] += u64::from(entry.given > 0 && !entry.emitted);
        let fresh = usize::from(early && entry.given == 0);
        let beyond = books.waiting_behind_a_gap() + fresh > self.buffer;
        self.reached[1] += u64::from(beyond && !self.was_beyond);
        self.was_beyond = beyond;
    }
}
