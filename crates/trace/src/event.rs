// SPDX-License-Identifier: MIT OR Apache-2.0
//! The events of a run.

use std::borrow::Cow;
use std::fmt;

use crate::{MessageId, NodeId, PacketId, Time};

/// One thing that happened, and when. Events stand in the order in which they happened; several may share a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The moment, in virtual time.
    pub at: Time,
    /// What happened.
    pub what: What,
}

/// What can happen. Facts only: whether one of them is *wrong* is for a checker to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A producer has a message to send. This is the intended moment of sending: latency counts from here, also when
    /// the first packet leaves later.
    Offered {
        /// Who offers it.
        producer: NodeId,
        /// The message.
        message: MessageId,
        /// Its place in this producer's order, from 0.
        seq: u64,
        /// Its key: messages of one key belong together.
        key: u32,
    },
    /// A packet left a node.
    Sent {
        /// The packet; it arrives, is dropped, or is still under way when the trace ends.
        packet: PacketId,
        /// Who sent it.
        from: NodeId,
        /// To whom.
        to: NodeId,
        /// What kind of packet.
        kind: PacketKind,
        /// The how-manieth of its kind on this link, from 1: what a fault script names it by.
        nth: u32,
        /// The message it carries or speaks of, if it is about one.
        message: Option<MessageId>,
        /// The delivery attempt it belongs to, from 1; 0 where none.
        attempt: u32,
    },
    /// A packet reached its node.
    Arrived {
        /// Which.
        packet: PacketId,
    },
    /// A packet will never arrive.
    Dropped {
        /// Which.
        packet: PacketId,
        /// What took it.
        why: DropReason,
    },
    /// The network made a second packet of one.
    Duplicated {
        /// The packet that was copied.
        packet: PacketId,
        /// The copy; it arrives or is dropped on its own.
        copy: PacketId,
    },
    /// A broker took a message into its queue.
    Stored {
        /// The broker.
        node: NodeId,
        /// The message.
        message: MessageId,
    },
    /// A broker that does not lead took a copy of a message into its log.
    Replicated {
        /// The broker.
        node: NodeId,
        /// The message.
        message: MessageId,
    },
    /// A broker threw away its copy of a message: its log was not the one that counts.
    Discarded {
        /// The broker.
        node: NodeId,
        /// The message.
        message: MessageId,
    },
    /// A broker leads from now on, or leads no more.
    Leads {
        /// The broker.
        node: NodeId,
        /// In which term (Kafka: leader epoch).
        term: u32,
        /// Whether it does.
        leads: bool,
    },
    /// A node's writes reached the platter: a machine crash no longer takes them.
    Flushed {
        /// Whose disk.
        node: NodeId,
        /// How many writes became durable.
        writes: u32,
    },
    /// A producer learned that its message is the broker's responsibility now (publisher confirm).
    Confirmed {
        /// The producer.
        producer: NodeId,
        /// The message.
        message: MessageId,
    },
    /// A broker turned a message away, or a producer gave it up.
    Refused {
        /// Who refused.
        node: NodeId,
        /// The message.
        message: MessageId,
        /// Why.
        why: Refusal,
    },
    /// A broker handed a message to a consumer.
    Handed {
        /// The broker.
        node: NodeId,
        /// The consumer it was sent to.
        consumer: NodeId,
        /// The message.
        message: MessageId,
        /// Which delivery of this message, from 1.
        attempt: u32,
        /// When the broker will hand it out again unless it hears an ack; `None` without a lease.
        lease_until: Option<Time>,
    },
    /// A consumer began to work on a message.
    Started {
        /// The consumer.
        node: NodeId,
        /// The message.
        message: MessageId,
        /// Which delivery of it.
        attempt: u32,
    },
    /// A consumer ended its work on a message; an asynchronous effect may land later.
    Finished {
        /// The consumer.
        node: NodeId,
        /// The message.
        message: MessageId,
        /// Which delivery of it.
        attempt: u32,
    },
    /// The message's effect took place in the world.
    Applied {
        /// Where: a consumer, or the store that its effects land in.
        node: NodeId,
        /// The message.
        message: MessageId,
        /// Which delivery of it.
        attempt: u32,
    },
    /// What an account holds from now on, durably: after a booking, or as its node finds it when it starts.
    Balance {
        /// Who keeps the account.
        node: NodeId,
        /// The books that it belongs to. A transfer's bookings add up to nothing within them.
        ledger: u32,
        /// The account's number in its ledger.
        account: u32,
        /// The transfer that was booked; none where the node only says what it found.
        message: Option<MessageId>,
        /// What the account holds, in the smallest unit of money.
        amount: i64,
    },
    /// A broker took an ack and let go of the message.
    Acked {
        /// The broker.
        node: NodeId,
        /// The message.
        message: MessageId,
        /// Which delivery was acknowledged.
        attempt: u32,
    },
    /// A broker took a negative ack.
    Nacked {
        /// The broker.
        node: NodeId,
        /// The message.
        message: MessageId,
        /// Which delivery.
        attempt: u32,
    },
    /// A lease ran out (visibility timeout): the broker may hand the message to somebody else.
    LeaseExpired {
        /// The broker.
        node: NodeId,
        /// The message.
        message: MessageId,
        /// Which delivery's lease.
        attempt: u32,
    },
    /// A broker that leads anew learns that a consumer has a message in hand, which the leader before handed out.
    Held {
        /// The broker.
        node: NodeId,
        /// The consumer.
        consumer: NodeId,
        /// The message.
        message: MessageId,
        /// Which delivery it counts it as.
        attempt: u32,
    },
    /// A message went back into the queue, to be handed out again.
    Requeued {
        /// The broker.
        node: NodeId,
        /// The message.
        message: MessageId,
        /// How many messages stand before it now.
        ahead: u32,
    },
    /// A broker put a message aside.
    DeadLettered {
        /// The broker.
        node: NodeId,
        /// The message.
        message: MessageId,
        /// How often it had been handed out.
        attempts: u32,
    },
    /// A node stopped; its memory is gone.
    Crashed {
        /// Which node.
        node: NodeId,
        /// Whether the machine went down with it and took the page cache.
        machine: bool,
    },
    /// A node runs again, with nothing but its disk.
    Restarted {
        /// Which node.
        node: NodeId,
    },
    /// Everything on a node's disk is gone.
    DiskLost {
        /// Whose disk.
        node: NodeId,
    },
    /// A node stands still: it takes no step, and does not know.
    Paused {
        /// Which node.
        node: NodeId,
    },
    /// A paused node goes on where it stopped.
    Resumed {
        /// Which node.
        node: NodeId,
    },
    /// A node's clock jumped.
    Skewed {
        /// Which node.
        node: NodeId,
        /// Its clock minus true time, from now on, in nanoseconds.
        offset_ns: i64,
    },
    /// A node works slower, or at its own speed again.
    Slowed {
        /// Which node.
        node: NodeId,
        /// How long its work takes, in thousandths of normal: 4000 is four times as long.
        permille: u32,
    },
    /// Packets from one side no longer reach the other.
    Cut {
        /// The senders that are cut off.
        from: Vec<NodeId>,
        /// The receivers they no longer reach.
        to: Vec<NodeId>,
        /// Whether the way back still works.
        one_way: bool,
    },
    /// A cut is mended.
    Healed {
        /// One side.
        from: Vec<NodeId>,
        /// The other.
        to: Vec<NodeId>,
        /// Whether only the way from `from` to `to` was mended.
        one_way: bool,
    },
    /// A parameter of the scenario changed while it ran.
    ParameterSet {
        /// Its name.
        name: String,
        /// Its new value, as an address writes it.
        value: String,
    },
    /// From here on the dice fall differently: another future of the same past.
    Forked {
        /// Which future.
        future: u64,
    },
    /// Something a person should read.
    Note {
        /// Who says it, if anybody.
        node: Option<NodeId>,
        /// A sentence.
        text: String,
    },
    /// The run is over: always the last event.
    Ended {
        /// How.
        how: Ending,
    },
}

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

impl What {
    /// The message this event is about, where it is about one.
    pub fn message(&self) -> Option<MessageId> {
        use What::*;
        match *self {
            Sent { message, .. } | Balance { message, .. } => message,
            Offered { message, .. }
            | Stored { message, .. }
            | Replicated { message, .. }
            | Discarded { message, .. }
            | Confirmed { message, .. }
            | Refused { message, .. }
            | Handed { message, .. }
            | Started { message, .. }
            | Finished { message, .. }
            | Applied { message, .. }
            | Acked { message, .. }
            | Nacked { message, .. }
            | LeaseExpired { message, .. }
            | Held { message, .. }
            | Requeued { message, .. }
            | DeadLettered { message, .. } => Some(message),
            _ => None,
        }
    }

    /// Whether this is something that a fault script did: what the timeline marks.
    pub fn is_fault(&self) -> bool {
        use What::*;
        matches!(
            self,
            Crashed { .. }
                | Restarted { .. }
                | DiskLost { .. }
                | Paused { .. }
                | Resumed { .. }
                | Skewed { .. }
                | Slowed { .. }
                | Cut { .. }
                | Healed { .. }
                | ParameterSet { .. }
                | Forked { .. }
                | Dropped { why: DropReason::Script, .. }
        )
    }
}
