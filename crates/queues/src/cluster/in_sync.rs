// SPDX-License-Identifier: MIT OR Apache-2.0
//! The in-sync rule: a controller says who leads and who is in sync; an entry is committed when all who are in sync have it.
//!
//! Kafka's, by its documentation: `design.html`, "Replication" and "Availability and Durability Guarantees"; the leader asks
//! the controller for changes of the set and counts on the larger of both sets until it is answered (KIP-497). Epochs cut
//! off what a deposed leader still had (KIP-101).

use sim::{Context, Sink, TimerId};
use trace::{NodeId, Time};

use super::packet::{Packet, Places};
use super::replica::{ASK_IN_SYNC, LAG, Replica, Rule};
use crate::plan::{Confirms, Plan};
use crate::wire::Wire;

/// A stream of random numbers, by purpose.
const PROCESS: u8 = 9;
/// An unanswered request to the controller is made again after this long, at most so many times.
const ASK_AGAIN: Time = Time::secs(1);
const TRIES: u32 = 120;

/// What a broker under a controller keeps in mind.
pub(super) struct InSync {
    controller: NodeId,
    /// The number by which this process has registered; 0 for the first one.
    process: u64,
    /// Which of the controller's decisions it has heard.
    version: u32,
    set: Places,
    /// Whom the controller hears.
    alive: Places,
    /// What it has asked the controller for.
    asked: Option<Places>,
    tries: u32,
    again: Option<TimerId>,
    /// When a follower that is in sync and behind is no longer in sync, by place.
    lagging: [Option<TimerId>; 8],
}

impl InSync {
    pub fn new(controller: NodeId) -> InSync {
        let (set, alive, asked, again) = (Places::default(), Places::default(), None, None);
        InSync { controller, process: 0, version: 0, set, alive, asked, tries: 0, again, lagging: [None; 8] }
    }

    /// Until the controller has answered both sets count.
    fn largest(&self) -> Places {
        Places(self.set.0 | self.asked.unwrap_or_default().0)
    }

    /// With `acks=all` there must be enough who are in sync.
    pub fn takes_messages(&self, plan: &Plan) -> bool {
        plan.confirms == Confirms::Leader || self.set.count() as u64 >= plan.min_insync
    }

    /// What all who are in sync have. While there are too few of them nothing more is committed, if who has left shall be
    /// able to lead: it must not miss anything (KIP-966).
    pub fn committed(&self, replica: &Replica) -> u32 {
        let (eligible, least) = {
            let plan = replica.plan.borrow();
            (plan.eligible, plan.min_insync)
        };
        if eligible && (self.set.count() as u64) < least {
            return replica.committed;
        }
        let others = self.largest().without(replica.place);
        let theirs = others.iter().map(|place| replica.followers[place].matched).min();
        theirs.unwrap_or(u32::MAX).min(replica.own_position())
    }
}

impl Replica {
    fn in_sync(&mut self) -> &mut InSync {
        match &mut self.rule {
            Rule::InSync(in_sync) => in_sync,
            _ => unreachable!("asked for only under the in-sync rule"),
        }
    }

    /// Holds connections to the others: a leader hears of a follower's new process.
    pub(super) fn watch_others<S: Sink>(&self, context: &mut Context<'_, Wire, S>) {
        self.others().for_each(|place| context.watch(self.brokers[place]));
    }

