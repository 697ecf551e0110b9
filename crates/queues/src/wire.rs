// SPDX-License-Identifier: MIT OR Apache-2.0
//! The protocol between producers, broker, consumers and store.

use sim::Payload;
use trace::{MessageId, NodeId, Refusal, Time};

use crate::cluster::{Entry, Packet, Term};
use crate::fetching::Fetching;
use crate::stream::Stream;

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

/// Names a delivery, for an ack or a nack. It is good in the session in which the message was delivered and in no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The message.
    pub message: MessageId,
    /// Which delivery of it, from 1.
    pub attempt: u32,
    /// The session of the delivery.
    pub session: u64,
}

/// Where a record stands in the answer to a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Which fetch of the session is answered, from 1.
    pub fetch: u32,
    /// Its place in the answer, from 0.
    pub index: u16,
    /// Whether the answer ends with it.
    pub last: bool,
}

/// What a node keeps on its disk under one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// A message, by the number under which it was stored.
    Message {
        /// The message.
        letter: Letter,
        /// When it may be seen for the first time.
        visible_at: Time,
    },
    /// An entry of a replicated log, by its index.
    Entry(Entry),
    /// What a replica must not forget beside its log.
    Term(Term),
}

impl Record {
    /// A message that may be seen at once.
    pub fn of(letter: Letter) -> Record {
        Record::Message { letter, visible_at: Time::ZERO }
    }

    /// The message, if it is one.
    pub fn letter(&self) -> Option<Letter> {
        match self {
            Record::Message { letter, .. } => Some(*letter),
            _ => None,
        }
    }
}

/// What the nodes of a queue send each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// Producer to broker: keep this.
    Publish(Letter),
    /// Caller to callee: do this, and answer; the how-manieth call for it this is, from 1.
    Call {
        /// The message.
        letter: Letter,
        /// Which call, from 1.
        attempt: u32,
    },
    /// Producer to broker: is anybody there?
    Connect,
    /// Broker to producer: yes.
    Connected,
    /// Broker to producer: it is my responsibility now. Callee to caller: it is done.
    Confirm(MessageId),
    /// Broker to producer: I will not take it.
    Refuse(MessageId, Refusal),
    /// Consumer to broker: send me messages, at most this many at a time without an ack.
    Subscribe {
        /// The prefetch.
        prefetch: u32,
        /// The consumer's own number for this connection, drawn anew with each: a new one makes the broker forget the
        /// session before it.
        session: u64,
    },
    /// Broker to consumer: you are subscribed, in the session of this number.
    Subscribed(u64),
    /// Broker to consumer: work on this.
    Deliver {
        /// The message.
        letter: Letter,
        /// Which delivery of it, from 1.
        attempt: u32,
        /// The session that it belongs to; an answer must name it.
        session: u64,
    },
    /// Consumer to broker: done with this delivery. In a log, and with everything before it in its partition.
    Ack(Receipt),
    /// Consumer to broker: this delivery failed; hand it out again.
    Nack(Receipt),
    /// Consumer to broker that lets go of what it hands out: send me one more, in the session of this number.
    Credit(u64),
    /// Consumer to broker: done with this delivery, as with an ack, and tell me that you have removed it.
    Remove(Receipt),
    /// Broker to consumer: it is removed.
    Removed(Receipt),
    /// Broker to consumer: there was nothing to remove; that delivery is not yours any more.
    NotHeld(Receipt),
    /// Consumer to broker: I still work on this; let my lease begin anew.
    Extend(Receipt),
    /// Broker to consumer: it does, if `held`; else that delivery is not yours any more.
    Extended {
        /// The delivery.
        receipt: Receipt,
        /// Whether it is still the consumer's.
        held: bool,
    },
    /// Broker to consumer: this message stands in the dead-letter queue and will never come; do not wait for it.
    Gone(Letter),
    /// Consumer to broker: I have heard that it is gone.
    GoneHeard(MessageId),
    /// Coordinator to member: the group has settled who reads what; fetch, in the session of this number.
    Assigned(u64),
    /// Coordinator to member: your session ends; finish what you have begun, and join again.
    Revoke(u64),
    /// Member to a new leader: I am of the group, in this session, and have read a partition up to this record. With more
    /// partitions it says so of one after the other.
    Resume {
        /// The member's session.
        session: u64,
        /// The number of its last fetch. What was asked for or answered up to it counts no more.
        number: u32,
        /// The record; none if it has read nothing.
        read: Option<MessageId>,
    },
    /// Leader to member: you are, and the next fetch begins behind it.
    Resumed {
        /// The member's session.
        session: u64,
        /// The number that it named.
        number: u32,
        /// The record.
        read: Option<MessageId>,
    },
    /// Member to broker: give me records of my partitions.
    Fetch {
        /// The member's session.
        session: u64,
        /// Which fetch of this session, from 1. The same again asks for the same answer.
        number: u32,
        /// How many records at most.
        most: u32,
    },
    /// Broker to member: there is nothing yet; the answer to this fetch comes when there is (long poll).
    Parked {
        /// The member's session.
        session: u64,
        /// Which fetch.
        number: u32,
    },
    /// Broker to member: a record of the answer to a fetch.
    Fetched {
        /// The message.
        letter: Letter,
        /// Which delivery of it, from 1.
        attempt: u32,
        /// The session that it belongs to.
        session: u64,
        /// Its place in the answer.
        batch: Batch,
    },
    /// Member to broker: move my offset behind this delivery, and say when you have.
    Commit(Receipt),
    /// Broker to member: it is moved.
    Committed(Receipt),
    /// Consumer to store: let this take effect.
    Effect(Letter, u32),
    /// Store to consumer: it did.
    Done(MessageId, u32),
    /// To a store: from now on refuse the effects of a key that come with a smaller token than this.
    Fence {
        /// The key.
        key: u32,
        /// The smallest token that still counts.
        token: u64,
    },
    /// Broker of a cluster to a client: another one leads.
    NotLeader {
        /// The message that it was asked to keep, if it was.
        message: Option<MessageId>,
        /// Who leads, if it knows.
        leader: Option<NodeId>,
    },
    /// Between the brokers of a cluster, and with their controller.
    Cluster(Packet),
    /// Store: it does.
    Fenced {
        /// The key.
        key: u32,
        /// The token that was asked for.
        token: u64,
        /// The last message of the key that took effect; 0 for none.
        last: MessageId,
    },
    /// Between the replicas of a partition and their controller.
    Fetching(Fetching),
    /// Between the ends of a byte stream.
    Stream(Stream),
}

