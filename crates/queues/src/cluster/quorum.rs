// SPDX-License-Identifier: MIT OR Apache-2.0
//! The majority rule: Raft (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014), with the
//! pre-vote of Ongaro's dissertation, section 9.6. RabbitMQ's quorum queues are built on it.

use sim::{Context, Sink, TimerId};
use trace::{NodeId, Time};

use super::packet::{Entry, Op, Packet, Places, Term};
use super::replica::{ELECT, Replica, Rule};
use crate::wire::Wire;

/// Streams of random numbers, by purpose.
const ELECTION: u8 = 8;
/// How long a candidate waits before it tries again, at least; twice that at most.
const ELECTION_AGAIN: Time = Time::secs(1);
/// So often; from then on it waits until it hears somebody again.
const TRIES: u32 = 60;

/// What a member of a majority keeps in mind.
#[derive(Default)]
pub(super) struct Quorum {
    votes: Places,
    /// Whether it asks whether it would be elected, or asks to be.
    stage: Stage,
    timer: Option<TimerId>,
    tries: u32,
    /// It lost its disk, and with it what it had promised: until it has caught up it gives no vote and asks for none.
    learns: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Follows,
    Asks,
    Runs,
}

impl Replica {
    fn quorum(&mut self) -> &mut Quorum {
        match &mut self.rule {
            Rule::Quorum(quorum) => quorum,
            _ => unreachable!("asked for only under the majority rule"),
        }
    }

