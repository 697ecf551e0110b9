// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who is a member of the group: the exam's own books. It believes nobody to be alive who does not answer, and nobody to
//! be dead.

use trace::{Map, NodeId, Set, Time};

/// Consumers are counted from 1, and so are members; one that comes back has a number that ends in the same two digits.
const AGAIN: u64 = 100;

/// How long a member may leave a message without an answer. What it is handed at once takes a fraction of that.
pub(super) const LEASE: Time = Time::millis(400);

/// One membership: it ends when the member is put out, leaves, or comes back with a new session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Membership {
    pub number: u64,
    pub node: NodeId,
    pub session: u64,
    /// How many messages were handed to it.
    pub handed: u32,
}

/// The group as the learner's code knows it, and what the next generation will change.
#[derive(Default)]
pub(super) struct Group {
    pub generation: u64,
    pub members: Vec<Membership>,
    joining: Vec<Membership>,
    leaving: Set<u64>,
    /// How often each consumer has joined, by its place.
    joined: Map<u64, u64>,
    /// The last session of each consumer.
    sessions: Map<NodeId, u64>,
}

impl Group {
    /// A consumer asks to be a member, in this session. Whether that changes the group.
    pub fn join(&mut self, consumer: usize, node: NodeId, session: u64) -> bool {
        if self.sessions.insert(node, session) == Some(session) {
            return false;
        }
        let old = self.members.iter().filter(|member| member.node == node);
        self.leaving.extend(old.map(|member| member.number));
        self.joining.retain(|member| member.node != node);
        let before = self.joined.or_default(consumer as u64);
        let number = consumer as u64 + 1 + AGAIN * *before;
        *before += 1;
        self.joining.push(Membership { number, node, session, handed: 0 });
        true
    }

    /// A consumer leaves for good, also one that is about to join. Whether it was a member.
    pub fn leave(&mut self, node: NodeId) -> bool {
        self.joining.retain(|member| member.node != node);
        let number = self.members.iter().find(|member| member.node == node).map(|member| member.number);
        number.is_some_and(|number| self.put_out(number).is_some())
    }

    /// Ends a membership, if that has not been done yet.
    pub fn put_out(&mut self, number: u64) -> Option<Membership> {
        let member = self.members.iter().find(|member| member.number == number)?;
        self.leaving.insert(number).then_some(*member)
    }

    pub fn find_mut(&mut self, number: u64) -> Option<&mut Membership> {
        self.members.iter_mut().find(|member| member.number == number)
    }

    /// Whether a consumer has not joined again since this session.
    pub fn is_last(&self, node: NodeId, session: u64) -> bool {
        self.sessions.get(node) == Some(&session)
    }

    /// Begins the next generation: its number, and those of its members.
    pub fn next_generation(&mut self) -> (u64, Vec<u64>) {
        self.generation += 1;
        let leaving = std::mem::take(&mut self.leaving);
        self.members.retain(|member| !leaving.contains(member.number));
        self.members.append(&mut self.joining);
        self.members.sort_by_key(|member| member.number);
        (self.generation, self.members.iter().map(|member| member.number).collect())
    }
}

/// The place of the consumer behind a member's number, from 0.
pub(super) fn consumer_of(number: u64) -> usize {
    (number % AGAIN).saturating_sub(1) as usize
}
