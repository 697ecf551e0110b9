// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broker of a cluster.

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Context, Node, Sink, TimerId};
use trace::{Map, MessageId, NodeId, Refusal, Time, What};

use super::followers::Follower;
use super::front::Front;
use super::in_sync::InSync;
use super::journal::Journal;
use super::mirrors::Mirrors;
use super::packet::{Entry, Op, Packet, Places, Term};
use super::quorum::Quorum;
use crate::plan::{Durability, Plan, Replication};
use crate::wire::{Letter, Receipt, Wire};
use crate::writeback::{UNASKED, WRITEBACK, Writeback};

/// Tokens of a replica's timers. Those of its front have one of the two highest bits.
pub(super) const RESEND: u64 = 1;
pub(super) const ELECT: u64 = 2;
pub(super) const ASK_IN_SYNC: u64 = 3;
pub(super) const JOIN: u64 = 4;
pub(super) const OPERATOR: u64 = 5;
pub(super) const LAG: u64 = 16;
const OF_FRONT: u64 = 1 << 62;

/// A broker that keeps a copy of the queue's log, and leads or follows.
pub struct Replica {
    pub(super) plan: Rc<RefCell<Plan>>,
    /// All brokers of the cluster, by place, and the place of this one.
    pub(super) brokers: Rc<[NodeId]>,
    pub(super) place: usize,
    pub(super) journal: Journal,
    /// Up to which index the log is committed, as far as this replica knows.
    pub(super) committed: u32,
    pub(super) leader: Option<usize>,
    /// The last index of its log when it began to lead: what is committed of it, it has to find out.
    pub(super) led_from: u32,
    /// What of it faces the consumers, while it leads.
    pub(super) front: Option<Front>,
    pub(super) followers: Vec<Follower>,
    /// Who waits for an entry to be committed, by its index.
    pub(super) waiting: Map<u32, Waiting>,
    /// Members of a group that join again, and whose own commit is still to stand: their requests.
    pub(super) joining: Vec<(NodeId, Wire)>,
    /// Whom this replica has not heard for too long.
    pub(super) silent: Places,
    pub(super) resend: Option<TimerId>,
    pub(super) resends: u32,
    /// When each message was put, as far as this process has seen it.
    pub(super) put_at: Map<MessageId, Time>,
    writeback: Writeback,
    pub(super) rule: Rule,
}

/// What replicas go by, and what they keep in mind for it.
pub(super) enum Rule {
    InSync(InSync),
    Mirrors(Mirrors),
    Quorum(Quorum),
}

#[derive(Clone, Copy)]
pub(super) enum Waiting {
    Producer(NodeId, MessageId),
    Consumer { from: NodeId, receipt: Receipt, answers: bool },
}

impl Replica {
    /// The broker at a place of a cluster. The in-sync rule needs a controller.
    pub fn new(
        plan: Rc<RefCell<Plan>>,
        brokers: Rc<[NodeId]>,
        place: usize,
        controller: Option<NodeId>,
    ) -> Replica {
        let rule = match (plan.borrow().replication, controller) {
            (Replication::InSync, Some(controller)) => Rule::InSync(InSync::new(controller)),
            (Replication::Mirrors, _) => Rule::Mirrors(Mirrors::new(brokers.len())),
            _ => Rule::Quorum(Quorum::default()),
        };
        let followers = brokers.iter().map(|_| Follower::default()).collect();
        Replica {
            plan,
            brokers,
            place,
            journal: Journal::default(),
            committed: 0,
            leader: None,
            led_from: 0,
            front: None,
            followers,
            waiting: Map::new(),
            joining: Vec::new(),
            silent: Places::default(),
            resend: None,
            resends: 0,
            put_at: Map::new(),
            writeback: Writeback::default(),
            rule,
        }
    }

    pub(super) fn leads(&self) -> bool {
        self.front.is_some()
    }

    /// How many make a majority.
    pub(super) fn majority(&self) -> usize {
        self.brokers.len() / 2 + 1
    }

    pub(super) fn others(&self) -> impl Iterator<Item = usize> + use<> {
        let place = self.place;
        (0..self.brokers.len()).filter(move |other| *other != place)
    }

    pub(super) fn tell<S: Sink>(&self, place: usize, packet: Packet, context: &mut Context<'_, Wire, S>) {
        context.send(self.brokers[place], Wire::Cluster(packet));
    }

    /// Whether a message is handed out as soon as the leader has it, and not only when it is committed.
    pub(super) fn hands_out_at_once(&self) -> bool {
        matches!(self.rule, Rule::Mirrors(_))
    }

    /// Up to where this replica's own log is as durable as it has to be.
    pub(super) fn own_position(&self) -> u32 {
        match self.plan.borrow().durability {
            Durability::Flushed => self.journal.durable.max(self.journal.base()),
            _ => self.journal.last(),
        }
    }

    /// Appends an entry to the leader's log, and sends it on its way.
    pub(super) fn append<S: Sink>(&mut self, op: Op, context: &mut Context<'_, Wire, S>) -> u32 {
        let term = self.journal.term().term;
        let index = self.write(Entry { term, op }, context);
        if self.plan.borrow().durability == Durability::Flushed {
            self.journal.flush(context);
        }
        self.stream_to_all(context);
        if matches!(self.rule, Rule::InSync(_)) {
            self.watch_followers(context);
        }
        index
    }

