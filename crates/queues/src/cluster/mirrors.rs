// SPDX-License-Identifier: MIT OR Apache-2.0
//! The mirrors' rule: each broker goes by whom it sees. The mirror that has been one longest leads when the leader is gone,
//! on each side of a partition for itself; a message is confirmed when all on the leader's side have it.
//!
//! RabbitMQ's classic mirrored queues, by the documentation of 3.13 (`ha.md`, `partitions.md`; the strategies were there up to
//! 4.2, the mirrors up to 3.13). A pair of Artemis brokers without a lock manager follows the same rule (`ha.md`,
//! `network-isolation.md`).

use sim::{Context, Sink, TimerId};
use trace::{Time, What};

use super::packet::{Packet, Places, Term};
use super::replica::{JOIN, OPERATOR, Replica, Rule};
use crate::plan::Parted;
use crate::wire::Wire;

/// Who comes back waits so long for a leader to answer, before it goes by what is on its own disk.
const WAITS: Time = Time::secs(5);

/// What a mirror keeps in mind.
pub(super) struct Mirrors {
    /// Whom it sees, itself among them.
    pub side: Places,
    /// Who has been a mirror for how long: the oldest first.
    oldest_first: Vec<usize>,
    /// Whether it stands still, for it sees no majority.
    stands_still: bool,
    /// Whether its leader has spoken to it since it leads.
    led: bool,
    /// Whether it was leading when it stopped.
    led_last: bool,
    /// Who is to win, once a person comes to restart this side.
    winner: Option<(u32, usize)>,
    operator: Option<TimerId>,
}

impl Mirrors {
    pub fn new(count: usize) -> Mirrors {
        Mirrors {
            side: Places::first(count),
            oldest_first: (0..count).collect(),
            stands_still: false,
            led: true,
            led_last: false,
            winner: None,
            operator: None,
        }
    }

    /// What all on this side have.
    pub fn committed(&self, replica: &Replica) -> u32 {
        let others = self.side.without(replica.place);
        let theirs = others.iter().map(|place| replica.followers[place].matched).min();
        theirs.unwrap_or(u32::MAX).min(replica.own_position())
    }

    fn oldest(&self) -> Option<usize> {
        self.oldest_first.iter().copied().find(|place| self.side.has(*place))
    }

    /// Whoever was to win is gone, or has joined this side: a person who comes finds nothing to mend. The timer by which one
    /// would have come.
    fn is_no_winner(&mut self, place: usize) -> Option<TimerId> {
        self.winner.take_if(|(_, winner)| *winner == place).and(self.operator.take())
    }

    fn youngest(&mut self, place: usize) {
        self.oldest_first.retain(|known| *known != place);
        self.oldest_first.push(place);
    }
}

impl Replica {
    fn mirrors(&mut self) -> &mut Mirrors {
        match &mut self.rule {
            Rule::Mirrors(mirrors) => mirrors,
            _ => unreachable!("asked for only under the mirrors' rule"),
        }
    }

