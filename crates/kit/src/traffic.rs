// SPDX-License-Identifier: MIT OR Apache-2.0
//! Packets by number: what kind they are and which message they speak of, copies included.

use trace::{DropReason, Event, Map, MessageId, PacketId, What};

/// A fold over events.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traffic {
    packets: Map<PacketId, Packet>,
}

/// A packet that is about a message.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    pub kind: String,
    pub message: MessageId,
    /// Made by the network.
    pub is_copy: bool,
}

impl Traffic {
    /// Takes the next event.
    pub fn observe(&mut self, event: &Event) {
        match &event.what {
            What::Sent { packet, kind, message: Some(message), .. } => {
                let sent = Packet { kind: kind.as_str().to_owned(), message: *message, is_copy: false };
                self.packets.insert(*packet, sent);
            }
            What::Duplicated { packet, copy } => {
                if let Some(original) = self.packets.get(*packet) {
                    self.packets.insert(*copy, Packet { is_copy: true, ..original.clone() });
                }
            }
            _ => {}
        }
    }

    /// The packet, if it is about a message.
    pub fn get(&self, packet: PacketId) -> Option<&Packet> {
        self.packets.get(packet)
    }

    /// The packet that the network loses in this event, if it is about a message.
    pub fn lost(&self, event: &Event) -> Option<&Packet> {
        match event.what {
            What::Dropped { packet, why: DropReason::Script | DropReason::Cut } => self.get(packet),
            _ => None,
        }
    }
}
