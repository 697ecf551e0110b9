// SPDX-License-Identifier: MIT OR Apache-2.0
//! The events of a run.

mod reason;

use crate::{MessageId, NodeId, PacketId, Time};
pub use reason::{Bound, DropReason, Ending, PacketKind, Refusal};

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