    pub(super) fn start_mirror<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.listen_to_mirrors(context);
        self.set_term(1, context);
        self.leader = Some(0);
        if self.place == 0 {
            self.lead_side(context);
        }
    }

    fn listen_to_mirrors<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let silence = self.plan.borrow().silence;
        for place in self.others() {
            context.listen(self.brokers[place], silence);
            context.watch(self.brokers[place]);
        }
    }

    fn lead_side<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let (me, term) = (context.me(), self.journal.term());
        // What it notes down is that it leads: when it comes back it may be the only one who has anything.
        self.journal.set_term(Term { vote: Some(me), ..term }, context);
        self.lead(context);
    }

    /// A process that begins anew asks who leads.
    pub(super) fn restart_mirror<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.listen_to_mirrors(context);
        let led = self.journal.term().vote == Some(context.me());
        let place = self.place;
        let mirrors = self.mirrors();
        (mirrors.led_last, mirrors.side) = (led, Places::default().with(place));
        self.look_for_leader(context);
    }

    fn look_for_leader<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.leader = None;
        self.mirrors().led = false;
        for place in self.others() {
            self.say_hello(place, context);
        }
        context.timeout(WAITS, JOIN);
    }

    fn say_hello<S: Sink>(&self, to: usize, context: &mut Context<'_, Wire, S>) {
        let Rule::Mirrors(mirrors) = &self.rule else { return };
        let clients = self.front.as_ref().map_or(0, |front| front.clients().len().min(255));
        let hello = Packet::Hello {
            term: self.journal.term().term,
            leader: self.leader.map(|leader| leader as u8),
            side: mirrors.side,
            clients: clients as u8,
        };
        self.tell(to, hello, context);
    }

    /// Nobody has answered. Whoever led last goes on with what is on its disk; the others go on waiting.
    pub(super) fn nobody_leads<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.leader.is_some() || !matches!(self.rule, Rule::Mirrors(_)) {
            return;
        }
        let mirrors = self.mirrors();
        if mirrors.led_last && !mirrors.stands_still {
            self.promote(context);
        }
    }

    fn promote<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let term = self.journal.term().term + 1;
        self.set_term(term, context);
        self.lead_side(context);
        // Those who wait for somebody to lead have asked already, and ask no more.
        let side = self.mirrors().side;
        self.others().filter(|place| !side.has(*place)).for_each(|place| self.say_hello(place, context));
    }

    pub(super) fn mirror_is_gone<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        let majority = self.majority();
        let parted = self.plan.borrow().parted;
        let mirrors = self.mirrors();
        let seen = mirrors.side.has(place);
        mirrors.side = mirrors.side.without(place);
        mirrors.is_no_winner(place).into_iter().for_each(|timer| context.cancel(timer));
        if mirrors.stands_still || !seen {
            return;
        }
        let too_few = mirrors.side.count() < majority;
        if parted == Parted::PauseMinority && too_few {
            return self.stand_still(context);
        }
        self.followers[place].streams = false;
        let oldest = self.mirrors().oldest();
        if self.leader == Some(place) {
            self.mirrors().led = false;
            self.leader = oldest;
            if oldest == Some(self.place) {
                self.promote(context);
            }
        }
        self.advance(context);
    }

    fn stand_still<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let node = Some(context.me());
        context.record(|| What::Note { node, text: "it sees no majority, and stands still".to_owned() });
        let led = self.leads();
        self.leader = None;
        self.step_down(context);
        let mirrors = self.mirrors();
        mirrors.stands_still = true;
        mirrors.led_last |= led;
    }

    pub(super) fn mirror_is_back<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        let (majority, seen) = (self.majority(), self.brokers.len() - self.silent.count());
        let own = self.place;
        let mirrors = self.mirrors();
        if mirrors.stands_still {
            if seen >= majority {
                (mirrors.stands_still, mirrors.side) = (false, Places::default().with(own));
                self.look_for_leader(context);
            }
            return;
        }
        self.say_hello(place, context);
    }

    /// Whoever stands still goes on when it sees a majority again; of a process that died and is back it learns by this.
    fn stands_still_until<S: Sink>(&mut self, from: usize, context: &mut Context<'_, Wire, S>) {
        let (majority, own) = (self.majority(), self.place);
        let mirrors = self.mirrors();
        mirrors.side = mirrors.side.with(from);
        if mirrors.side.count() >= majority {
            (mirrors.stands_still, mirrors.side) = (false, Places::default().with(own));
            self.look_for_leader(context);
        }
    }

    pub(super) fn mirrors_packet<S: Sink>(
        &mut self,
        from: usize,
        packet: Packet,
        context: &mut Context<'_, Wire, S>,
    ) {
        match packet {
            Packet::Hello { term, leader, side, clients } => {
                self.hears_hello(from, term, leader.map(usize::from), (clients, side), context);
            }
            Packet::Rejoin { term, leader } => self.rejoin(term, leader.into(), context),
            Packet::Reset { term, base, side } => self.is_reset(from, term, base, side, context),
            _ => {}
        }
    }

    fn hears_hello<S: Sink>(
        &mut self,
        from: usize,
        term: u32,
        leader: Option<usize>,
        (clients, side): (u8, Places),
        context: &mut Context<'_, Wire, S>,
    ) {
        if self.mirrors().stands_still {
            return self.stands_still_until(from, context);
        }
        if self.leads() {
            return match leader {
                // It has nobody, or believes in somebody who does not know of it.
                None => self.take_in(from, context),
                Some(leader) if leader == self.place && !self.mirrors().side.has(from) => {
                    self.take_in(from, context);
                }
                Some(leader) if leader == from => self.settle(from, term, (clients, side), context),
                _ => {}
            };
        }
        if leader == Some(from) && self.leader == leader && self.mirrors().led {
            return self.learns_side(side);
        }
        // Whoever has no leader, or one that never spoke, goes to the one that speaks now.
        if leader == Some(from) && (self.leader.is_none() || !self.mirrors().led) {
            self.leader = None;
            self.say_hello(from, context);
        }
    }

    /// Two lead. One side has to give way, and loses what only it has.
    fn settle<S: Sink>(
        &mut self,
        other: usize,
        term: u32,
        (clients, side): (u8, Places),
        context: &mut Context<'_, Wire, S>,
    ) {
        let own_clients = self.front.as_ref().map_or(0, |front| front.clients().len());
        let own = (own_clients, self.mirrors().side.count(), self.brokers.len() - self.place);
        if own > (usize::from(clients), side.count(), self.brokers.len() - other) {
            // The other side may not have heard of this one.
            return self.say_hello(other, context);
        }
        if self.mirrors().winner.is_some() {
            return;
        }
        self.mirrors().winner = Some((term, other));
        let (parted, after) = {
            let plan = self.plan.borrow();
            (plan.parted, plan.operator)
        };
        match parted {
            Parted::Ignore => {
                let timer = context.timeout(after, OPERATOR);
                self.mirrors().operator = Some(timer);
            }
            Parted::PauseMinority | Parted::AutoHeal => self.give_way(context),
        }
    }

    /// A person restarts this side, so that it joins the other.
    pub(super) fn operator_comes<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let node = Some(context.me());
        context
            .record(|| What::Note { node, text: "a person restarts this side of the partition".to_owned() });
        self.give_way(context);
    }

    fn give_way<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let mirrors = self.mirrors();
        mirrors.operator = None;
        let Some((term, winner)) = mirrors.winner.take() else { return };
        let side = mirrors.side.without(self.place).without(winner);
        for place in side.iter() {
            self.tell(place, Packet::Rejoin { term, leader: winner as u8 }, context);
        }
        self.rejoin(term, winner, context);
        // Both sides may have given way to each other; then neither leads, and both go on after a while.
        self.mirrors().led_last = true;
    }

    fn rejoin<S: Sink>(&mut self, _: u32, winner: usize, context: &mut Context<'_, Wire, S>) {
        if winner == self.place {
            return;
        }
        self.leader = None;
        self.step_down(context);
        let place = self.place;
        let mirrors = self.mirrors();
        (mirrors.led, mirrors.led_last, mirrors.side) = (false, false, Places::default().with(place));
        self.say_hello(winner, context);
        context.timeout(WAITS, JOIN);
    }

    /// A mirror joins: it gets what comes from now on (`ha-sync-mode: manual`, the default).
    fn take_in<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        // What is still to be heard of its process before does not count any more.
        context.watch(self.brokers[place]);
        let (term, base) = (self.journal.term().term, self.journal.last());
        let mirrors = self.mirrors();
        mirrors.side = mirrors.side.with(place);
        mirrors.youngest(place);
        mirrors.is_no_winner(place).into_iter().for_each(|timer| context.cancel(timer));
        let side = mirrors.side;
        self.tell(place, Packet::Reset { term, base, side }, context);
        self.stream_from(place, base, context);
        for other in side.without(self.place).without(place).iter() {
            self.say_hello(other, context);
        }
    }

    /// Its leader has taken somebody in.
    fn learns_side(&mut self, side: Places) {
        let silent = self.silent;
        let mirrors = self.mirrors();
        let new = Places(side.0 & !mirrors.side.0 & !silent.0);
        mirrors.side = Places(mirrors.side.0 | new.0);
        new.iter().for_each(|place| mirrors.youngest(place));
    }

    fn is_reset<S: Sink>(
        &mut self,
        from: usize,
        term: u32,
        base: u32,
        side: Places,
        context: &mut Context<'_, Wire, S>,
    ) {
        if self.leads() {
            return;
        }
        self.reset(term, base, context);
        self.leader = Some(from);
        let own = self.place;
        let mirrors = self.mirrors();
        (mirrors.led, mirrors.led_last, mirrors.side) = (true, false, side);
        mirrors.youngest(own);
    }

    /// Whether entries of this leader count.
    pub(super) fn follows_mirror<S: Sink>(
        &mut self,
        from: usize,
        term: u32,
        context: &mut Context<'_, Wire, S>,
    ) -> bool {
        let counts = self.leader == Some(from) && !self.leads() && term >= self.journal.term().term;
        if counts {
            self.mirrors().led = true;
            if term > self.journal.term().term {
                self.set_term(term, context);
            }
        }
        counts
    }
}
