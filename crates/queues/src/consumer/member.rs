// SPDX-License-Identifier: MIT OR Apache-2.0
//! A consumer of a log: member of a group, reader of the partitions that it is given.
//!
//! ```text
//!  join ──► assigned ──► fetch ──► work ──► commit ──► fetch ──► …
//!   ▲                                                   │
//!   └──────── finish what was begun, commit ◄── revoke ─┘
//! ```

use sim::{Context, Sink};
use trace::MessageId;

use super::{Asking, Consumer, Job, Unacked};
use crate::plan::{Mechanism, Replication};
use crate::wire::{Batch, Letter, Receipt, Wire};

/// What belongs to one session of a member.
#[derive(Default)]
pub(super) struct Membership {
    /// The number of the last fetch.
    pub fetch: u32,
    /// What has come of the answer to it, in order; it is worked on once it is whole, and once its commit was taken if
    /// that comes first.
    pub batch: Vec<Job>,
    /// Whether this session ends as soon as nothing is in work.
    leaving: bool,
    /// Whether the group has taken it in.
    assigned: bool,
    /// How far it is in each partition that it has read.
    lines: Vec<Line>,
    /// Of how many of them a new leader has been told.
    pub told: usize,
}

/// How far a member is in a partition.
struct Line {
    /// The partition's bit.
    line: u64,
    read: MessageId,
    acked: Option<Receipt>,
}

impl Membership {
    fn has_read(&mut self, line: u64, read: MessageId) {
        match self.lines.iter_mut().find(|known| known.line == line) {
            Some(known) => known.read = read,
            None => self.lines.push(Line { line, read, acked: None }),
        }
    }

    pub fn has_acked(&mut self, delivery: &Unacked) {
        let known = self.lines.iter_mut().find(|known| known.line == delivery.line);
        known.into_iter().for_each(|known| known.acked = Some(delivery.receipt));
    }

    /// What a new leader is to be told next that was read; nothing of a member that has read nothing.
    pub fn next_to_tell(&self) -> Option<MessageId> {
        self.lines.get(self.told).map(|known| known.read)
    }
}

