// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was thrown at the learner's code, counted from the events of a run.

use trace::{Event, Map, MessageId, NodeId, PacketId, Set, Time, What};

use super::process::Stopped;
use super::world::LEASE;
use crate::reproducible::{Situation, must};
use crate::traffic::Traffic;

/// Counted in this order. Each speaks of what the world did, so that answers of every shape reach them.
pub(super) const SITUATIONS: &[Situation] = &[
    must("heartbeats lost"),
    must("results lost on their way to the store"),
    must("deletes lost"),
    must("answers lost"),
    must("results that came twice"),
    must("leases that ran out while the work went on"),
    must("jobs handed out again while an earlier holder still worked on them"),
    must("results that reached the store after that of a later holder"),
    must("crashes of a worker at work"),
    must("workers at work that stood still for longer than a lease"),
    must("work that stopped without a word"),
    must("work that failed"),
    must("jumps of a clock while somebody worked"),
];

/// Their places in the list.
const HEARTBEATS_LOST: usize = 0;
const RESULTS_LOST: usize = 1;
const DELETES_LOST: usize = 2;
const ANSWERS_LOST: usize = 3;
const RESULTS_TWICE: usize = 4;
const RAN_OUT: usize = 5;
const HANDED_AGAIN: usize = 6;
const LATE_RESULTS: usize = 7;
const CRASHES: usize = 8;
const STOOD_STILL: usize = 9;
const STUCK: usize = 10;
const FAILED: usize = 11;
const JUMPS: usize = 12;

#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub reached: Vec<u64>,
    traffic: Traffic,
    /// Results under way: the token of each.
    results: Map<PacketId, (MessageId, u32)>,
    /// The largest token that reached the store.
    last: Map<MessageId, u32>,
    /// Who works on what.
    at_work: Set<(NodeId, MessageId, u32)>,
    paused: Map<NodeId, Time>,
}

impl Tally {
    pub fn new() -> Tally {
        Tally {
            reached: vec![0; SITUATIONS.len()],
            traffic: Traffic::default(),
            results: Map::new(),
            last: Map::new(),
            at_work: Set::new(),
            paused: Map::new(),
        }
    }

    fn works(&self, node: NodeId) -> bool {
        self.at_work.iter().any(|(worker, ..)| worker == node)
    }

    /// Takes the next event.
    pub fn observe(&mut self, event: &Event) {
        self.traffic.observe(event);
        let place = match self.traffic.lost(event).map(|packet| packet.kind.as_str()) {
            Some("extend") => Some(HEARTBEATS_LOST),
            Some("effect") => Some(RESULTS_LOST),
            Some("ack") => Some(DELETES_LOST),
            Some("extended" | "done" | "not-held" | "removed") => Some(ANSWERS_LOST),
            _ => None,
        };
        if let Some(place) = place {
            self.reached[place] += 1;
        }
        match event.what {
            What::Sent { packet, ref kind, message: Some(message), attempt, .. }
                if kind.as_str() == "effect" =>
            {
                self.results.insert(packet, (message, attempt));
            }
            What::Duplicated { packet, copy } => {
                if let Some(result) = self.results.get(packet).copied() {
                    self.results.insert(copy, result);
                    self.reached[RESULTS_TWICE] += 1;
                }
            }
            What::Arrived { packet } => {
                if let Some((message, token)) = self.results.get(packet).copied() {
                    let last = self.last.or_default(message);
                    self.reached[LATE_RESULTS] += u64::from(token < *last);
                    *last = token.max(*last);
                }
            }
            What::Started { node, message, attempt } => _ = self.at_work.insert((node, message, attempt)),
            What::Finished { node, message, attempt } => _ = self.at_work.remove((node, message, attempt)),
            What::LeaseExpired { message, attempt, .. } => {
                let goes_on = self.at_work.iter().any(|(_, m, a)| (m, a) == (message, attempt));
                self.reached[RAN_OUT] += u64::from(goes_on);
            }
            What::Handed { message, .. } => {
                self.reached[HANDED_AGAIN] += u64::from(self.at_work.iter().any(|(_, m, _)| m == message));
            }
            What::Crashed { node, .. } => {
                self.reached[CRASHES] += u64::from(self.works(node));
                self.at_work.retain(|(worker, ..)| worker != node);
            }
            What::Paused { node } => _ = self.paused.insert(node, event.at),
            What::Resumed { node } => {
                let since = self.paused.remove(node);
                let long = since.is_some_and(|since| event.at.since(since) > LEASE);
                self.reached[STOOD_STILL] += u64::from(long && self.works(node));
            }
            What::Note { node: Some(node), ref text } => {
                if let Some(Stopped { message, attempt, fails }) = Stopped::read(text) {
                    self.at_work.remove((node, message, attempt));
                    self.reached[if fails { FAILED } else { STUCK }] += 1;
                }
            }
            What::Skewed { node, .. } => self.reached[JUMPS] += u64::from(self.works(node)),
            _ => {}
        }
    }
}