impl Payload for Wire {
    type Record = Record;

    const KINDS: &'static [&'static str] = &[
        "publish",
        "call",
        "connect",
        "connected",
        "confirm",
        "refuse",
        "subscribe",
        "subscribed",
        "deliver",
        "ack",
        "nack",
        "credit",
        "removed",
        "not-held",
        "gone",
        "gone-heard",
        "assigned",
        "revoke",
        "resume",
        "resumed",
        "fetch",
        "parked",
        "commit",
        "committed",
        "effect",
        "done",
        "fence",
        "fenced",
        "not-leader",
        "append",
        "appended",
        "vote",
        "voted",
        "leadership",
        "led",
        "in-sync",
        "registered",
        "hello",
        "rejoin",
        "reset-mirror",
        "role",
        "propose",
        "copy",
        "extend",
        "extended",
        "bytes",
        "reply",
        "reset",
    ];

    fn kind(&self) -> &'static str {
        match self {
            Wire::Publish(_) => "publish",
            Wire::Call { .. } => "call",
            Wire::Connect => "connect",
            Wire::Connected => "connected",
            Wire::Confirm(_) => "confirm",
            Wire::Refuse(..) => "refuse",
            Wire::Subscribe { .. } => "subscribe",
            Wire::Subscribed(_) => "subscribed",
            Wire::Deliver { .. } | Wire::Fetched { .. } => "deliver",
            // To whoever drops the nth ack of a link it is one.
            Wire::Ack(..) | Wire::Remove(_) => "ack",
            Wire::Nack(..) => "nack",
            Wire::Credit(_) => "credit",
            Wire::Removed(_) => "removed",
            Wire::NotHeld(_) => "not-held",
            Wire::Extend(_) => "extend",
            Wire::Extended { .. } => "extended",
            Wire::Gone(_) => "gone",
            Wire::GoneHeard(_) => "gone-heard",
            Wire::Assigned(_) => "assigned",
            Wire::Revoke(_) => "revoke",
            Wire::Resume { .. } => "resume",
            Wire::Resumed { .. } => "resumed",
            Wire::Fetch { .. } => "fetch",
            Wire::Parked { .. } => "parked",
            Wire::Commit(_) => "commit",
            Wire::Committed(_) => "committed",
            Wire::Effect(..) => "effect",
            Wire::Done(..) => "done",
            Wire::Fence { .. } => "fence",
            Wire::Fenced { .. } => "fenced",
            Wire::NotLeader { .. } => "not-leader",
            Wire::Cluster(packet) => packet.kind(),
            Wire::Fetching(said) => said.kind(),
            Wire::Stream(packet) => packet.kind(),
        }
    }

    fn message(&self) -> Option<MessageId> {
        match *self {
            Wire::Publish(letter)
            | Wire::Call { letter, .. }
            | Wire::Deliver { letter, .. }
            | Wire::Fetched { letter, .. }
            | Wire::Gone(letter)
            | Wire::Effect(letter, _) => Some(letter.message),
            Wire::Confirm(message)
            | Wire::GoneHeard(message)
            | Wire::Refuse(message, _)
            | Wire::Done(message, _) => Some(message),
            Wire::Ack(receipt)
            | Wire::Nack(receipt)
            | Wire::Remove(receipt)
            | Wire::Removed(receipt)
            | Wire::NotHeld(receipt)
            | Wire::Extend(receipt)
            | Wire::Extended { receipt, .. }
            | Wire::Commit(receipt) => Some(receipt.message),
            Wire::NotLeader { message, .. } => message,
            Wire::Cluster(packet) => packet.message(),
            Wire::Fetching(said) => said.message(),
            Wire::Stream(packet) => packet.message(),
            // The answer to a commit moves no message: it is about an offset. A fence is about a key.
            Wire::Committed(_)
            | Wire::Fence { .. }
            | Wire::Fenced { .. }
            | Wire::Subscribe { .. }
            | Wire::Connect
            | Wire::Connected
            | Wire::Subscribed(_)
            | Wire::Credit(_)
            | Wire::Assigned(_)
            | Wire::Revoke(_)
            | Wire::Resume { .. }
            | Wire::Resumed { .. }
            | Wire::Fetch { .. }
            | Wire::Parked { .. } => None,
        }
    }

    fn attempt(&self) -> u32 {
        match *self {
            Wire::Deliver { attempt, .. } | Wire::Fetched { attempt, .. } | Wire::Call { attempt, .. } => {
                attempt
            }
            Wire::Ack(receipt)
            | Wire::Nack(receipt)
            | Wire::Remove(receipt)
            | Wire::Removed(receipt)
            | Wire::NotHeld(receipt)
            | Wire::Extend(receipt)
            | Wire::Extended { receipt, .. }
            | Wire::Commit(receipt) => receipt.attempt,
            Wire::Effect(_, attempt) | Wire::Done(_, attempt) => attempt,
            _ => 0,
        }
    }
}
