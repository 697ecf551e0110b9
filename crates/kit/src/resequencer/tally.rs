// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was thrown at the learner's code, counted from the events of a run.

use trace::{Event, Map, MessageId, Time, What};

use super::ledger::Ledger;
use crate::reproducible::{Situation, may, must};
use crate::traffic::Traffic;

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

/// Their places in the list.
const EARLY: usize = 0;
const BEYOND_BUFFER: usize = 1;
const AGAIN_EMITTED: usize = 2;
const AGAIN_OPEN: usize = 3;
const CRASHES: usize = 4;
const MACHINE_CRASHES: usize = 5;
const CRASHES_BEFORE_ACK: usize = 6;
const CRASHES_AT_GAP: usize = 7;
const DEAD_BEFORE_OTHERS: usize = 8;
const DELIVERIES_LOST: usize = 9;
const ACKS_LOST: usize = 10;
const LATE: usize = 11;
const CLOCK_AT_GAP: usize = 12;
const LARGE_RUNS: usize = 13;
const PAUSES: usize = 14;

/// A run with more messages than this is a large one.
const LARGE: usize = 100;

#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub reached: Vec<u64>,
    pub hand_outs: u64,
    buffer: usize,
    traffic: Traffic,
    /// When each message was offered.
    offered: Map<MessageId, Time>,
    was_beyond: bool,
    /// Something was emitted or put aside since the waiting messages were counted.
    moved: bool,
}

impl Tally {
    pub fn new(buffer: usize) -> Tally {
        Tally {
            reached: vec![0; SITUATIONS.len()],
            hand_outs: 0,
            buffer,
            traffic: Traffic::default(),
            offered: Map::new(),
            was_beyond: false,
            moved: false,
        }
    }

    /// Takes an event, and the books as they stood before it.
    pub fn observe(&mut self, event: &Event, books: &Ledger) {
        self.traffic.observe(event);
        match self.traffic.lost(event).filter(|packet| !packet.is_copy).map(|packet| packet.kind.as_str()) {
            Some("deliver") => self.reached[DELIVERIES_LOST] += 1,
            Some("ack") => self.reached[ACKS_LOST] += 1,
            _ => {}
        }
        match &event.what {
            What::Handed { .. } => self.hand_outs += 1,
            What::Started { message, .. } => self.given(*message, books),
            What::Crashed { machine, .. } => {
                self.reached[if *machine { MACHINE_CRASHES } else { CRASHES }] += 1;
                let emitted = books.messages.values().any(|entry| entry.emitted && !entry.acked);
                self.reached[CRASHES_BEFORE_ACK] += u64::from(emitted);
                self.reached[CRASHES_AT_GAP] += u64::from(books.waiting_behind_a_gap() > 0);
            }
            What::Applied { .. } => self.moved = true,
            What::DeadLettered { message, .. } => {
                self.moved = true;
                let waited = books.messages.get(*message).is_some_and(|dead| {
                    let behind = |id: &&MessageId| {
                        let entry = &books.messages[**id];
                        entry.seq > dead.seq && entry.given > 0 && !entry.emitted
                    };
                    books.keys[dead.key].iter().any(|id| behind(&id))
                });
                self.reached[DEAD_BEFORE_OTHERS] += u64::from(waited);
            }
            What::Offered { message, .. } => {
                _ = self.offered.insert(*message, event.at);
                self.reached[LARGE_RUNS] += u64::from(self.offered.len() == LARGE + 1);
            }
            What::Stored { message, .. } => {
                let waited = self.offered.get(*message).map_or(Time::ZERO, |since| event.at.since(*since));
                self.reached[LATE] += u64::from(waited > Time::secs(1));
            }
            What::Skewed { .. } => self.reached[CLOCK_AT_GAP] += u64::from(books.waiting_behind_a_gap() > 0),
            What::Paused { .. } => self.reached[PAUSES] += 1,
            _ => {}
        }
    }

    fn given(&mut self, message: MessageId, books: &Ledger) {
        let Some(entry) = books.messages.get(message) else { return };
        let early = books.missing(entry.key).is_some_and(|(gap, _)| gap < message) && !entry.emitted;
        self.reached[EARLY] += u64::from(early && entry.given == 0);
        self.reached[AGAIN_EMITTED] += u64::from(entry.emitted);
        self.reached[AGAIN_OPEN] += u64::from(entry.given > 0 && !entry.emitted);
        if entry.given > 0 && !self.moved {
            // It comes round again and nothing else happened: as much waits as before.
            return;
        }
        self.moved = false;
        let fresh = usize::from(early && entry.given == 0);
        let beyond = books.waiting_behind_a_gap() + fresh > self.buffer;
        self.reached[BEYOND_BUFFER] += u64::from(beyond && !self.was_beyond);
        self.was_beyond = beyond;
    }
}
