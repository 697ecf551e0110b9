// SPDX-License-Identifier: MIT OR Apache-2.0
//! A group that outlives the broker that coordinates it.
//!
//! Who reads what stands in the replicated log; how far each has read, beyond what is committed, its members know. So a new
//! leader goes on with the group as it is, and nobody begins anew where the commits end. (Kafka 4.1, `design.html`, "The
//! Consumer"; the group's metadata are records of `__consumer_offsets`, `GroupMetadataManager.java`.)

use sim::{Context, Sink};
use trace::{MessageId, NodeId, Set, What};

use super::group::Group;
use super::{Log, Place};
use crate::cluster::Share;
use crate::wire::{Letter, Wire};

impl Log {
    /// Takes the records of the replica's log, by their indices, of which these are committed to be done with, and all before
    /// them in their partitions. Only what is left waits here.
    pub(crate) fn restore<S: Sink>(
        &mut self,
        puts: &[(u32, Letter)],
        done: Set<u32>,
        context: &mut Context<'_, Wire, S>,
    ) {
        for (index, letter) in puts {
            self.append(u64::from(*index), *letter);
        }
        for (_, letter) in puts.iter().filter(|(index, _)| done.contains(*index)) {
            self.settled(letter.message);
        }
        let node = context.me();
        for (_, Letter { message, .. }) in puts {
            let open = |place: &Place| place.offset >= self.partitions[place.partition].committed;
            if self.places.get(*message).is_some_and(open) {
                context.record(|| What::Stored { node, message: *message });
            }
        }
    }

    /// How the group was shared out since this was asked last, to be put in the replica's log.
    pub(crate) fn take_shares(&mut self) -> Vec<Share> {
        std::mem::take(&mut self.shares)
    }

    pub(super) fn note_shares(&mut self, readers: &[(NodeId, u64)]) {
        if !self.replicated {
            return;
        }
        let generation = self.group.generation() as u32;
        for (member, session) in readers.iter().copied() {
            let owned = self.partitions.iter().enumerate().filter(|(_, part)| part.owner == Some(member));
            let partitions = owned.fold(0, |bits, (n, _)| bits | 1 << n);
            self.shares.push(Share { generation, member, session, partitions });
        }
    }

    /// The replica's log says that a member reads this: news if another leader has shared it out.
    pub(crate) fn shared<S: Sink>(&mut self, share: Share, context: &mut Context<'_, Wire, S>) {
        let generation = share.generation.into();
        if generation > self.group.generation() {
            self.close(context);
            self.take_back(None, context);
            self.partitions.iter_mut().for_each(|partition| partition.owner = None);
            self.group = Group::taken_over(generation);
        }
        if !self.group.is_taken_over(generation) {
            return;
        }
        for (n, partition) in self.partitions.iter_mut().enumerate() {
            if share.partitions & 1 << n != 0 {
                partition.owner = Some(share.member);
            }
        }
        self.group.insert(share.member, share.session, context);
        self.hold_connection(share.member, context);
    }

    /// A member of the group goes on where it was.
    pub(super) fn resume<S: Sink>(
        &mut self,
        from: NodeId,
        session: u64,
        number: u32,
        read: Option<MessageId>,
        context: &mut Context<'_, Wire, S>,
    ) {
        if !self.is_member(from, session, context) {
            return;
        }
        // What it asked for before came late, and what it was answered it has thrown away.
        if self.group.forget_until(from, number) {
            self.take_back(Some(from), context);
        }
        // What this leader does not have, an unclean election took: the member begins where the commits end.
        let place = read.and_then(|message| self.places.get(message).copied());
        place.into_iter().for_each(|place| self.has_read(from, place, context));
        self.renew_lease(from, context);
        context.send(from, Wire::Resumed { session, number, read });
    }

    /// A member has read a partition up to here, as it says or as its commit shows.
    pub(super) fn has_read<S: Sink>(
        &mut self,
        from: NodeId,
        place: Place,
        context: &mut Context<'_, Wire, S>,
    ) {
        let (node, partition) = (context.me(), &mut self.partitions[place.partition]);
        if partition.owner != Some(from) || place.offset < partition.handed {
            return;
        }
        for stored in &mut partition.records[partition.handed..=place.offset] {
            stored.attempts += 1;
            let (message, attempt) = (stored.letter.message, stored.attempts);
            context.record(|| What::Held { node, consumer: from, message, attempt });
        }
        partition.handed = place.offset + 1;
    }
}
