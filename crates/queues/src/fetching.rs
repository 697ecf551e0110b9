// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the replicas of a partition say to each other, and to the controller that knows who leads.

use trace::{MessageId, NodeId};

use crate::wire::Letter;

/// Who leads, since which election, and who may lead next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// The election that it follows from, from 1.
    pub epoch: u32,
    /// How often who is in sync has changed in this epoch.
    pub version: u32,
    /// Who leads.
    pub leader: NodeId,
    /// The replicas in sync: the bit of each one's place among the replicas.
    pub in_sync: u16,
}

/// A word of replication where followers fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetching {
    /// Controller to everybody: so it is.
    Role(Role),
    /// Leader to controller: let these be in sync, if nothing has changed since.
    Propose(Role),
    /// Follower to leader: I hold everything below this offset; send me what stands there.
    Fetch {
        /// The epoch that it believes in.
        epoch: u32,
        /// The first offset that it does not hold.
        offset: u32,
        /// What stands before it: where that is another record the two logs have parted.
        last: MessageId,
    },
    /// Leader to follower: this stands there.
    Copy {
        /// The leader's epoch.
        epoch: u32,
        /// Where it stands.
        offset: u32,
        /// What.
        letter: Letter,
    },
    /// Leader to follower: there is nothing to copy at this offset.
    Nothing {
        /// The leader's epoch.
        epoch: u32,
        /// The offset that was asked for.
        offset: u32,
        /// Whether what stands before it is another record: the follower has to cut it off.
        parted: bool,
    },
}

impl Fetching {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Fetching::Role(_) => "role",
            Fetching::Propose(_) => "propose",
            Fetching::Fetch { .. } => "fetch",
            Fetching::Copy { .. } => "copy",
            Fetching::Nothing { .. } => "parked",
        }
    }

    pub(crate) fn message(&self) -> Option<MessageId> {
        match self {
            Fetching::Copy { letter, .. } => Some(letter.message),
            _ => None,
        }
    }
}
