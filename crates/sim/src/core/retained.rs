// SPDX-License-Identifier: MIT OR Apache-2.0
//! Packets that a cut holds up and does not take: a connection sends again what was not acknowledged.

use trace::{DropReason, NodeId, PacketId, What};

use super::{Arrival, Core, Entry};
use crate::{Payload, Sink};

/// A packet that waits in its sender's buffer for a cut to heal.
pub(crate) struct Retained<P> {
    pub id: PacketId,
    pub from: NodeId,
    pub to: NodeId,
    /// The processes at both ends of the connection.
    pub sender: u32,
    pub receiver: u32,
    pub payload: P,
}

impl<P: Payload, S: Sink> Core<P, S> {
    /// A cut takes a packet, unless its link sends it again when the cut is healed.
    pub fn meets_cut(&mut self, id: PacketId, from: NodeId, to: NodeId, sender: u32, payload: P) {
        if !self.link_mut(from, to).config.retransmits {
            return self.record(|| What::Dropped { packet: id, why: DropReason::Cut });
        }
        let receiver = self.machines[to.index()].incarnation;
        self.retained.push(Retained { id, from, to, sender, receiver, payload });
    }

    /// Cuts were healed: what waited for it goes on its way, if the processes at both ends are still the same.
    pub fn send_retained(&mut self) {
        let now = self.now;
        for packet in std::mem::take(&mut self.retained) {
            let Retained { id, from, to, sender, receiver, payload } = packet;
            if self.link_mut(from, to).cuts > 0 {
                self.retained.push(Retained { id, from, to, sender, receiver, payload });
                continue;
            }
            let alive = |node: NodeId, incarnation| self.machines[node.index()].incarnation == incarnation;
            if !alive(from, sender) || !alive(to, receiver) {
                self.record(|| What::Dropped { packet: id, why: DropReason::Down });
                continue;
            }
            let ends = self.link_mut(from, to).pass_again(now);
            self.insert(ends, Entry::Packet { id, from, sender, to, end: Arrival::Arrives, payload });
        }
    }

    /// A connection is closed: what waits in its buffers is lost.
    pub fn drop_retained(&mut self, a: NodeId, b: NodeId) {
        for packet in std::mem::take(&mut self.retained) {
            if (packet.from, packet.to) == (a, b) || (packet.from, packet.to) == (b, a) {
                let id = packet.id;
                self.record(|| What::Dropped { packet: id, why: DropReason::Cut });
            } else {
                self.retained.push(packet);
            }
        }
    }
}