impl Consumer {
    /// The broker has heard the request to subscribe. In a log the answer is still to come: the group may have to wait for
    /// others, and asking again finds out whether it was lost.
    pub(super) fn subscribed<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let queue = self.plan.borrow().queue;
        match queue {
            Mechanism::Log => self.tries = 0,
            _ => self.answered(context),
        }
    }

    pub(super) fn assigned<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.asking == Asking::Subscription {
            self.member.assigned = true;
            self.answered(context);
            self.go_on(context);
        }
    }

    /// Whether it is of a group that the next leader goes on with: a replicated log says who reads what.
    pub(super) fn outlives_its_leader(&self) -> bool {
        let plan = self.plan.borrow();
        plan.queue == Mechanism::Log && plan.replication != Replication::Alone && self.member.assigned
    }

    /// Its leader is gone, or leads no more. What it has in hand it goes on with, and asks whoever leads now to go on with
    /// it. One that was told to join again finishes first, and joins there.
    pub(super) fn resume<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.member.leaving {
            return;
        }
        if self.asking == Asking::Records {
            self.member.batch.clear();
        }
        self.member.fetch += 1;
        self.member.told = 0;
        self.ask_for(Asking::Resumption, context);
    }

    /// The new leader knows the member, and how far it has read a partition.
    pub(super) fn resumed<S: Sink>(
        &mut self,
        number: u32,
        read: Option<MessageId>,
        context: &mut Context<'_, Wire, S>,
    ) {
        if self.asking != Asking::Resumption
            || (number, read) != (self.member.fetch, self.member.next_to_tell())
        {
            return;
        }
        self.member.told += 1;
        if self.member.told < self.member.lines.len() {
            // The same leader again, and as patiently: else one that is farther away than the first pause is turned away from
            // each time, and never told all.
            self.again.take().into_iter().for_each(|timer| context.cancel(timer));
            (self.turned, self.tries) = (true, self.tries - 1);
            return self.ask(context);
        }
        self.answered(context);
        // The leader before may have taken the last of its acks with it.
        let acked = self.member.lines.iter().filter_map(|known| known.acked);
        acked.for_each(|receipt| context.send(self.broker, Wire::Ack(receipt)));
        if self.member.batch.is_empty() {
            self.go_on(context);
        } else {
            self.ask_for(Asking::Commit, context);
        }
    }

    /// Whether a packet belongs to the answer that is waited for.
    pub(super) fn is_next(&self, session: u64, fetch: u32) -> bool {
        self.asking == Asking::Records && (session, fetch) == (self.session, self.member.fetch)
    }

    /// The answer comes when there is something: no need to ask again.
    pub(super) fn parked<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.again.take().into_iter().for_each(|timer| context.cancel(timer));
        self.tries = 0;
    }

    pub(super) fn fetched<S: Sink>(
        &mut self,
        letter: Letter,
        attempt: u32,
        batch: Batch,
        context: &mut Context<'_, Wire, S>,
    ) {
        if usize::from(batch.index) == self.member.batch.len() {
            let receipt = Receipt { message: letter.message, attempt, session: self.session };
            self.member.batch.push(Job { letter, receipt, failed: 0, acked: false });
            if batch.last {
                return self.batch_is_whole(context);
            }
        }
        // More of it is to come; what does not is asked for again.
        if self.again.is_none() {
            self.again = Some(context.timeout(super::ASK_AGAIN, super::ASK));
        }
    }

    fn batch_is_whole<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let Some(last) = self.member.batch.last().map(|job| job.letter) else { return };
        let (ack, line) = {
            let plan = self.plan.borrow();
            (plan.ack, 1 << plan.partition_of(&last))
        };
        self.member.has_read(line, last.message);
        if ack.is_before_work() {
            return self.ask_for(Asking::Commit, context);
        }
        // An answer is of one partition.
        let unacked = |job: &Job| Unacked { line, receipt: job.receipt, done: false };
        self.unacked.extend(self.member.batch.iter().map(unacked));
        self.begin_batch(false, context);
    }

    /// What was committed before the work may be worked on now, and by nobody else any more.
    pub(super) fn committed<S: Sink>(&mut self, receipt: Receipt, context: &mut Context<'_, Wire, S>) {
        let waited_for = self.member.batch.last().is_some_and(|job| job.receipt == receipt);
        if self.asking == Asking::Commit && waited_for {
            self.begin_batch(true, context);
        }
    }

    #[inline(never)]
    fn begin_batch<S: Sink>(&mut self, acked: bool, context: &mut Context<'_, Wire, S>) {
        self.answered(context);
        self.waiting.extend(self.member.batch.drain(..).map(|job| Job { acked, ..job }));
        self.work(context);
        self.go_on(context);
    }

    /// Fetches what comes next when nothing is left to begin, or leaves when nothing is left to finish.
    #[inline(never)]
    pub(super) fn go_on<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let (log, concurrency) = {
            let plan = self.plan.borrow();
            (plan.queue == Mechanism::Log, plan.concurrency as usize)
        };
        if self.member.leaving && self.is_idle() {
            // What is done is committed before somebody else begins where the commits end.
            self.ack_done(context);
            return self.begin_session(context);
        }
        let free = self.waiting.is_empty() && self.working.len() < concurrency;
        if log && free && !self.member.leaving && self.asking == Asking::Nothing {
            self.member.fetch += 1;
            self.ask_for(Asking::Records, context);
        }
    }

    /// The group is shared out anew, or has gone on without this member: it finishes what it has begun and joins again.
    pub(super) fn revoked<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.member.leaving {
            return;
        }
        self.answered(context);
        self.member.leaving = true;
        self.member.batch.clear();
        self.keep_acked();
        self.go_on(context);
    }

    /// Work that failed is begun again, before all that waits: order within the partition demands it.
    pub(super) fn fails_here(&mut self, job: Job) {
        let own = job.receipt.session == self.session && !self.member.leaving;
        if own {
            self.waiting.push_front(Job { failed: job.failed + 1, ..job });
        }
    }
}
