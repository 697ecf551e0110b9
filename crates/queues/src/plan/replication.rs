// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be chosen about a queue that several brokers keep.

/// How several brokers keep the same queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replication {
    /// They do not: there is one.
    Alone,
    /// A leader and followers in sync with it, whom a controller keeps the list of (Kafka).
    InSync,
    /// A leader and mirrors, each side of a partition going by whom it sees (RabbitMQ's classic mirrored queues; a pair of
    /// Artemis brokers without a lock manager).
    Mirrors,
    /// A majority (Raft: RabbitMQ's quorum queues).
    Quorum,
}

/// Which copies of a message a confirm waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirms {
    /// The leader's.
    Leader,
    /// All that the replication asks for.
    All,
}

/// What makes a broker flush what no confirm waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// A timer, that of the operating system or one of the broker's.
    Timer,
    /// The next write, if it comes late enough (beanstalkd): the last write before a pause waits for it.
    NextWrite,
}

/// What mirrors do when they find that they were parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parted {
    /// Nothing; a person restarts one side.
    Ignore,
    /// Whoever sees no majority stands still until it does.
    PauseMinority,
    /// The side with fewer clients restarts by itself.
    AutoHeal,
}
