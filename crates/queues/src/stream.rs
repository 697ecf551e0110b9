// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the two ends of a byte stream send each other: the stream itself is kept by whoever models it.

use trace::MessageId;

/// A packet of a connection, which is named by its number, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The end that dials: let there be a connection.
    Dial(u32),
    /// The other: there is.
    Accepted(u32),
    /// Some bytes of the one who dials.
    Bytes(Segment),
    /// Some bytes of the other.
    Reply(Segment),
    /// That connection is no more.
    Reset(u32),
}

/// Which bytes of a connection these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The connection.
    pub connection: u32,
    /// How many bytes went before them this way.
    pub from: u32,
    /// How many they are.
    pub length: u32,
    /// The message that they are about.
    pub message: MessageId,
}

impl Stream {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Stream::Dial(_) => "connect",
            Stream::Accepted(_) => "connected",
            Stream::Bytes(_) => "bytes",
            Stream::Reply(_) => "reply",
            Stream::Reset(_) => "reset",
        }
    }

    pub(crate) fn message(&self) -> Option<MessageId> {
        match self {
            Stream::Bytes(segment) | Stream::Reply(segment) => Some(segment.message),
            _ => None,
        }
    }
}
