// SPDX-License-Identifier: MIT OR Apache-2.0
//! The controller of the in-sync rule: who leads, and who is in sync.

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Context, Node, Sink, TimerId};
use trace::{NodeId, Time, What};

use super::packet::{Packet, Places, Term};
use crate::plan::Plan;
use crate::wire::{Record, Wire};

/// A broker that has not answered is told again after this long, at most so many times; from then on it is told when it is
/// heard again.
const TELL_AGAIN: Time = Time::millis(500);
const TRIES: u32 = 60;
const STATE: u64 = 0;

/// Decides who leads, among those in sync, and keeps the list of these. One node here, which stands for a quorum of its own
/// (KRaft) that does not fail as a whole but can be cut off.
pub struct Controller {
    plan: Rc<RefCell<Plan>>,
    brokers: Vec<NodeId>,
    epoch: u32,
    leader: Option<usize>,
    in_sync: Places,
    /// Who has left the list since it was long enough for the last time, and may lead all the same: it has all that is
    /// committed (KIP-966).
    eligible: Places,
    /// Who led last.
    last_leader: usize,
    /// Whom it hears, and whose process it knows.
    alive: Places,
    /// Whom it hears again: a new process registers before it answers, and one that goes on only answers.
    returning: Places,
    /// Counts its decisions.
    version: u32,
    /// Which of them each broker has answered.
    heard: Vec<u32>,
    /// The process of each broker that has registered.
    processes: Vec<u64>,
    /// By which decision each of these was taken off the list: a leader that has not heard of it means the process before
    /// (KIP-903).
    registered: Vec<u32>,
    again: Option<TimerId>,
    tries: u32,
}

impl Controller {
    /// A controller of these brokers. The first one leads, and all are in sync.
    pub fn new(plan: Rc<RefCell<Plan>>, brokers: Vec<NodeId>) -> Controller {
        let all = Places::first(brokers.len());
        let (heard, processes) = (vec![0; brokers.len()], vec![0; brokers.len()]);
        let registered = vec![0; brokers.len()];
        let (epoch, leader, version, again, tries) = (1, Some(0), 1, None, 0);
        Controller {
            plan,
            brokers,
            epoch,
            leader,
            in_sync: all,
            eligible: Places::default(),
            last_leader: 0,
            alive: all,
            returning: Places::default(),
            version,
            heard,
            processes,
            registered,
            again,
            tries,
        }
    }

    fn place_of(&self, node: NodeId) -> Option<usize> {
        self.brokers.iter().position(|broker| *broker == node)
    }

    fn decide<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let leads = self.leader.is_some_and(|leader| self.alive.has(leader) && self.in_sync.has(leader));
        if !leads {
            self.elect(context);
        }
        self.version += 1;
        self.keep(context);
        self.tell_all(context);
    }

    /// The first in the list who is in sync and alive, or who is eligible. If nobody is, the last one in sync is waited for, unless
    /// an election may be unclean: then anybody leads, and those in sync are that one alone. When nobody is left on either list,
    /// for all have crashed, who led last is the best there is.
    fn elect<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let in_sync = Places(self.in_sync.0 & self.alive.0).iter().next();
        let eligible = Places(self.eligible.0 & self.alive.0).iter().next().filter(|_| in_sync.is_none());
        let clean = in_sync.or(eligible);
        let nobody_is_listed = self.in_sync.0 | self.eligible.0 == 0;
        let last = Some(self.last_leader).filter(|last| nobody_is_listed && self.alive.has(*last));
        let anybody = self.alive.iter().next().filter(|_| self.plan.borrow().unclean);
        let unclean = last.or(anybody).filter(|_| clean.is_none());
        let before = self.leader;
        self.leader = clean.or(unclean);
        self.last_leader = self.leader.unwrap_or(self.last_leader);
        if let Some(leader) = eligible.or(unclean) {
            self.in_sync = Places::default().with(leader);
            self.eligible = self.eligible.without(leader);
        }
        if let Some(unclean) = unclean {
            let node = Some(context.me());
            context.record(|| What::Note {
                node,
                text: match last == Some(unclean) {
                    true => "nobody is known to have everything: who led last leads again",
                    false => "an unclean election: who leads now was not in sync",
                }
                .to_owned(),
            });
        }
        if self.leader.is_some() || before.is_some() {
            self.epoch += 1;
        }
    }

    /// Takes a broker off the list, unless it is the last on it. Where who has left may still lead, the last one leaves, too.
    fn is_out_of_sync(&mut self, place: usize) {
        if self.in_sync.count() > 1 || self.plan.borrow().eligible {
            self.becomes(self.in_sync.without(place));
        }
    }

    /// The list changes. Who leaves it when it becomes too short, or is, stays eligible until it is long enough again.
    fn becomes(&mut self, in_sync: Places) {
        let (eligible, least) = {
            let plan = self.plan.borrow();
            (plan.eligible, plan.min_insync)
        };
        let left = Places(self.in_sync.0 & !in_sync.0);
        self.eligible = match eligible && (in_sync.count() as u64) < least {
            true => Places((self.eligible.0 | left.0) & !in_sync.0),
            false => Places::default(),
        };
        self.in_sync = in_sync;
    }

    fn keep<S: Sink>(&self, context: &mut Context<'_, Wire, S>) {
        let vote = self.leader.map(|leader| self.brokers[leader]);
        let state = Term {
            term: self.epoch,
            vote,
            base: u32::from(self.in_sync.0) | u32::from(self.eligible.0) << 8 | self.version << 16,
        };
        context.disk().write_through(STATE, Record::Term(state));
    }

    fn tell_all<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.tries = 0;
        self.tell(context);
    }

    fn tell<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.again.take().into_iter().for_each(|timer| context.cancel(timer));
        let leadership = Packet::Leadership {
            version: self.version,
            epoch: self.epoch,
            leader: self.leader.map(|leader| leader as u8),
            in_sync: self.in_sync,
            alive: self.alive,
        };
        let mut waits = false;
        for (place, broker) in self.brokers.iter().enumerate() {
            let hears = self.alive.has(place) || self.returning.has(place);
            if self.heard[place] < self.version && hears {
                context.send(*broker, Wire::Cluster(leadership));
                waits = true;
            }
        }
        if waits && self.tries < TRIES {
            self.tries += 1;
            self.again = Some(context.timeout(TELL_AGAIN, 0));
        }
    }

    fn listen<S: Sink>(&self, context: &mut Context<'_, Wire, S>) {
        let silence = self.plan.borrow().silence;
        self.brokers.iter().for_each(|broker| context.listen(*broker, silence));
    }
}

