// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was thrown at the learner's code, counted from the events of a run.

use trace::{DropReason, Event, Map, MessageId, NodeId, PacketId, Set, Trace, What};

use super::notes::{self, Said};
use crate::reproducible::{Situation, may, must};

/// Counted in this order. Each speaks of what the world did, so that answers of every shape reach them.
pub(super) const SITUATIONS: &[Situation] = &[
    must("fetches lost"),
    must("fetches that came twice"),
    must("fetches that were heard after their epoch was over"),
    must("changes of who is in sync that were heard after their epoch was over"),
    must("replicas that left those in sync"),
    must("replicas that joined those in sync"),
    must("leaders that were left alone in sync"),
    must("elections of a replica whose log was shorter than the last leader's"),
    must("replicas that were elected again"),
    must("records that came to one who led no more"),
    must("records that came when just as many were in sync as must be"),
    must("records cut off a log"),
    must("crashes of a leader"),
    may("pauses"),
    may("cuts"),
];

/// Their places in the list.
const FETCHES_LOST: usize = 0;
const FETCHES_TWICE: usize = 1;
const FETCHES_STALE: usize = 2;
const IN_SYNC_STALE: usize = 3;
const LEFT: usize = 4;
const JOINED: usize = 5;
const ALONE: usize = 6;
const SHORTER: usize = 7;
const AGAIN: usize = 8;
const LED_NO_MORE: usize = 9;
const JUST_ENOUGH: usize = 10;
const CUT_OFF: usize = 11;
const CRASHES: usize = 12;
const PAUSES: usize = 13;
const CUTS: usize = 14;

#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub reached: Vec<u64>,
    min_insync: usize,
    fetches: Set<PacketId>,
    /// The epoch that each node is in, and whether it leads it.
    epochs: Vec<(u32, bool)>,
    in_sync: Vec<u16>,
    logs: Vec<Set<MessageId>>,
    lead: Option<NodeId>,
    led: Map<NodeId, u32>,
}

impl Tally {
    pub fn new(trace: &Trace, min_insync: usize) -> Tally {
        let nodes = trace.header.nodes.len();
        Tally {
            reached: vec![0; SITUATIONS.len()],
            min_insync,
            fetches: Set::new(),
            epochs: vec![(0, false); nodes],
            in_sync: vec![0; nodes],
            logs: vec![Set::new(); nodes],
            lead: None,
            led: Map::new(),
        }
    }

    /// Takes the next event.
    pub fn observe(&mut self, event: &Event) {
        match event.what {
            What::Sent { packet, ref kind, .. } if kind.as_str() == "fetch" => {
                self.fetches.insert(packet);
            }
            What::Dropped { packet, why: DropReason::Script | DropReason::Cut } => {
                self.reached[FETCHES_LOST] += u64::from(self.fetches.contains(packet));
            }
            What::Duplicated { packet, .. } => {
                self.reached[FETCHES_TWICE] += u64::from(self.fetches.contains(packet));
            }
            What::Stored { node, message } => _ = self.logs[node.index()].insert(message),
            What::Started { node, .. } => {
                let leads = self.epochs[node.index()].1;
                let in_sync = self.in_sync[node.index()].count_ones() as usize;
                self.reached[LED_NO_MORE] += u64::from(!leads);
                self.reached[JUST_ENOUGH] += u64::from(leads && in_sync == self.min_insync);
            }
            What::Crashed { node, .. } => {
                self.reached[CRASHES] += u64::from(self.epochs[node.index()].1);
                self.epochs[node.index()] = (0, false);
            }
            What::Paused { .. } => self.reached[PAUSES] += 1,
            What::Cut { .. } => self.reached[CUTS] += 1,
            What::Note { node: Some(node), ref text } => {
                if let Some(said) = notes::read(text) {
                    self.said(node, said);
                }
            }
            _ => {}
        }
    }

    fn said(&mut self, node: NodeId, said: Said) {
        let place = node.index();
        match said {
            Said::Leads(epoch) => {
                if let Some(last) = self.lead.replace(node) {
                    let shorter = self.logs[place].len() < self.logs[last.index()].len();
                    self.reached[SHORTER] += u64::from(shorter && last != node);
                }
                self.reached[AGAIN] += u64::from(self.led.insert(node, epoch).is_some());
                self.epochs[place] = (epoch, true);
                self.in_sync[place] = 0;
            }
            Said::Follows(epoch) => self.epochs[place] = (epoch, false),
            Said::InSync(epoch, _) if epoch < self.epochs[place].0.into() => {
                self.reached[IN_SYNC_STALE] += 1;
            }
            Said::InSync(_, now) => {
                let before = std::mem::replace(&mut self.in_sync[place], now);
                if before != 0 {
                    self.reached[LEFT] += u64::from((before & !now).count_ones());
                    self.reached[JOINED] += u64::from((now & !before).count_ones());
                    self.reached[ALONE] += u64::from(now.count_ones() == 1 && before != now);
                }
            }
            Said::Heard { epoch, .. } => {
                self.reached[FETCHES_STALE] += u64::from(epoch < self.epochs[place].0.into());
            }
            Said::CutOff(message) => {
                self.logs[place].remove(message);
                self.reached[CUT_OFF] += 1;
            }
            Said::Unled(_) | Said::TooFew(_) => {}
        }
    }
}
