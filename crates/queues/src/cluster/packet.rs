// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the brokers of a cluster keep and send each other.

use trace::{MessageId, NodeId};

use crate::wire::Letter;

/// An entry of a replicated log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The term (Kafka: leader epoch) in which a leader appended it.
    pub term: u32,
    /// What it says.
    pub op: Op,
}

/// What an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// A message was published.
    Put(Letter),
    /// The message of the entry at this index is done with; in a log of partitions, and all before it in its own.
    Done {
        /// The index of the entry that put it.
        put: u32,
        /// The message.
        message: MessageId,
    },
    /// A member of the group reads these partitions (Kafka: a record of the offsets topic, of the group's metadata).
    Share(Share),
    /// Nothing: a new leader's first entry, by which earlier terms' entries are committed (Raft, section 5.4.2).
    Nothing,
}

impl Op {
    /// The message that it is about.
    pub fn message(self) -> Option<MessageId> {
        match self {
            Op::Put(letter) => Some(letter.message),
            Op::Done { message, .. } => Some(message),
            Op::Share(_) | Op::Nothing => None,
        }
    }
}

/// What a member of a group reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Since which generation of the group.
    pub generation: u32,
    /// The member.
    pub member: NodeId,
    /// Its session.
    pub session: u64,
    /// The bit of each of its partitions.
    pub partitions: u64,
}

/// What a replica keeps beside its log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// The newest term it knows.
    pub term: u32,
    /// Whom it gave its vote in this term.
    pub vote: Option<NodeId>,
    /// Entries up to this index it never had: a mirror that joined late.
    pub base: u32,
}

/// A set of replicas: bit *n* stands for the one at place *n*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places(pub u8);

impl Places {
    /// The first so many.
    pub fn first(count: usize) -> Places {
        Places(((1u16 << count) - 1) as u8)
    }

    /// Whether a place belongs to it.
    pub fn has(self, place: usize) -> bool {
        self.0 & 1 << place != 0
    }

    /// With one more.
    #[must_use]
    pub fn with(self, place: usize) -> Places {
        Places(self.0 | 1 << place)
    }

    /// With one less.
    #[must_use]
    pub fn without(self, place: usize) -> Places {
        Places(self.0 & !(1 << place))
    }

    /// How many there are.
    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Each of them, the lowest first.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..8).filter(move |place| self.has(*place))
    }
}

/// What the brokers of a cluster send each other, and their controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet {
    /// Leader to follower: this entry follows the one at `prev`; without an entry, only that I lead.
    Append {
        /// The leader's term.
        term: u32,
        /// The index of the entry before.
        prev: u32,
        /// That entry's term.
        prev_term: u32,
        /// Up to where the log is committed.
        committed: u32,
        /// The entry.
        entry: Option<Entry>,
    },
    /// Follower to leader: up to this index my log is yours, and as durable as it has to be; or it is no further than this,
    /// and I need what comes behind.
    Appended {
        /// The follower's term.
        term: u32,
        /// The index.
        have: u32,
        /// Whether the entry fitted.
        fits: bool,
    },
    /// Candidate to all: would you vote for me, or will you?
    Vote {
        /// The candidate's term; one more than its own while it only asks.
        term: u32,
        /// The last index of its log.
        last: u32,
        /// The term of that entry.
        last_term: u32,
        /// Whether it only asks (pre-vote; Raft dissertation, section 9.6).
        asks: bool,
    },
    /// Answer to a candidate.
    Voted {
        /// The term that was asked for.
        term: u32,
        /// The newest term that the voter knows.
        known: u32,
        /// Whether yes.
        yes: bool,
        /// Whether it only asked.
        asked: bool,
    },
    /// Controller to broker: from this epoch on this one leads, and these are in sync.
    Leadership {
        /// Counts the controller's decisions.
        version: u32,
        /// The epoch.
        epoch: u32,
        /// The leader's place; none if nobody can lead.
        leader: Option<u8>,
        /// The in-sync replicas.
        in_sync: Places,
        /// Whom the controller hears: nobody else can be in sync.
        alive: Places,
    },
    /// Broker to controller: I have heard of the decision of this version.
    Led(u32),
    /// Leader to controller: these should be in sync (Kafka: AlterPartition).
    InSync {
        /// The leader's epoch.
        epoch: u32,
        /// The replicas.
        in_sync: Places,
    },
    /// Broker to controller: my process is a new one, with this number of its own.
    Registered(u64),
    /// Mirror to mirror, when they hear each other again: this is how I stand.
    Hello {
        /// How often its side has chosen a new leader.
        term: u32,
        /// Who leads on its side.
        leader: Option<u8>,
        /// Who belongs to its side.
        side: Places,
        /// How many clients are connected to its leader, if it is the leader.
        clients: u8,
    },
    /// Winner to loser after a partition: forget what you hold, and join me.
    Rejoin {
        /// The winner's term.
        term: u32,
        /// Who leads.
        leader: u8,
    },
    /// Leader to a mirror that joins: what comes behind this index you will get, what came before you will not.
    Reset {
        /// The leader's term.
        term: u32,
        /// The index.
        base: u32,
        /// Who belongs to the side now.
        side: Places,
    },
}

impl Packet {
    /// The word for it.
    pub fn kind(&self) -> &'static str {
        match self {
            Packet::Append { .. } => "append",
            Packet::Appended { .. } => "appended",
            Packet::Vote { .. } => "vote",
            Packet::Voted { .. } => "voted",
            Packet::Leadership { .. } => "leadership",
            Packet::Led(_) => "led",
            Packet::InSync { .. } => "in-sync",
            Packet::Registered(_) => "registered",
            Packet::Hello { .. } => "hello",
            Packet::Rejoin { .. } => "rejoin",
            Packet::Reset { .. } => "reset-mirror",
        }
    }

    /// The message that it carries or settles.
    pub fn message(&self) -> Option<MessageId> {
        match self {
            Packet::Append { entry: Some(entry), .. } => entry.op.message(),
            _ => None,
        }
    }
}