impl<S: Sink> Node<Wire, S> for Controller {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        self.listen(context);
        self.keep(context);
        self.tell_all(context);
    }

    fn restart(&mut self, context: &mut Context<'_, Wire, S>) {
        self.listen(context);
        if let Some(Record::Term(state)) = context.disk().read(STATE).copied() {
            self.epoch = state.term;
            self.leader = state.vote.and_then(|node| self.place_of(node));
            (self.in_sync, self.eligible) = (Places(state.base as u8), Places((state.base >> 8) as u8));
            (self.version, self.last_leader) = (state.base >> 16, self.leader.unwrap_or(0));
        }
        self.tell_all(context);
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        let (Wire::Cluster(packet), Some(place)) = (packet, self.place_of(from)) else { return };
        match packet {
            Packet::Led(version) => {
                self.heard[place] = self.heard[place].max(version);
                if self.returning.has(place) {
                    self.is_back(place);
                    self.decide(context);
                }
            }
            // Its process is a new one: what it had not flushed may be gone, and it may not lead for what it had.
            Packet::Registered(process) => {
                if std::mem::replace(&mut self.processes[place], process) == process {
                    self.heard[place] = 0;
                    return self.tell_all(context);
                }
                self.heard[place] = 0;
                self.is_back(place);
                self.is_out_of_sync(place);
                self.eligible = self.eligible.without(place);
                if self.leads(place) {
                    self.leader = None;
                }
                self.decide(context);
                self.registered[place] = self.version;
            }
            // Only the leader of now is heard, and whoever is not alive is not in sync.
            Packet::InSync { epoch, in_sync } => {
                if epoch == self.epoch && self.leads(place) {
                    let new = in_sync.iter().filter(|other| self.heard[place] < self.registered[*other]);
                    let unknown = new.fold(Places::default(), Places::with);
                    let meant = in_sync.0 & !(unknown.0 & !self.in_sync.0);
                    self.becomes(Places(meant & self.alive.0).with(place));
                    self.decide(context);
                } else {
                    self.heard[place] = 0;
                    self.tell_all(context);
                }
            }
            _ => {}
        }
    }

    fn timer(&mut self, _: u64, context: &mut Context<'_, Wire, S>) {
        self.again = None;
        self.tell(context);
    }

    fn silent(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        let Some(place) = self.place_of(peer) else { return };
        (self.alive, self.returning) = (self.alive.without(place), self.returning.without(place));
        self.is_out_of_sync(place);
        self.decide(context);
    }

    fn heard(&mut self, peer: NodeId, context: &mut Context<'_, Wire, S>) {
        let Some(place) = self.place_of(peer) else { return };
        self.returning = self.returning.with(place);
        self.heard[place] = 0;
        self.tell_all(context);
    }

    fn parameter(&mut self, name: &str, value: &str, _: &mut Context<'_, Wire, S>) {
        crate::plan::change(&self.plan, name, value);
    }
}

impl Controller {
    fn is_back(&mut self, place: usize) {
        (self.alive, self.returning) = (self.alive.with(place), self.returning.without(place));
    }

    fn leads(&self, place: usize) -> bool {
        self.leader == Some(place)
    }
}