    /// Writes an entry behind the log's end.
    pub(super) fn write<S: Sink>(&mut self, entry: Entry, context: &mut Context<'_, Wire, S>) -> u32 {
        if let Op::Put(letter) = entry.op {
            let (node, message) = (context.me(), letter.message);
            context.record(|| What::Replicated { node, message });
        }
        let index = self.journal.append(entry, context);
        self.writeback.wrote(&self.plan.borrow(), context);
        index
    }

    /// Takes off the log what another leader's log does not have.
    pub(super) fn truncate<S: Sink>(&mut self, last: u32, context: &mut Context<'_, Wire, S>) {
        let node = context.me();
        for index in last + 1..=self.journal.last() {
            if let Some(Entry { op: Op::Put(Letter { message, .. }), .. }) = self.journal.get(index) {
                context.record(|| What::Discarded { node, message });
            }
        }
        self.journal.truncate(last, context);
        self.committed = self.committed.min(last);
    }

    /// Forgets everything; what comes from a leader begins behind `base`.
    pub(super) fn reset<S: Sink>(&mut self, term: u32, base: u32, context: &mut Context<'_, Wire, S>) {
        self.truncate(0, context);
        self.journal.reset(term, base, context);
        self.committed = base;
    }

    /// Commits what the rule says is committed.
    pub(super) fn advance<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if !self.leads() {
            return;
        }
        let until = match &self.rule {
            Rule::InSync(in_sync) => in_sync.committed(self),
            Rule::Mirrors(mirrors) => mirrors.committed(self),
            Rule::Quorum(_) => self.committed_by_majority(),
        };
        while self.committed < until && self.leads() {
            self.committed += 1;
            self.commit(self.committed, context);
        }
    }

    fn commit<S: Sink>(&mut self, index: u32, context: &mut Context<'_, Wire, S>) {
        let Some(entry) = self.journal.get(index) else { return };
        let waiting = self.waiting.remove(index);
        match (entry.op, waiting) {
            (Op::Put(letter), _) if !self.hands_out_at_once() => self.put(index, letter, context),
            (Op::Done { .. }, Some(Waiting::Consumer { from, receipt, answers })) => {
                self.ack(from, receipt, answers, context);
                self.let_join(from, context);
            }
            (Op::Share(share), _) => self.front.iter_mut().for_each(|front| front.shared(share, context)),
            (Op::Done { put, message }, None) if !self.hands_out_at_once() => {
                self.front.iter_mut().for_each(|front| front.settled(put, message, context));
            }
            _ => {}
        }
        if let Some(Waiting::Producer(producer, message)) = waiting {
            // Replicas may have left since it was appended.
            let answer = match self.takes_messages() {
                true => Wire::Confirm(message),
                false => Wire::Refuse(message, Refusal::TooFewReplicas),
            };
            context.send(producer, answer);
        }
    }

    /// Leads from now on, in the journal's term.
    pub(super) fn lead<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let (node, term) = (context.me(), self.journal.term().term);
        context.record(|| What::Leads { node, term, leads: true });
        (self.leader, self.led_from) = (Some(self.place), self.journal.last());
        (self.waiting, self.joining) = (Map::new(), Vec::new());
        let until = if self.hands_out_at_once() { self.journal.last() } else { self.committed };
        let mut front = Front::new(&self.plan);
        match &mut front {
            Front::Log(log) => {
                let puts: Vec<(u32, Letter)> = self.journal.puts_until(until).collect();
                log.restore(&puts, self.journal.done_until(until).collect(), context);
                self.journal.shares_until(until).for_each(|share| log.shared(share, context));
            }
            Front::Queue(queue) => {
                let open = self.journal.open(until).into_iter();
                open.for_each(|(index, letter)| queue.put(index.into(), letter, context));
            }
        }
        self.front = Some(front);
        self.begin_streaming();
        if matches!(self.rule, Rule::Quorum(_)) {
            self.append(Op::Nothing, context);
        }
        self.greet_followers(context);
        self.advance(context);
    }

    /// Leads no more.
    pub(super) fn step_down<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let Some(mut front) = self.front.take() else { return };
        let (node, term) = (context.me(), self.journal.term().term);
        front.close(context);
        context.record(|| What::Leads { node, term, leads: false });
        let leader = self.leader.filter(|leader| *leader != self.place).map(|leader| self.brokers[leader]);
        self.leader = self.leader.filter(|leader| *leader != self.place);
        for client in front.clients() {
            context.stop_listening(client);
            context.send(client, Wire::NotLeader { message: None, leader });
        }
        for (_, waiting) in std::mem::take(&mut self.waiting).iter() {
            if let Waiting::Producer(producer, message) = waiting {
                context.send(*producer, Wire::NotLeader { message: Some(*message), leader });
            }
        }
        self.stop_streaming(context);
    }

    pub(super) fn place_of(&self, node: NodeId) -> Option<usize> {
        self.brokers.iter().position(|broker| *broker == node)
    }

    /// Notes a new term, and that nobody got this replica's vote in it.
    pub(super) fn set_term<S: Sink>(&mut self, term: u32, context: &mut Context<'_, Wire, S>) {
        let base = self.journal.base();
        self.journal.set_term(Term { term, vote: None, base }, context);
    }

    fn broker_says<S: Sink>(&mut self, from: NodeId, packet: Packet, context: &mut Context<'_, Wire, S>) {
        match (packet, self.place_of(from)) {
            (Packet::Append { .. }, Some(place)) => self.appends(place, packet, context),
            (Packet::Appended { term, have, fits }, Some(place)) => {
                self.appended(place, term, have, fits, context);
            }
            (_, place) => match self.rule {
                Rule::InSync(_) => self.in_sync_packet(packet, context),
                Rule::Mirrors(_) => {
                    place.into_iter().for_each(|place| self.mirrors_packet(place, packet, context));
                }
                Rule::Quorum(_) => {
                    place.into_iter().for_each(|place| self.quorum_packet(place, packet, context));
                }
            },
        }
    }

    /// What it finds on its disk is a copy that it has.
    fn recover<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) -> bool {
        let (journal, known) = Journal::from_disk(context);
        self.journal = journal;
        self.journal.durable = self.journal.last();
        self.committed = self.journal.base();
        let node = context.me();
        for (_, Letter { message, .. }) in self.journal.puts_until(u32::MAX) {
            context.record(|| What::Replicated { node, message });
        }
        known
    }
}

