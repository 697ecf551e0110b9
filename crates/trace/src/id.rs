// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who and what: the ids that events speak of.

use std::fmt;

/// A node of the run: its place in [`crate::Header::nodes`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u16);

impl NodeId {
    /// The index into the header's list of nodes.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A message as its producer means it: sending it again does not change the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u64);

/// One transmission over one link: each try and each duplicate is a packet of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PacketId(pub u64);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
