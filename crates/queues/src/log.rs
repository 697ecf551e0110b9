// SPDX-License-Identifier: MIT OR Apache-2.0
//! The log: partitions that only grow, and a group of consumers that reads them.
//!
//! ```text
//!                 partition 0  ▪▪▪▪▪▪▪▪▪▫▫▫   one member of the group reads it, from where the group's commits end
//!  publish ──►    partition 1  ▪▪▪▪▫▫▫▫       ▪ committed   ▫ not yet
//!  (by key)       partition 2  ▪▪▪▪▪▪▪▪▫
//! ```

mod group;
mod succession;

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Context, Node, Sink};
use trace::{Map, MessageId, NodeId, What};

use crate::cluster::Share;
use crate::plan::{Durability, Plan};
use crate::wire::{Batch, Letter, Receipt, Record, Wire};
use crate::writeback::{WRITEBACK, Writeback};
use group::Group;

/// Tokens of this node's timers: what they are for; the rest names the member.
const LEASE: u64 = 1 << 62;
const TELL_AGAIN: u64 = 2 << 62;
const JOINING: u64 = 3 << 62;
const KIND: u64 = 3 << 62;

/// On the disk records have the numbers of their storing. The last committed one of each partition is kept a second time,
/// under this bit and the partition's number: there the commits end.
const COMMITTED: u64 = 1 << 63;

/// Appends messages to partitions and lets one group of consumers read them.
///
/// The mechanism behind Kafka, Kinesis and Pulsar's exclusive subscriptions: a partition keeps its order and is read by
/// one member of the group, which moves the group's **offset** forward by committing. Whoever reads the partition next
/// begins there: what was worked on and not committed is worked on again, what was committed and not worked on never is.
///
/// One broker, which is the group's coordinator too; its log is never shortened, so that bound, overflow and delay of a
/// plan mean nothing here, and neither do requeueing and the delivery limit: a record whose work fails is worked on again
/// where it is, and holds up its partition. A message that is published again is stored once (Kafka's idempotent producer,
/// its default). A fetch is answered from one partition, the partitions taking turns.
pub struct Log {
    plan: Rc<RefCell<Plan>>,
    partitions: Vec<Partition>,
    /// Where each message stands.
    places: Map<MessageId, Place>,
    group: Group,
    /// Waiting for a flush before they are confirmed, by number.
    unflushed: Map<u64, Letter>,
    /// How many messages were ever stored.
    stored: u64,
    writeback: Writeback,
    /// Whether it is the part of a replica that its group reads from: then what it holds is in the replica's log.
    replicated: bool,
    /// How its group was shared out, and the replica's log does not say yet.
    shares: Vec<Share>,
    /// Up to which records it was committed, and the replica's log may not say yet.
    let_go: Vec<u64>,
}

#[derive(Default)]
struct Partition {
    records: Vec<Stored>,
    /// The group's offset: everything before it is done with.
    committed: usize,
    /// One beyond the last record that was handed out, in this generation of the group.
    handed: usize,
    /// Who reads it.
    owner: Option<NodeId>,
}

struct Stored {
    /// Counts messages in the order of their storing.
    number: u64,
    letter: Letter,
    /// How often it was handed out. Kept for the trace; memory, like all that is not on the disk.
    attempts: u32,
}

#[derive(Clone, Copy)]
struct Place {
    partition: usize,
    offset: usize,
}

/// The answer to a fetch, to be made again if it is asked for again.
#[derive(Clone, Copy, Default)]
struct Answer {
    fetch: u32,
    partition: usize,
    from: usize,
    to: usize,
}

impl Log {
    /// An empty log without readers.
    pub fn new(plan: Rc<RefCell<Plan>>) -> Log {
        let count = plan.borrow().partitions;
        Log {
            plan,
            partitions: (0..count).map(|_| Partition::default()).collect(),
            places: Map::new(),
            group: Group::default(),
            unflushed: Map::new(),
            stored: 0,
            writeback: Writeback::default(),
            replicated: false,
            shares: Vec::new(),
            let_go: Vec::new(),
        }
    }

    /// A log whose records are kept, and confirmed, by the replica that it is a part of.
    pub(crate) fn of_replica(plan: Rc<RefCell<Plan>>) -> Log {
        Log { replicated: true, ..Log::new(plan) }
    }

    /// Takes a record of the replica's log, by its index.
    pub(crate) fn put<S: Sink>(&mut self, index: u64, letter: Letter, context: &mut Context<'_, Wire, S>) {
        let (node, message) = (context.me(), letter.message);
        let place = self.append(index, letter);
        context.record(|| What::Stored { node, message });
        let owner = self.partitions[place.partition].owner;
        owner.into_iter().for_each(|owner| self.serve(owner, context));
    }

    /// The replica's log says that everything up to this message is done with in its partition.
    pub(crate) fn settled(&mut self, message: MessageId) {
        let Some(&place) = self.places.get(message) else { return };
        let partition = &mut self.partitions[place.partition];
        partition.committed = partition.committed.max(place.offset + 1);
        partition.handed = partition.handed.max(partition.committed);
    }

