// SPDX-License-Identifier: MIT OR Apache-2.0
//! Packets, and the cuts that keep them on their way.

use trace::{DropReason, Event, Map, MessageId, NodeId, PacketKind, Time, What};

use crate::bands::severed_pairs;

/// A packet, from its sending to its fate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// When it left.
    pub sent_at: Time,
    /// Who sent it.
    pub from: NodeId,
    /// To whom.
    pub to: NodeId,
    /// What kind.
    pub kind: PacketKind,
    /// The how-manieth of its kind on this link, from 1. A copy has its original's number.
    pub nth: u32,
    /// The message it is about.
    pub message: Option<MessageId>,
    /// The delivery attempt, from 1; 0 where none. A producer's packet has no such number in the trace: here it is the
    /// how-manieth time that the producer sends this message.
    pub attempt: u32,
    /// Whether the network made it as a copy of another.
    pub copy: bool,
    /// What becomes of it.
    pub fate: PacketFate,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketFate {
    /// It reaches its node.
    Arrives(Time),
    /// It never will.
    Dropped(Time, DropReason),
    /// The trace ends first.
    UnderWay,
}

impl Packet {
    /// When it arrives or is dropped; [`Time::MAX`] while it is under way for good.
    pub fn end(&self) -> Time {
        match self.fate {
            PacketFate::Arrives(at) | PacketFate::Dropped(at, _) => at,
            PacketFate::UnderWay => Time::MAX,
        }
    }
}

/// When each directed link was cut: from, to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cuts(Map<(NodeId, NodeId), Vec<(Time, Time)>>);

impl Cuts {
    /// Takes notice of an event.
    pub fn take(&mut self, event: &Event) {
        match &event.what {
            What::Cut { from, to, one_way } => {
                for pair in severed_pairs(from, to, *one_way).iter() {
                    let cuts = self.0.or_default(pair);
                    if cuts.last().is_none_or(|cut| cut.1 < Time::MAX) {
                        cuts.push((event.at, Time::MAX));
                    }
                }
            }
            What::Healed { from, to, one_way } => {
                let end = |cuts: &mut Vec<(Time, Time)>| {
                    let open = cuts.last_mut().filter(|cut| cut.1 == Time::MAX);
                    open.into_iter().for_each(|cut| cut.1 = event.at);
                };
                if from.is_empty() && to.is_empty() {
                    self.0.values_mut().for_each(end);
                } else {
                    let mended = severed_pairs(from, to, *one_way);
                    mended.iter().for_each(|pair| end(self.0.or_default(pair)));
                }
            }
            _ => {}
        }
    }

    /// When the cut is over before which a packet stands for some time, if there is one: it left during the cut, or arrives
    /// after it. One that was past it already comes through.
    pub fn before(&self, packet: &Packet) -> Option<Time> {
        let (from, to) = (packet.sent_at, packet.end());
        let cuts = self.0.get((packet.from, packet.to))?;
        // One that is lost as it leaves has not waited.
        let left_in = |since: Time| since <= from && from < to;
        let holds = |(since, until): &&(Time, Time)| {
            from < *until && *since < to && (left_in(*since) || *until <= to)
        };
        cuts.iter().find(holds).map(|cut| cut.1)
    }
}
