// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was thrown at the learner's code, counted from the events of a run.

use trace::{DropReason, Event, MessageId, Set, Time, What};

use crate::reproducible::{Situation, may, must};
use crate::traffic::Traffic;

/// Counted in this order. Each speaks of what the world did, so that answers of every shape reach them.
pub(super) const SITUATIONS: &[Situation] = &[
    must("publishes lost"),
    must("publishes that came twice"),
    must("answers lost"),
    must("answers that came twice"),
    must("publishes refused"),
    must("publishes that met a cut"),
    must("deliveries that came twice"),
    must("crashes of the process"),
    must("crashes before a copy was stored"),
    must("crashes after a copy was stored and before its ack"),
    must("messages handed out again that were stored downstream"),
    must("crashes while downstream was out of reach for more than a second"),
    must("runs with more than 64 messages"),
    may("pauses"),
];

/// Their places in the list.
const PUBLISHES_LOST: usize = 0;
const PUBLISHES_TWICE: usize = 1;
const ANSWERS_LOST: usize = 2;
const ANSWERS_TWICE: usize = 3;
const REFUSED: usize = 4;
const MET_A_CUT: usize = 5;
const DELIVERIES_TWICE: usize = 6;
const CRASHES: usize = 7;
const CRASHES_BEFORE_COPY: usize = 8;
const CRASHES_BEFORE_ACK: usize = 9;
const AGAIN_STORED: usize = 10;
const CRASHES_CUT_OFF: usize = 11;
const LARGE_RUNS: usize = 12;
const PAUSES: usize = 13;

/// A run with more messages than this is a large one.
const LARGE: u64 = 64;

#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub reached: Vec<u64>,
    traffic: Traffic,
    /// What the relay was given and the queue has not forgotten.
    open: Set<MessageId>,
    /// What is stored downstream.
    copied: Set<MessageId>,
    offered: u64,
    /// Since when downstream is out of reach.
    cut: Option<Time>,
}

impl Tally {
    pub fn new() -> Tally {
        Tally {
            reached: vec![0; SITUATIONS.len()],
            traffic: Traffic::default(),
            open: Set::new(),
            copied: Set::new(),
            offered: 0,
            cut: None,
        }
    }

    /// Takes the next event.
    pub fn observe(&mut self, event: &Event) {
        self.traffic.observe(event);
        let kind = |packet| self.traffic.get(packet).map(|packet| packet.kind.as_str());
        match event.what {
            What::Dropped { packet, why: DropReason::Script } => match kind(packet) {
                Some("effect") => self.reached[PUBLISHES_LOST] += 1,
                Some("done") => self.reached[ANSWERS_LOST] += 1,
                _ => {}
            },
            What::Dropped { packet, why: DropReason::Cut } if kind(packet) == Some("effect") => {
                self.reached[MET_A_CUT] += 1;
            }
            What::Duplicated { packet, .. } => match kind(packet) {
                Some("effect") => self.reached[PUBLISHES_TWICE] += 1,
                Some("done") => self.reached[ANSWERS_TWICE] += 1,
                Some("deliver") => self.reached[DELIVERIES_TWICE] += 1,
                _ => {}
            },
            What::Refused { .. } => self.reached[REFUSED] += 1,
            What::Handed { message, attempt, .. } => {
                self.reached[AGAIN_STORED] += u64::from(attempt > 1 && self.copied.contains(message));
            }
            What::Started { message, .. } => _ = self.open.insert(message),
            What::Acked { message, .. } => _ = self.open.remove(message),
            What::Applied { message, .. } => _ = self.copied.insert(message),
            What::Offered { .. } => {
                self.offered += 1;
                self.reached[LARGE_RUNS] += u64::from(self.offered == LARGE + 1);
            }
            What::Cut { .. } => self.cut = Some(event.at),
            What::Healed { .. } => self.cut = None,
            What::Crashed { .. } => {
                let cut_off = self.cut.is_some_and(|since| event.at - since > Time::secs(1));
                self.reached[CRASHES_CUT_OFF] += u64::from(cut_off && !self.open.is_empty());
                let (copied, open) = (&self.copied, &self.open);
                self.reached[CRASHES] += 1;
                self.reached[CRASHES_BEFORE_COPY] +=
                    u64::from(!open.iter().all(|message| copied.contains(message)));
                self.reached[CRASHES_BEFORE_ACK] +=
                    u64::from(open.iter().any(|message| copied.contains(message)));
                self.open.clear();
            }
            What::Paused { .. } => self.reached[PAUSES] += 1,
            _ => {}
        }
    }
}