    /// The index of what a commit stands for, if its member may make it.
    pub(crate) fn index_of<S: Sink>(
        &mut self,
        from: NodeId,
        receipt: Receipt,
        context: &mut Context<'_, Wire, S>,
    ) -> Option<u64> {
        if !self.is_member(from, receipt.session, context) {
            return None;
        }
        let place = *self.places.get(receipt.message)?;
        self.has_read(from, place, context);
        let partition = &self.partitions[place.partition];
        (place.offset < partition.handed).then(|| partition.records[place.offset].number)
    }

    /// The indices of the records up to which it was committed since this was asked last.
    pub(crate) fn take_let_go(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.let_go)
    }

    fn publish<S: Sink>(&mut self, letter: Letter, context: &mut Context<'_, Wire, S>) {
        let (node, message) = (context.me(), letter.message);
        let known = self.places.get(message).copied();
        let place = known.unwrap_or_else(|| self.append(self.stored + 1, letter));
        if known.is_none() {
            context.record(|| What::Stored { node, message });
        }
        let number = self.partitions[place.partition].records[place.offset].number;
        if self.unflushed.contains(number) {
            return;
        }
        let durability = self.plan.borrow().durability;
        // Also one that is known, when a lost disk took it.
        let write = durability != Durability::Memory && context.disk().read(number).is_none();
        if write {
            context.disk().write(number, Record::of(letter));
            self.writeback.wrote(&self.plan.borrow(), context);
        }
        if write && durability == Durability::Flushed {
            self.unflushed.insert(number, letter);
            context.flush(number);
        } else {
            context.send(letter.producer, Wire::Confirm(message));
        }
        let owner = self.partitions[place.partition].owner;
        owner.into_iter().for_each(|owner| self.serve(owner, context));
    }

    fn append(&mut self, number: u64, letter: Letter) -> Place {
        self.stored = number;
        let partition = self.plan.borrow().partition_of(&letter) as usize;
        let records = &mut self.partitions[partition].records;
        let place = Place { partition, offset: records.len() };
        records.push(Stored { number, letter, attempts: 0 });
        self.places.insert(letter.message, place);
        place
    }

    /// Answers a member's fetch if there is something that it has not been handed.
    #[inline(never)]
    fn serve<S: Sink>(&mut self, consumer: NodeId, context: &mut Context<'_, Wire, S>) {
        let Some((fetch, most, after)) = self.group.waits(consumer) else { return };
        let count = self.partitions.len();
        let has_more = |n: &usize| {
            let partition = &self.partitions[*n];
            partition.owner == Some(consumer) && partition.handed < partition.records.len()
        };
        let Some(partition) = (1..=count).map(|n| (after + n) % count).find(has_more) else { return };
        let part = &mut self.partitions[partition];
        let from = part.handed;
        part.handed = part.records.len().min(from + most as usize);
        let (node, to) = (context.me(), part.handed);
        for stored in &mut part.records[from..to] {
            stored.attempts += 1;
            let (message, attempt) = (stored.letter.message, stored.attempts);
            // A lease is the member's here, and longer with each of its packets.
            context.record(|| What::Handed { node, consumer, message, attempt, lease_until: None });
        }
        self.group.answer(consumer, Answer { fetch, partition, from, to });
        self.send_answer(consumer, context);
        self.renew_lease(consumer, context);
    }

    #[inline(never)]
    fn send_answer<S: Sink>(&mut self, consumer: NodeId, context: &mut Context<'_, Wire, S>) {
        let Some((session, Answer { fetch, partition, from, to })) = self.group.answered(consumer) else {
            return;
        };
        for (index, stored) in self.partitions[partition].records[from..to].iter().enumerate() {
            let batch = Batch { fetch, index: index as u16, last: from + index + 1 == to };
            let (letter, attempt) = (stored.letter, stored.attempts);
            context.send(consumer, Wire::Fetched { letter, attempt, session, batch });
        }
    }

    fn fetch<S: Sink>(
        &mut self,
        from: NodeId,
        session: u64,
        number: u32,
        most: u32,
        context: &mut Context<'_, Wire, S>,
    ) {
        if !self.is_member(from, session, context) {
            return;
        }
        self.renew_lease(from, context);
        if self.group.answered(from).is_some_and(|(_, answer)| answer.fetch == number) {
            return self.send_answer(from, context);
        }
        self.group.wait(from, number, most);
        self.serve(from, context);
        if self.group.waits(from).is_some() {
            context.send(from, Wire::Parked { session, number });
        }
    }

    /// Moves the group's offset behind a delivery, if it is committed by the member and in the session that it was made in:
    /// a session reads the same partitions from its beginning to its end. Whoever the group has gone on without commits
    /// nothing (fencing).
    pub(crate) fn commit<S: Sink>(
        &mut self,
        from: NodeId,
        receipt: Receipt,
        answer: bool,
        context: &mut Context<'_, Wire, S>,
    ) {
        if !self.is_member(from, receipt.session, context) {
            return;
        }
        let Some(&place) = self.places.get(receipt.message) else { return };
        let (node, partition) = (context.me(), &mut self.partitions[place.partition]);
        if place.offset >= partition.handed {
            return;
        }
        let next = partition.committed.max(place.offset + 1);
        for stored in &partition.records[partition.committed..next] {
            let (message, attempt) = (stored.letter.message, stored.attempts);
            context.record(|| What::Acked { node, message, attempt });
        }
        partition.committed = next;
        if self.replicated {
            self.let_go.push(partition.records[next - 1].number);
        }
        let (letter, number) = (partition.records[next - 1].letter, COMMITTED | place.partition as u64);
        let durability = match self.replicated {
            true => Durability::Memory,
            false => self.plan.borrow().durability,
        };
        if durability != Durability::Memory {
            context.disk().write(number, Record::of(letter));
        }
        if answer && durability == Durability::Flushed {
            self.group.awaits_flush(from, receipt);
            context.flush(number);
        } else if answer {
            context.send(from, Wire::Committed(receipt));
        }
        self.renew_lease(from, context);
    }

    /// What was handed out, to somebody or to anybody, and not committed goes back to where it stands: the next reader begins
    /// there.
    #[inline(never)]
    fn take_back<S: Sink>(&mut self, from: Option<NodeId>, context: &mut Context<'_, Wire, S>) {
        let node = context.me();
        for partition in self.partitions.iter_mut().filter(|part| from.is_none() || part.owner == from) {
            let open = partition.committed..partition.handed;
            partition.handed = partition.committed;
            // The newest first: each goes before all that wait.
            for stored in partition.records[open].iter().rev() {
                let message = stored.letter.message;
                context.record(|| What::Requeued { node, message, ahead: 0 });
            }
        }
    }

    /// What a member holds: handed out and not committed.
    fn held_by(&self, consumer: NodeId) -> impl Iterator<Item = &Stored> {
        let own = self.partitions.iter().filter(move |partition| partition.owner == Some(consumer));
        own.flat_map(|partition| &partition.records[partition.committed..partition.handed])
    }
}

