// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who leads and who may lead next: the exam's controller. It does not fail, and of those in sync it elects the one from
//! which most would be lost.

use std::cell::RefCell;
use std::rc::Rc;

use queues::{Fetching, Role, Wire};
use sim::{Context, Node, Sink};
use trace::{NodeId, Time};

use super::process::Books;

/// The token of the timer that says all again; those of elections begin above.
const AGAIN: u64 = 0;
const SAY_AGAIN: Time = Time::millis(200);
/// The stream that decides between replicas from which as much would be lost.
const TIES: u8 = 0;

pub(super) struct Controller {
    role: Role,
    replicas: u16,
    /// Whom it tells besides.
    client: NodeId,
    /// When it elects.
    elections: Vec<Time>,
    until: Time,
    books: Rc<RefCell<Books>>,
}

impl Controller {
    pub fn new(
        replicas: u16,
        client: NodeId,
        elections: Vec<Time>,
        until: Time,
        books: Rc<RefCell<Books>>,
    ) -> Controller {
        let role = Role { epoch: 1, version: 0, leader: NodeId(0), in_sync: (1 << replicas) - 1 };
        Controller { role, replicas, client, elections, until, books }
    }

    fn say<S: Sink>(&self, context: &mut Context<'_, Wire, S>) {
        for to in (0..self.replicas).map(NodeId).chain([self.client]) {
            context.send(to, Wire::Fetching(Fetching::Role(self.role)));
        }
    }

    /// Any of those in sync may be chosen. The one who leads is chosen where there is no other.
    fn elect<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let mut least: Vec<NodeId> = Vec::new();
        let books = self.books.borrow();
        let held = |node: NodeId| books.logs[node.index()].records.len();
        for node in (0..self.replicas).map(NodeId) {
            if self.role.in_sync & (1 << node.0) == 0 || node == self.role.leader {
                continue;
            }
            match least.first().map(|other| held(node).cmp(&held(*other))) {
                Some(std::cmp::Ordering::Greater) => continue,
                Some(std::cmp::Ordering::Less) => least.clear(),
                _ => {}
            }
            least.push(node);
        }
        drop(books);
        let nth = context.stream(TIES).below(least.len().max(1) as u64) as usize;
        let leader = least.get(nth).copied().unwrap_or(self.role.leader);
        self.role = Role { epoch: self.role.epoch + 1, version: 0, leader, in_sync: self.role.in_sync };
        self.say(context);
    }
}

impl<S: Sink> Node<Wire, S> for Controller {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        self.say(context);
        context.timeout(SAY_AGAIN, AGAIN);
        for (n, at) in self.elections.iter().enumerate() {
            context.timer(*at, AGAIN + 1 + n as u64);
        }
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Fetching(Fetching::Propose(wish)) => {
                let is_of_now = (wish.epoch, wish.version) == (self.role.epoch, self.role.version);
                if is_of_now && from == self.role.leader && wish.in_sync & (1 << from.0) != 0 {
                    self.role = Role { version: wish.version + 1, ..wish };
                    self.say(context);
                }
            }
            // A replica has started, and says in which epoch it led last: who has forgotten its lead is elected anew, or
            // another is.
            Wire::Subscribe { session, .. } => {
                if from == self.role.leader && session >= u64::from(self.role.epoch) {
                    self.elect(context);
                } else {
                    context.send(from, Wire::Fetching(Fetching::Role(self.role)));
                }
            }
            _ => {}
        }
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        if token != AGAIN {
            self.elect(context);
        } else if context.now() < self.until {
            self.say(context);
            context.timeout(SAY_AGAIN, AGAIN);
        }
    }
}
