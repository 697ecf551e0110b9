// SPDX-License-Identifier: MIT OR Apache-2.0
//! The group's coordinator: who is a member, and who reads which partitions.
//!
//! When a member joins, dies or is silent for too long, the group **rebalances**: everybody is told to finish, commit and
//! join again; then the partitions are shared out anew (Kafka's eager protocol, with its range assignment). Nothing is
//! handed out meanwhile. With each rebalance the group is in a new generation, and as every member joins it with a new
//! session, the session of a delivery also says which generation it was made in.

use sim::{Context, Sink, TimerId};
use trace::{NodeId, Time, What};

use super::{Answer, JOINING, LEASE, Log, TELL_AGAIN};
use crate::wire::{Receipt, Wire};

/// How long an empty group waits for more members before it begins. Kafka waits 3 s (`group.initial.rebalance.delay.ms`).
const GATHER: Time = Time::millis(100);
/// A member is told to join again this often, at most so many times, until it does.
const TELL_AFTER: Time = Time::millis(500);
const TELL_TRIES: u32 = 20;

#[derive(Default)]
pub(super) struct Group {
    /// By node.
    members: Vec<Member>,
    /// Whether it is being shared out anew.
    joining: bool,
    /// Whether it was empty and waits for more members.
    gathering: bool,
    /// When it has waited for long enough.
    patience: Option<TimerId>,
    /// Counts rebalances.
    generation: u64,
    /// Whether another leader began this generation.
    taken_over: bool,
}

struct Member {
    node: NodeId,
    session: u64,
    standing: Standing,
    /// The fetch that waits for an answer, and how many records it takes at most.
    fetch: Option<(u32, u32)>,
    /// What it was answered last.
    answer: Answer,
    /// The commit that is answered when its flush is done.
    commit: Option<Receipt>,
    lease: Option<TimerId>,
    /// How often it was told to join again, and when it is told next.
    told: u32,
    again: Option<TimerId>,
}

impl Member {
    fn cancel_timers<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let timers = [self.lease.take(), self.again.take()];
        timers.into_iter().flatten().for_each(|timer| context.cancel(timer));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It reads what it is given, or has joined the next generation.
    In,
    /// It was told to join again, and the group waits for it.
    Asked,
    /// The group has gone on without it, and it is told so until it hears.
    Out,
    /// The same, and its connection has broken: it is dead, or was cut off.
    CutOff,
}

impl Group {
    fn find(&self, node: NodeId) -> Option<&Member> {
        self.members.iter().find(|member| member.node == node)
    }

    fn find_mut(&mut self, node: NodeId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.node == node)
    }

    /// Takes a member in, in place of what it was in an earlier session.
    pub fn insert<S: Sink>(&mut self, node: NodeId, session: u64, context: &mut Context<'_, Wire, S>) {
        if let Some(before) = self.find_mut(node) {
            before.cancel_timers(context);
            self.remove(node);
        }
        let place = self.members.iter().filter(|member| member.node < node).count();
        let (standing, answer) = (Standing::In, Answer::default());
        let (fetch, commit, lease, again) = (None, None, None, None);
        let member = Member { node, session, standing, fetch, answer, commit, lease, told: 0, again };
        self.members.insert(place, member);
    }

    fn remove(&mut self, node: NodeId) {
        self.members.retain(|member| member.node != node);
    }

    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether the group counts on a member: it reads, or is waited for.
    pub fn counts_on(&self, node: NodeId) -> bool {
        self.find(node).is_some_and(|member| matches!(member.standing, Standing::In | Standing::Asked))
    }

    /// A group that another leader has shared out, and whose members are still to be named.
    pub fn taken_over(generation: u64) -> Group {
        Group { generation, taken_over: true, ..Group::default() }
    }

    /// Whether a share of this generation is of a group that another leader has shared out.
    pub fn is_taken_over(&self, generation: u64) -> bool {
        self.taken_over && self.generation == generation
    }

    /// A member's commit is answered once it is durable.
    pub fn awaits_flush(&mut self, consumer: NodeId, receipt: Receipt) {
        self.find_mut(consumer).into_iter().for_each(|member| member.commit = Some(receipt));
    }

    /// The commit that a member waits for.
    pub fn flushed(&mut self, consumer: NodeId) -> Option<Receipt> {
        self.find_mut(consumer)?.commit.take()
    }

    /// The fetch of a member that waits for an answer: its number, how many records at most, and the partition that was
    /// read last.
    pub fn waits(&self, consumer: NodeId) -> Option<(u32, u32, usize)> {
        let member = self.find(consumer).filter(|member| member.standing == Standing::In)?;
        let (number, most) = member.fetch.filter(|_| !self.joining)?;
        Some((number, most, member.answer.partition))
    }

    /// A member waits for the answer to a fetch; one that it sent earlier and that comes late is void.
    pub fn wait(&mut self, consumer: NodeId, number: u32, most: u32) {
        let Some(member) = self.find_mut(consumer) else { return };
        if number > member.fetch.map_or(member.answer.fetch, |(waiting, _)| waiting) {
            member.fetch = Some((number, most));
        }
    }

    /// What a member asked for up to this fetch, and was answered, counts no more; whether it counted until now.
    pub fn forget_until(&mut self, consumer: NodeId, number: u32) -> bool {
        let Some(member) = self.find_mut(consumer).filter(|member| member.answer.fetch < number) else {
            return false;
        };
        (member.fetch, member.answer) = (None, Answer { fetch: number, ..Answer::default() });
        true
    }

    pub fn answer(&mut self, consumer: NodeId, answer: Answer) {
        if let Some(member) = self.find_mut(consumer) {
            (member.fetch, member.answer) = (None, answer);
        }
    }

    /// A member's session and what it was answered last.
    pub fn answered(&self, consumer: NodeId) -> Option<(u64, Answer)> {
        self.find(consumer).map(|member| (member.session, member.answer))
    }
}

