// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why a run ended, a packet was lost or a message refused; and what kinds of packets there are.

use std::borrow::Cow;
use std::fmt;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nothing was left to happen.
    Finished,
    /// A bound was reached first. Never a success: whatever was still to come is unknown.
    Unfinished(Bound),
}

/// The bounds that keep a run from going on for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The most steps (agenda entries) a run may take.
    Steps,
    /// The latest moment.
    Time,
    /// The most packets and timers waiting at once.
    Pending,
    /// The longest trace.
    Events,
}

impl Bound {
    /// In words, behind "the run stopped at".
    pub const fn words(self) -> &'static str {
        match self {
            Bound::Steps => "its bound of steps",
            Bound::Time => "its bound of time",
            Bound::Pending => "its bound of packets and timers that wait",
            Bound::Events => "its bound of events",
        }
    }
}

/// What took a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropReason {
    /// The network's loss rate.
    Loss,
    /// A fault script named this packet.
    Script,
    /// The link was cut.
    Cut,
    /// The receiver was down.
    Down,
}

/// Why a message was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The queue is full, and the broker says so.
    Full,
    /// The queue is full, and the oldest message was dropped to make room: this one.
    DroppedOldest,
    /// The queue is full, and the newest message was dropped without a word: this one.
    DroppedNewest,
    /// It waited for longer than the queue keeps messages, and was dropped without a word.
    Expired,
    /// Too few replicas would have it, or it came to one that does not lead.
    TooFewReplicas,
    /// The producer has tried as often as it may.
    GaveUp,
}

/// The kind of a packet: a word of the protocol, such as `publish` or `ack`.
///
/// Text and not an enum, because each protocol brings its own: the queue models, replication, a learner's exercise.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PacketKind(pub Cow<'static, str>);

impl PacketKind {
    /// A kind known when the program was built.
    pub const fn new(kind: &'static str) -> PacketKind {
        PacketKind(Cow::Borrowed(kind))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PacketKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PacketKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