impl<S: Sink> Node<Wire, S> for Replica {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        match self.rule {
            Rule::InSync(_) => self.watch_others(context),
            Rule::Mirrors(_) => self.start_mirror(context),
            Rule::Quorum(_) => self.start_member(context),
        }
    }

    fn restart(&mut self, context: &mut Context<'_, Wire, S>) {
        let known = self.recover(context);
        match self.rule {
            Rule::InSync(_) => {
                self.watch_others(context);
                self.register(context);
            }
            Rule::Mirrors(_) => self.restart_mirror(context),
            Rule::Quorum(_) => self.restart_member(known, context),
        }
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Connect => context.send(from, Wire::Connected),
            Wire::Cluster(packet) => self.broker_says(from, packet, context),
            _ => self.client_says(from, packet, context),
        }
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        match token {
            RESEND => self.stream_again(context),
            ELECT => self.campaign(context),
            ASK_IN_SYNC => self.ask_in_sync(context),
            JOIN => self.nobody_leads(context),
            OPERATOR => self.operator_comes(context),
            WRITEBACK => self.writeback.flush(context),
            _ if token >= OF_FRONT => {
                if let Some(front) = &mut self.front {
                    front.as_node().timer(token, context);
                }
                self.note_let_go(context);
                self.advance(context);
            }
            _ => self.lags((token - LAG) as usize, context),
        }
    }

    fn flushed(&mut self, number: u64, context: &mut Context<'_, Wire, S>) {
        if number == UNASKED {
            return;
        }
        let durable = self.journal.flushed(number);
        match self.leader.filter(|_| !self.leads()) {
            Some(leader) => self.say_have(leader, durable, context),
            None => self.advance(context),
        }
    }

    fn flush_failed(&mut self, number: u64, _: &mut Context<'_, Wire, S>) {
        self.journal.flush_failed(number);
    }

    fn disconnected(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        match self.place_of(peer) {
            Some(place) => {
                // Again when it is back.
                context.watch(peer);
                self.gone(place, context);
            }
            None => {
                if let Some(front) = &mut self.front {
                    front.as_node().disconnected(peer, context);
                }
                self.note_let_go(context);
            }
        }
    }

    fn silent(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        match self.place_of(peer) {
            Some(place) => {
                self.silent = self.silent.with(place);
                self.gone(place, context);
            }
            None => {
                if let Some(front) = &mut self.front {
                    front.as_node().silent(peer, context);
                }
                self.note_let_go(context);
            }
        }
    }

    fn heard(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        let Some(place) = self.place_of(peer) else { return };
        self.silent = self.silent.without(place);
        self.back(place, context);
    }

    fn parameter(&mut self, name: &str, value: &str, context: &mut Context<'_, Wire, S>) {
        match &mut self.front {
            Some(front) => front.as_node().parameter(name, value, context),
            None => crate::plan::change(&self.plan, name, value),
        }
        self.advance(context);
    }
}

impl Replica {
    /// A broker is dead, or cannot be heard.
    fn gone<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        match self.rule {
            Rule::InSync(_) => self.replica_is_gone(place, context),
            Rule::Mirrors(_) => self.mirror_is_gone(place, context),
            Rule::Quorum(_) => self.member_is_gone(place, context),
        }
    }

    /// A broker that was silent is heard again.
    fn back<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        match self.rule {
            Rule::InSync(_) => {}
            Rule::Mirrors(_) => self.mirror_is_back(place, context),
            Rule::Quorum(_) => self.member_is_back(place, context),
        }
    }
}