impl Log {
    /// Whether a packet comes from a member in its session of now. Else its sender is told: it may not know.
    #[inline(never)]
    pub(super) fn is_member<S: Sink>(
        &mut self,
        from: NodeId,
        session: u64,
        context: &mut Context<'_, Wire, S>,
    ) -> bool {
        let known = self.group.counts_on(from)
            && self.group.find(from).is_some_and(|member| member.session == session);
        if !known {
            context.send(from, Wire::Revoke(session));
        }
        known
    }

    pub(super) fn join<S: Sink>(&mut self, from: NodeId, session: u64, context: &mut Context<'_, Wire, S>) {
        let settled = !self.group.joining;
        match self.group.find(from) {
            Some(member) if member.session == session => {
                // It has not heard the answer, or not that it was told to join again.
                let answer = match member.standing {
                    Standing::In if settled => Wire::Assigned(session),
                    Standing::In => Wire::Subscribed(session),
                    _ => Wire::Revoke(session),
                };
                return context.send(from, answer);
            }
            _ => {}
        }
        self.hold_connection(from, context);
        context.send(from, Wire::Subscribed(session));
        let first = !self.group.members.iter().any(|member| member.standing == Standing::In);
        self.group.insert(from, session, context);
        if settled {
            self.rebalance(Some(from), first, context);
        } else {
            self.settle_if_all_are_in(context);
        }
    }

    /// Hears when a member's connection breaks, or when it was silent for too long.
    pub(super) fn hold_connection<S: Sink>(&self, member: NodeId, context: &mut Context<'_, Wire, S>) {
        context.watch(member);
        let heartbeat = self.plan.borrow().heartbeat;
        heartbeat.into_iter().for_each(|patience| context.listen(member, patience));
    }