impl<S: Sink> Node<Wire, S> for Log {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn restart(&mut self, context: &mut Context<'_, Wire, S>) {
        let records = context.disk().records();
        let kept: Vec<(u64, Letter)> =
            records.filter_map(|(n, record)| Some((n, record.letter()?))).collect();
        // Records come first, by their numbers.
        for (number, letter) in &kept {
            if number & COMMITTED == 0 {
                self.append(*number, *letter);
            } else if let Some(place) = self.places.get(letter.message) {
                let partition = &mut self.partitions[place.partition];
                (partition.committed, partition.handed) = (place.offset + 1, place.offset + 1);
            }
        }
        let node = context.me();
        for (number, Letter { message, .. }) in kept {
            let open = |place: &Place| place.offset >= self.partitions[place.partition].committed;
            if number & COMMITTED == 0 && self.places.get(message).is_some_and(open) {
                context.record(|| What::Stored { node, message });
            }
        }
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Connect => context.send(from, Wire::Connected),
            Wire::Publish(letter) => self.publish(letter, context),
            Wire::Subscribe { session, .. } => self.join(from, session, context),
            Wire::Fetch { session, number, most } => self.fetch(from, session, number, most, context),
            Wire::Ack(receipt) => self.commit(from, receipt, false, context),
            Wire::Commit(receipt) => self.commit(from, receipt, true, context),
            Wire::Resume { session, number, read } => self.resume(from, session, number, read, context),
            _ => {}
        }
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        let (kind, rest) = (token & KIND, token & !KIND);
        match kind {
            _ if token == WRITEBACK => self.writeback.flush(context),
            LEASE => self.lease_is_over(NodeId(rest as u16), context),
            TELL_AGAIN => self.tell(NodeId(rest as u16), context),
            _ => self.waited_enough(context),
        }
    }

    fn flushed(&mut self, number: u64, context: &mut Context<'_, Wire, S>) {
        if let Some(letter) = self.unflushed.remove(number) {
            context.send(letter.producer, Wire::Confirm(letter.message));
        } else if number & COMMITTED != 0 {
            let owner = self.partitions[(number & !COMMITTED) as usize].owner;
            let flushed = owner.and_then(|owner| Some((owner, self.group.flushed(owner)?)));
            flushed.into_iter().for_each(|(owner, receipt)| context.send(owner, Wire::Committed(receipt)));
        }
    }

    fn flush_failed(&mut self, number: u64, _: &mut Context<'_, Wire, S>) {
        self.unflushed.remove(number);
    }

    fn silent(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        context.hang_up(peer);
        self.left(peer, context);
    }

    fn disconnected(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        // Where members send heartbeats it is these that count: a broken connection is made anew.
        if self.plan.borrow().heartbeat.is_none() || !self.group.counts_on(peer) {
            self.left(peer, context);
        }
    }

    fn parameter(&mut self, name: &str, value: &str, _: &mut Context<'_, Wire, S>) {
        crate::plan::change(&self.plan, name, value);
    }
}
