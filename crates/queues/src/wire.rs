// SPDX-License-Identifier: MIT OR Apache-2.0
//! The protocol between producers, broker, consumers and store.

use sim::Payload;
use trace::{MessageId, NodeId, Refusal};

/// A message on its way: what everybody who holds it knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its identity; sending it again does not change it.
    pub message: MessageId,
    /// Who offered it.
    pub producer: NodeId,
    /// Its place in its producer's order, from 0.
    pub seq: u64,
    /// Its key.
    pub key: u32,
}

/// What the nodes of a queue send each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// Producer to broker: keep this.
    Publish(Letter),
    /// Broker to producer: it is my responsibility now.
    Confirm(MessageId),
    /// Broker to producer: I will not take it.
    Refuse(MessageId, Refusal),
    /// Consumer to broker: send me messages, at most this many at a time without an ack.
    Subscribe {
        /// The prefetch.
        prefetch: u32,
        /// Counts the consumer's incarnations: a new one makes the broker forget the old one's session.
        session: u64,
    },
    /// Broker to consumer: you are subscribed.
    Subscribed,
    /// Broker to consumer: work on this.
    Deliver {
        /// The message.
        letter: Letter,
        /// Which delivery of it, from 1.
        attempt: u32,
    },
    /// Consumer to broker: done with this delivery.
    Ack(MessageId, u32),
    /// Consumer to broker: this delivery failed; hand it out again.
    Nack(MessageId, u32),
    /// Broker to consumer: this message stands in the dead-letter queue and will never come; do not wait for it.
    Gone(Letter),
    /// Consumer to broker: I have heard that it is gone.
    GoneHeard(MessageId),
    /// Consumer to store: let this take effect.
    Effect(Letter, u32),
    /// Store to consumer: it did.
    Done(MessageId, u32),
}

impl Payload for Wire {
    type Record = Letter;

    fn kind(&self) -> &'static str {
        match self {
            Wire::Publish(_) => "publish",
            Wire::Confirm(_) => "confirm",
            Wire::Refuse(..) => "refuse",
            Wire::Subscribe { .. } => "subscribe",
            Wire::Subscribed => "subscribed",
            Wire::Deliver { .. } => "deliver",
            Wire::Ack(..) => "ack",
            Wire::Nack(..) => "nack",
            Wire::Gone(_) => "gone",
            Wire::GoneHeard(_) => "gone-heard",
            Wire::Effect(..) => "effect",
            Wire::Done(..) => "done",
        }
    }

    fn message(&self) -> Option<MessageId> {
        match *self {
            Wire::Publish(letter)
            | Wire::Deliver { letter, .. }
            | Wire::Gone(letter)
            | Wire::Effect(letter, _) => Some(letter.message),
            Wire::Confirm(message)
            | Wire::GoneHeard(message)
            | Wire::Refuse(message, _)
            | Wire::Ack(message, _)
            | Wire::Nack(message, _)
            | Wire::Done(message, _) => Some(message),
            Wire::Subscribe { .. } | Wire::Subscribed => None,
        }
    }

    fn attempt(&self) -> u32 {
        match *self {
            Wire::Deliver { attempt, .. } => attempt,
            Wire::Ack(_, attempt)
            | Wire::Nack(_, attempt)
            | Wire::Effect(_, attempt)
            | Wire::Done(_, attempt) => attempt,
            _ => 0,
        }
    }
}