    /// The replica leads no more: its group is another's affair.
    pub(crate) fn close<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.group.members.iter_mut().for_each(|member| member.cancel_timers(context));
        self.group.patience.take().into_iter().for_each(|timer| context.cancel(timer));
    }

    /// Who is a member.
    pub(crate) fn clients(&self) -> impl Iterator<Item = NodeId> {
        self.group.members.iter().map(|member| member.node)
    }

    /// A connection to a consumer broke.
    pub(super) fn left<S: Sink>(&mut self, consumer: NodeId, context: &mut Context<'_, Wire, S>) {
        let Some(member) = self.group.find_mut(consumer) else { return };
        if member.standing == Standing::Out {
            // If it was cut off it lives, and could not hear that the group went on.
            (member.standing, member.told) = (Standing::CutOff, 0);
            return self.tell(consumer, context);
        }
        let was = member.standing;
        member.cancel_timers(context);
        self.group.remove(consumer);
        if was != Standing::CutOff {
            self.changed(context);
        }
    }

    /// The members are others than before.
    #[inline(never)]
    fn changed<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.group.joining {
            self.settle_if_all_are_in(context);
        } else {
            self.rebalance(None, false, context);
        }
    }

    /// Begins a rebalance: asks everybody to join again but the one who has just joined.
    #[inline(never)]
    fn rebalance<S: Sink>(
        &mut self,
        joined: Option<NodeId>,
        gathering: bool,
        context: &mut Context<'_, Wire, S>,
    ) {
        (self.group.joining, self.group.gathering) = (true, gathering);
        (self.group.generation, self.group.taken_over) = (self.group.generation + 1, false);
        let asked: Vec<NodeId> = self.group.members.iter().map(|member| member.node).collect();
        for node in asked.into_iter().filter(|node| Some(*node) != joined) {
            let Some(member) = self.group.find_mut(node) else { continue };
            if member.standing == Standing::In {
                (member.standing, member.told) = (Standing::Asked, 0);
                self.tell(node, context);
            }
        }
        let patience = self.plan.borrow().lease.unwrap_or(Time(TELL_AFTER.0 * u64::from(TELL_TRIES)));
        let patience = if gathering { GATHER } else { patience };
        self.group.patience = Some(context.timeout(patience, JOINING));
        self.settle_if_all_are_in(context);
    }

    /// Tells a member to join again, until it does.
    #[inline(never)]
    pub(super) fn tell<S: Sink>(&mut self, consumer: NodeId, context: &mut Context<'_, Wire, S>) {
        let Some(member) = self.group.find_mut(consumer) else { return };
        let standing = member.standing;
        if standing == Standing::In {
            return;
        }
        member.again.take().into_iter().for_each(|timer| context.cancel(timer));
        if member.told < TELL_TRIES {
            member.told += 1;
            context.send(consumer, Wire::Revoke(member.session));
            member.again = Some(context.timeout(TELL_AFTER, TELL_AGAIN | u64::from(consumer.0)));
        } else if standing == Standing::CutOff {
            self.group.remove(consumer);
        } else if standing == Standing::Asked && self.plan.borrow().lease.is_some() {
            // It may be busy with something long: the group waits for as long as a member may hold a record.
        } else {
            // From here on the connection says when it can be told.
            member.standing = Standing::Out;
            context.watch(consumer);
            self.settle_if_all_are_in(context);
        }
    }

    /// The group has waited for long enough: it goes on without those who have not joined again.
    pub(super) fn waited_enough<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.group.gathering = false;
        for member in self.group.members.iter_mut().filter(|member| member.standing == Standing::Asked) {
            member.standing = Standing::Out;
        }
        self.settle_if_all_are_in(context);
    }

    #[inline(never)]
    fn settle_if_all_are_in<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let group = &mut self.group;
        let waits = group.members.iter().any(|member| member.standing == Standing::Asked);
        if !group.joining || group.gathering || waits {
            return;
        }
        group.joining = false;
        group.patience.take().into_iter().for_each(|timer| context.cancel(timer));
        let members = group.members.iter().filter(|member| member.standing == Standing::In);
        let readers: Vec<(NodeId, u64)> = members.map(|member| (member.node, member.session)).collect();
        let (generation, count) = (group.generation, self.partitions.len());
        self.take_back(None, context);
        // Range assignment: each member a run of partitions, the first ones one more if they do not divide.
        for (n, partition) in self.partitions.iter_mut().enumerate() {
            let (size, more) = (count / readers.len().max(1), count % readers.len().max(1));
            let place = if n < more * (size + 1) { n / (size + 1) } else { (n - more) / size.max(1) };
            partition.owner = readers.get(place).map(|(node, _)| *node);
        }
        let (node, members) = (Some(context.me()), readers.len());
        context.record(|| What::Note {
            node,
            text: format!("generation {generation} of the group: {members} share {count} partitions"),
        });
        self.note_shares(&readers);
        for (reader, session) in readers {
            context.send(reader, Wire::Assigned(session));
        }
    }

    /// A member is heard of: while it holds something, it has so long until it must be heard of again.
    #[inline(never)]
    pub(super) fn renew_lease<S: Sink>(&mut self, consumer: NodeId, context: &mut Context<'_, Wire, S>) {
        let holds = self.held_by(consumer).next().is_some();
        let span = self.plan.borrow().longest_hold();
        let Some(member) = self.group.find_mut(consumer) else { return };
        member.lease.take().into_iter().for_each(|lease| context.cancel(lease));
        let lease = span.filter(|_| holds);
        member.lease = lease.map(|span| context.timeout(span, LEASE | u64::from(consumer.0)));
    }

    /// A member that holds something was not heard of for too long: the group goes on without it.
    pub(super) fn lease_is_over<S: Sink>(&mut self, consumer: NodeId, context: &mut Context<'_, Wire, S>) {
        let node = context.me();
        let Some(member) = self.group.find_mut(consumer) else { return };
        member.lease = None;
        let was = std::mem::replace(&mut member.standing, Standing::Out);
        if was == Standing::In {
            member.told = 0;
            self.tell(consumer, context);
        } else if was != Standing::Asked {
            // The group has gone on without it before.
            return;
        }
        for stored in self.held_by(consumer) {
            let (message, attempt) = (stored.letter.message, stored.attempts);
            context.record(|| What::LeaseExpired { node, message, attempt });
        }
        self.changed(context);
    }
}