    /// The queue was declared at the first broker: that one leads at the beginning.
    pub(super) fn start_member<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.listen_to_members(context);
        self.set_term(1, context);
        self.leader = Some(0);
        if self.place == 0 {
            self.lead(context);
        }
    }

    pub(super) fn restart_member<S: Sink>(&mut self, known: bool, context: &mut Context<'_, Wire, S>) {
        self.listen_to_members(context);
        self.quorum().learns = !known;
        self.election_later(context);
    }

    fn listen_to_members<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let silence = self.plan.borrow().silence;
        // Not all at the same time, or they would vote against each other for ever.
        let more = context.stream(ELECTION).below(silence.0 / 2 + 1);
        for place in self.others() {
            context.listen(self.brokers[place], Time(silence.0 + more));
            context.watch(self.brokers[place]);
        }
    }

    /// What a majority has, and the entry is of this term (Raft, section 5.4.2).
    pub(super) fn committed_by_majority(&self) -> u32 {
        let mut have: Vec<u32> = self.others().map(|place| self.followers[place].matched).collect();
        have.push(self.own_position());
        have.sort_unstable();
        let index = have[have.len() - self.majority()];
        match self.journal.term_at(index) == Some(self.journal.term().term) {
            true => index,
            false => self.committed,
        }
    }

    fn is_up_to_date(&self, last: u32, last_term: u32) -> bool {
        let own = self.journal.last();
        (last_term, last) >= (self.journal.term_at(own).unwrap_or(0), own)
    }

    fn hears_leader(&self) -> bool {
        self.leads() || self.leader.is_some_and(|leader| !self.silent.has(leader))
    }

    pub(super) fn member_is_gone<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        if self.leads() {
            // One that is only silent has what it had.
            if !self.silent.has(place) {
                self.followers[place].matched = 0;
                self.greet(place, context);
            }
            return;
        }
        if self.leader == Some(place) {
            self.leader = None;
            self.election_later(context);
        }
    }

    pub(super) fn member_is_back<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        if self.leads() {
            self.resends = 0;
            self.bring_copies(place, context);
            self.greet(place, context);
        } else if !self.hears_leader() {
            self.quorum().tries = 0;
            self.election_later(context);
        }
    }

    /// A copy on a server that could not be reached may be handed out once more after its message was deleted (SQS Developer
    /// Guide, at-least-once delivery).
    fn bring_copies<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        if !self.plan.borrow().stale_copies {
            return;
        }
        let had = self.followers[place].matched;
        let known: Vec<u32> = self.journal.done_until(had).collect();
        let done = self.journal.done_until(self.committed).filter(|put| *put <= had && !known.contains(put));
        let stale: Vec<u32> = done.collect();
        for put in stale {
            if let Some(Entry { op: Op::Put(letter), .. }) = self.journal.get(put) {
                self.put(put, letter, context);
            }
        }
    }

    fn election_later<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let tries = self.quorum().tries;
        if self.quorum().timer.is_some() || tries == TRIES {
            return;
        }
        let more = context.stream(ELECTION).below(ELECTION_AGAIN.0);
        let factor = u64::from(tries / 10 + 1);
        self.quorum().timer = Some(context.timer(Time(factor * (ELECTION_AGAIN.0 + more)), ELECT));
    }

    /// Asks whether it would be elected.
    pub(super) fn campaign<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if !matches!(self.rule, Rule::Quorum(_)) {
            return;
        }
        self.quorum().timer = None;
        if self.hears_leader() || self.quorum().learns {
            return;
        }
        let own = self.place;
        let quorum = self.quorum();
        quorum.tries += 1;
        (quorum.stage, quorum.votes) = (Stage::Asks, Places::default().with(own));
        self.ask_for_votes(true, context);
        self.election_later(context);
        self.count_votes(context);
    }

    fn ask_for_votes<S: Sink>(&mut self, asks: bool, context: &mut Context<'_, Wire, S>) {
        let last = self.journal.last();
        let last_term = self.journal.term_at(last).unwrap_or(0);
        let term = self.journal.term().term + u32::from(asks);
        for place in self.others() {
            self.tell(place, Packet::Vote { term, last, last_term, asks }, context);
        }
    }

    fn count_votes<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.quorum().votes.count() < self.majority() {
            return;
        }
        let (own, me) = (self.place, context.me());
        if self.quorum().stage == Stage::Runs {
            let quorum = self.quorum();
            (quorum.stage, quorum.tries) = (Stage::Follows, 0);
            quorum.timer.take().into_iter().for_each(|timer| context.cancel(timer));
            return self.lead(context);
        }
        let quorum = self.quorum();
        (quorum.stage, quorum.votes) = (Stage::Runs, Places::default().with(own));
        let term = self.journal.term();
        self.journal.set_term(Term { term: term.term + 1, vote: Some(me), ..term }, context);
        self.ask_for_votes(false, context);
        // Alone it has a majority, and nobody will say so.
        self.count_votes(context);
    }

    pub(super) fn quorum_packet<S: Sink>(
        &mut self,
        from: usize,
        packet: Packet,
        context: &mut Context<'_, Wire, S>,
    ) {
        match packet {
            Packet::Vote { term, last, last_term, asks } => {
                let candidate = self.brokers[from];
                let yes = self.votes_for(candidate, term, (last, last_term), asks, context);
                let known = self.journal.term().term;
                self.tell(from, Packet::Voted { term, known, yes, asked: asks }, context);
            }
            Packet::Voted { term, known, yes, asked } => {
                let own = self.journal.term().term;
                if known > own {
                    self.set_term(known, context);
                    return self.is_deposed(context);
                }
                let stage = self.quorum().stage;
                let counts = match stage {
                    Stage::Asks => asked && term == own + 1,
                    Stage::Runs => !asked && term == own,
                    Stage::Follows => false,
                };
                if counts && yes {
                    let votes = self.quorum().votes.with(from);
                    self.quorum().votes = votes;
                    self.count_votes(context);
                }
            }
            _ => {}
        }
    }

    fn votes_for<S: Sink>(
        &mut self,
        candidate: NodeId,
        term: u32,
        (last, last_term): (u32, u32),
        asks: bool,
        context: &mut Context<'_, Wire, S>,
    ) -> bool {
        let own = self.journal.term();
        let fit = self.is_up_to_date(last, last_term) && !self.quorum().learns;
        if asks {
            return fit && term > own.term && !self.hears_leader();
        }
        if term > own.term {
            self.set_term(term, context);
            self.is_deposed(context);
        }
        let own = self.journal.term();
        let yes = fit && term == own.term && own.vote.is_none_or(|vote| vote == candidate);
        if yes {
            self.journal.set_term(Term { vote: Some(candidate), ..own }, context);
        }
        yes
    }

    /// There is a newer term: nobody leads this one.
    pub(super) fn is_deposed<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.quorum().stage = Stage::Follows;
        self.leader = None;
        self.step_down(context);
        self.election_later(context);
    }

    /// Whether entries of this leader count. They tell who leads.
    pub(super) fn follows_member<S: Sink>(
        &mut self,
        from: usize,
        term: u32,
        context: &mut Context<'_, Wire, S>,
    ) -> bool {
        let own = self.journal.term().term;
        if term < own {
            self.tell(from, Packet::Appended { term: own, have: 0, fits: false }, context);
            return false;
        }
        if term > own {
            self.set_term(term, context);
        }
        if self.leader != Some(from) || self.leads() {
            self.leader = Some(from);
            self.step_down(context);
        }
        let quorum = self.quorum();
        (quorum.stage, quorum.tries) = (Stage::Follows, 0);
        quorum.timer.take().into_iter().for_each(|timer| context.cancel(timer));
        true
    }

    /// A member without a disk of its own votes again when it has what was committed when it came.
    pub(super) fn caught_up(&mut self, committed: u32) {
        let last = self.journal.last();
        if let Rule::Quorum(quorum) = &mut self.rule {
            quorum.learns &= last < committed;
        }
    }
}
