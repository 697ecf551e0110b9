// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was thrown at the learner's code, counted from the events of a run.

use trace::{Event, Map, MessageId, Set, Time, What};

use crate::reproducible::{Situation, may, must};
use crate::traffic::Traffic;

/// Counted in this order. Each speaks of what the world did, so that answers of every shape reach them.
pub(super) const SITUATIONS: &[Situation] = &[
    must("deliveries lost"),
    must("deliveries that came twice"),
    must("deletes lost"),
    must("deletes that came twice"),
    must("answers lost"),
    must("answers that came twice"),
    must("leases that ran out"),
    must("answers that a delivery is not held any more"),
    must("crashes of the process"),
    must("crashes after a removal and before its effect"),
    must("crashes after which a message was handed out again"),
    must("messages that reached the queue more than a second late"),
    must("runs with more than 64 messages"),
    may("pauses"),
];

/// Their places in the list.
const LOST: usize = 0;
const TWICE: usize = 1;
const LEASES: usize = 6;
const NOT_HELD: usize = 7;
const CRASHES: usize = 8;
const CRASHES_BEFORE_EFFECT: usize = 9;
const CRASHES_AND_AGAIN: usize = 10;
const LATE: usize = 11;
const LARGE_RUNS: usize = 12;
const PAUSES: usize = 13;

/// A run with more messages than this is a large one.
const LARGE: usize = 64;

#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub reached: Vec<u64>,
    traffic: Traffic,
    /// When each message was offered.
    offered: Map<MessageId, Time>,
    /// Messages that the queue has removed and that have not taken effect.
    between: Set<MessageId>,
    /// Messages that the consumer has and the queue holds.
    in_flight: Set<MessageId>,
}

impl Tally {
    pub fn new() -> Tally {
        Tally {
            reached: vec![0; SITUATIONS.len()],
            traffic: Traffic::default(),
            offered: Map::new(),
            between: Set::new(),
            in_flight: Set::new(),
        }
    }

    /// Takes the next event.
    pub fn observe(&mut self, event: &Event) {
        self.traffic.observe(event);
        // The three kinds of packet stand in pairs: lost, twice.
        let pair = |kind: &str| match kind {
            "deliver" => Some(0),
            "ack" => Some(2),
            "removed" | "not-held" => Some(4),
            _ => None,
        };
        if let Some(pair) = self.traffic.lost(event).and_then(|packet| pair(&packet.kind)) {
            self.reached[pair + LOST] += 1;
        }
        match &event.what {
            What::Sent { kind, .. } if kind.as_str() == "not-held" => self.reached[NOT_HELD] += 1,
            What::Duplicated { packet, .. } => {
                if let Some(pair) = self.traffic.get(*packet).and_then(|packet| pair(&packet.kind)) {
                    self.reached[pair + TWICE] += 1;
                }
            }
            What::Offered { message, .. } => {
                self.offered.insert(*message, event.at);
                self.reached[LARGE_RUNS] += u64::from(self.offered.len() == LARGE + 1);
            }
            What::Stored { message, .. } => {
                let waited = self.offered.get(*message).map_or(Time::ZERO, |since| event.at.since(*since));
                self.reached[LATE] += u64::from(waited > Time::secs(1));
            }
            What::Started { message, .. } => _ = self.in_flight.insert(*message),
            What::Acked { message, .. } => {
                self.in_flight.remove(*message);
                self.between.insert(*message);
            }
            What::Applied { message, .. } => _ = self.between.remove(*message),
            What::LeaseExpired { .. } => self.reached[LEASES] += 1,
            What::Crashed { .. } => {
                self.reached[CRASHES] += 1;
                self.reached[CRASHES_BEFORE_EFFECT] += u64::from(!self.between.is_empty());
                self.reached[CRASHES_AND_AGAIN] += u64::from(!self.in_flight.is_empty());
                self.between.clear();
                self.in_flight.clear();
            }
            What::Paused { .. } => self.reached[PAUSES] += 1,
            _ => {}
        }
    }
}
