// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a node holds, and how it is.

use std::collections::VecDeque;

use trace::{Map, MessageId, NodeId, Role, Set, Time};

/// How a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It runs.
    Up,
    /// It is down.
    Crashed,
    /// It stands still.
    Paused,
    /// Its work takes this many thousandths of the usual time.
    Slow(u32),
}

/// A message that a broker gave to a consumer and may have to give to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    pub message: MessageId,
    pub attempt: u32,
    pub consumer: NodeId,
    pub since: Time,
    pub until: Option<Time>,
    /// It ran out, or was given back; the message will be requeued or put aside.
    pub over: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct NodeState {
    pub crashed: bool,
    pub paused: bool,
    /// Zero is unset: the usual thousand.
    pub permille: u32,
    pub offset_ns: i64,
    /// Messages that wait here, the head first, with the delivery they belong to.
    pub waiting: VecDeque<(MessageId, u32)>,
    pub leases: Vec<Lease>,
    /// Works that go on, by place in the index.
    pub working: Vec<u32>,
    /// Messages put aside.
    pub dead: Vec<MessageId>,
    /// What its accounts hold, by ledger and account.
    pub accounts: Map<(u32, u32), i64>,
    /// The term in which it leads, if it does.
    pub leads: Option<u32>,
    /// Messages that its log has a copy of. Brokers of a cluster only.
    pub log: Set<MessageId>,
}

impl NodeState {
    pub fn condition(&self) -> Condition {
        match self {
            NodeState { crashed: true, .. } => Condition::Crashed,
            NodeState { paused: true, .. } => Condition::Paused,
            NodeState { permille: 0 | 1000, .. } => Condition::Up,
            NodeState { permille, .. } => Condition::Slow(*permille),
        }
    }

    /// Takes a lease off the books: that of this delivery, else one that ran out or was given back, else the oldest.
    pub fn unlease(&mut self, message: MessageId, attempt: u32) -> bool {
        let leases = || self.leases.iter().enumerate().filter(|(_, lease)| lease.message == message);
        let same = leases().find(|(_, lease)| lease.attempt == attempt);
        let place = same.or_else(|| leases().find(|(_, lease)| lease.over)).or_else(|| leases().next());
        let place = place.map(|(place, _)| place);
        place.map(|place| self.leases.remove(place)).is_some()
    }

    /// Lets go of a copy of a message: a lease of it, else one that waits. A queue may hold several copies, if its
    /// producer sent it several times.
    pub fn forget(&mut self, message: MessageId, attempt: u32) {
        if !self.unlease(message, attempt) {
            self.take(message);
        }
    }

    /// Takes a copy off those that wait; whether there was one.
    pub fn take(&mut self, message: MessageId) -> bool {
        let place = self.waiting.iter().position(|(waiting, _)| *waiting == message);
        place.map(|place| self.waiting.remove(place)).is_some()
    }

    /// Hands a copy out: one that waited, else one whose lease is over.
    pub fn hand_out(&mut self, lease: Lease) {
        let over = |known: &Lease| known.message == lease.message && known.over;
        if !self.take(lease.message)
            && let Some(place) = self.leases.iter().position(over)
        {
            self.leases.remove(place);
        }
        self.leases.push(lease);
    }

    pub fn lose_memory(&mut self, role: Role) {
        self.working.clear();
        self.leases.clear();
        self.leads = None;
        // A broker's messages may be on its disk. What it finds there when it runs again it puts back into the queue,
        // and the trace says so; until then they are drawn in a queue that is down.
        if role != Role::Queue {
            self.waiting.clear();
        }
    }
}