    /// A broker's process is gone, or was and is back.
    pub(super) fn replica_is_gone<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        if self.leads() {
            self.follower_is_new(place, context);
        }
    }

    /// A new process tells the controller that it is one.
    pub(super) fn register<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let process = match self.in_sync().process {
            0 => context.stream(PROCESS).bits(),
            known => known,
        };
        let in_sync = self.in_sync();
        in_sync.process = process;
        if in_sync.version > 0 || in_sync.tries == TRIES {
            return;
        }
        in_sync.tries += 1;
        context.send(in_sync.controller, Wire::Cluster(Packet::Registered(process)));
        in_sync.again = Some(context.timeout(ASK_AGAIN, ASK_IN_SYNC));
    }

    pub(super) fn in_sync_packet<S: Sink>(&mut self, packet: Packet, context: &mut Context<'_, Wire, S>) {
        let Packet::Leadership { version, epoch, leader, in_sync: set, alive } = packet else { return };
        let in_sync = self.in_sync();
        context.send(in_sync.controller, Wire::Cluster(Packet::Led(version)));
        if version <= in_sync.version {
            return;
        }
        in_sync.version = version;
        // Who is off the list though this leader has not asked for it may be a new process, without what it had.
        let kept = in_sync.asked.unwrap_or(in_sync.set);
        let left = Places(in_sync.set.0 & kept.0 & !set.0);
        (in_sync.set, in_sync.alive, in_sync.asked, in_sync.tries) = (set, alive, None, 0);
        in_sync.again.take().into_iter().for_each(|timer| context.cancel(timer));
        let own = self.journal.term().term;
        if epoch > own {
            self.new_epoch(epoch, leader.map(usize::from), context);
        } else if epoch == own && self.leader.is_none() {
            // A new process, and still the same leader: it follows, and says how far it is.
            self.leader = leader.map(usize::from).filter(|leader| *leader != self.place);
            self.leader.into_iter().for_each(|leader| self.ask_for_more(leader, context));
        }
        if self.leads() {
            left.iter().for_each(|place| self.follower_is_new(place, context));
            self.watch_followers(context);
            self.others().for_each(|place| self.ask_to_grow(place, context));
            self.advance(context);
        }
    }

    fn new_epoch<S: Sink>(&mut self, epoch: u32, leader: Option<usize>, context: &mut Context<'_, Wire, S>) {
        self.leader = leader;
        if leader == Some(self.place) {
            self.set_term(epoch, context);
            // It may have led before, and been given the lead again.
            self.step_down(context);
            return self.lead(context);
        }
        self.step_down(context);
        for place in 0..self.brokers.len() {
            self.in_sync_again(place, context);
        }
        self.set_term(epoch, context);
        leader.into_iter().for_each(|leader| self.ask_for_more(leader, context));
    }

    /// A follower that is in sync and behind has so long to catch up.
    pub(super) fn watch_followers<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let (last, lag) = (self.journal.last(), self.plan.borrow().lag);
        for place in self.others() {
            let behind = self.followers[place].matched < last;
            let in_sync = self.in_sync();
            if behind && in_sync.set.has(place) && in_sync.lagging[place].is_none() {
                in_sync.lagging[place] = Some(context.timeout(lag, LAG + place as u64));
            }
        }
    }

    fn in_sync_again<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        let timer = self.in_sync().lagging[place].take();
        timer.into_iter().for_each(|timer| context.cancel(timer));
    }

    /// Something was appended, or a follower has more.
    pub(super) fn follower_has_more<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        if self.followers[place].matched == self.journal.last() {
            self.in_sync_again(place, context);
        }
        self.watch_followers(context);
        self.ask_to_grow(place, context);
    }

    /// A follower that has caught up belongs to those in sync.
    fn ask_to_grow<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        let caught_up = self.followers[place].matched == self.journal.last() && self.followers[place].greeted;
        let in_sync = self.in_sync();
        let may = in_sync.alive.has(place) && !in_sync.set.has(place);
        if caught_up && may && in_sync.asked.is_none() {
            in_sync.asked = Some(in_sync.set.with(place));
            self.ask_in_sync(context);
        }
    }

    /// A follower was behind for too long.
    pub(super) fn lags<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        if !self.leads() || !matches!(self.rule, Rule::InSync(_)) {
            return;
        }
        let in_sync = self.in_sync();
        in_sync.lagging[place] = None;
        if in_sync.set.has(place) {
            let asked = in_sync.asked.unwrap_or(in_sync.set);
            in_sync.asked = Some(asked.without(place));
            self.ask_in_sync(context);
        }
    }

    /// Asks the controller, until it answers.
    pub(super) fn ask_in_sync<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if !self.leads() {
            return self.register(context);
        }
        let epoch = self.journal.term().term;
        let in_sync = self.in_sync();
        in_sync.again.take().into_iter().for_each(|timer| context.cancel(timer));
        let Some(set) = in_sync.asked.filter(|_| in_sync.tries < TRIES) else { return };
        in_sync.tries += 1;
        context.send(in_sync.controller, Wire::Cluster(Packet::InSync { epoch, in_sync: set }));
        in_sync.again = Some(context.timeout(ASK_AGAIN, ASK_IN_SYNC));
    }
}
