// SPDX-License-Identifier: MIT OR Apache-2.0
//! Accounts, and money that moves between them: both on one node, or one on each of two.
//!
//! ```text
//!  producer-1 ──publish──► both                     one write books both accounts
//!             ◄─confirm───
//!  producer-2 ──publish──► left ──deliver──► right  one write on each side
//!             ◄─confirm───      ◄───ack─────
//! ```
//!
//! The two arrangements are given the same transfers. A node by itself is as careful as one node can be: it writes a
//! transfer to its log, flushes, and only then answers; it knows transfers by their ids; after a crash it reads its log.
//! What may be careless is what happens *between* the nodes: whether `left` hands the credit out again until `right` has
//! answered (`lease`), and whether `right` knows a credit that it has booked already (`ids`).

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Context, Node, Sink, TimerId};
use trace::{Map, MessageId, NodeId, What};

use crate::plan::Plan;
use crate::wire::{Letter, Receipt, Record, Wire};

/// What every transfer moves.
pub const AMOUNT: i64 = 10;

/// On disk the log's entries are numbered from 1. Under 0 stands how many of them are booked, which is this model's own
/// affair; from here on stand marks of credits that are settled.
const SETTLED: u64 = 1 << 32;

/// Which accounts a node keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// The one that pays and the one that is paid.
    Both,
    /// The one that pays; the other is on this node.
    Payer(NodeId),
    /// The one that is paid.
    Payee,
}

/// A node that keeps accounts.
pub struct Accounts {
    plan: Rc<RefCell<Plan>>,
    keeps: Keeps,
    /// Each transfer's entry in the log; the last, where it has several.
    known: Map<MessageId, u64>,
    logged: u64,
    /// How many entries are durable and in the balances.
    booked: u64,
    /// Who waits for which entry to become durable, and in which attempt it came.
    asked: Map<u64, (NodeId, u32)>,
    /// Credits handed out and not answered.
    handed: Map<MessageId, Handed>,
}

struct Handed {
    letter: Letter,
    attempt: u32,
    lease: Option<TimerId>,
}

impl Accounts {
    /// A node with an empty log.
    pub fn new(plan: Rc<RefCell<Plan>>, keeps: Keeps) -> Accounts {
        Accounts {
            plan,
            keeps,
            known: Map::new(),
            logged: 0,
            booked: 0,
            asked: Map::new(),
            handed: Map::new(),
        }
    }

    /// Says what the accounts hold: the log, summed up.
    fn tell<S: Sink>(&self, message: Option<MessageId>, context: &mut Context<'_, Wire, S>) {
        let opening = AMOUNT * self.plan.borrow().transfers() as i64;
        let moved = AMOUNT * self.booked as i64;
        let both = [(1, opening - moved), (2, opening + moved)];
        let (ledger, accounts) = match self.keeps {
            Keeps::Both => (1, &both[..]),
            Keeps::Payer(_) => (2, &both[..1]),
            Keeps::Payee => (2, &both[1..]),
        };
        let node = context.me();
        for &(account, amount) in accounts {
            context.record(|| What::Balance { node, ledger, account, message, amount });
        }
    }

    /// Writes a transfer to the log; it counts when it is flushed.
    fn log<S: Sink>(
        &mut self,
        letter: Letter,
        from: NodeId,
        attempt: u32,
        context: &mut Context<'_, Wire, S>,
    ) {
        self.logged += 1;
        self.known.insert(letter.message, self.logged);
        self.asked.insert(self.logged, (from, attempt));
        context.disk().write(self.logged, Record::of(letter));
        context.flush(self.logged);
        let (node, message) = (context.me(), letter.message);
        if self.keeps == Keeps::Payee {
            context.record(|| What::Started { node, message, attempt });
        }
    }

    /// Everything up to this entry is durable.
    fn book<S: Sink>(&mut self, until: u64, context: &mut Context<'_, Wire, S>) {
        while self.booked < until {
            let entry = self.booked + 1;
            let Some(letter) = context.disk().read(entry).and_then(Record::letter) else { return };
            self.booked = entry;
            let booked = Record::of(Letter { seq: entry, ..letter });
            context.disk().write_through(0, booked);
            self.tell(Some(letter.message), context);
            let asked = self.asked.remove(entry);
            self.carry_on(letter, asked, context);
        }
    }

    /// What follows from a booking. An entry that nobody waits for was found in the log after a crash.
    fn carry_on<S: Sink>(
        &mut self,
        letter: Letter,
        asked: Option<(NodeId, u32)>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let (node, message) = (context.me(), letter.message);
        let (from, attempt) = asked.map_or((None, 1), |(from, attempt)| (Some(from), attempt));
        match self.keeps {
            Keeps::Both => context.record(|| What::Applied { node, message, attempt }),
            Keeps::Payer(payee) => {
                if asked.is_some() || self.plan.borrow().lease.is_some() {
                    self.hand(payee, letter, 1, context);
                }
            }
            Keeps::Payee => {
                if from.is_some() {
                    context.record(|| What::Finished { node, message, attempt });
                }
                context.record(|| What::Applied { node, message, attempt });
            }
        }
        if let Some(from) = from {
            self.answer(from, message, attempt, context);
        }
    }

    fn answer<S: Sink>(
        &self,
        to: NodeId,
        message: MessageId,
        attempt: u32,
        context: &mut Context<'_, Wire, S>,
    ) {
        context.send(
            to,
            match self.keeps {
                Keeps::Payee => Wire::Ack(Receipt { message, attempt, session: 0 }),
                Keeps::Both | Keeps::Payer(_) => Wire::Confirm(message),
            },
        );
    }

    /// Sends a credit, and again when its lease runs out: now this node is a queue of one consumer.
    fn hand<S: Sink>(
        &mut self,
        payee: NodeId,
        letter: Letter,
        attempt: u32,
        context: &mut Context<'_, Wire, S>,
    ) {
        let (node, message, now) = (context.me(), letter.message, context.now());
        let lease = self.plan.borrow().lease;
        let timer = lease.map(|lease| context.timeout(lease, message.0));
        self.handed.insert(message, Handed { letter, attempt, lease: timer });
        let lease_until = lease.map(|lease| now + lease);
        context.record(|| What::Handed { node, consumer: payee, message, attempt, lease_until });
        context.send(payee, Wire::Deliver { letter, attempt, session: 0 });
    }

    /// Nothing more is to be done for a credit; a mark in the log says so, and is flushed with the next entry.
    fn settle<S: Sink>(&mut self, letter: Letter, context: &mut Context<'_, Wire, S>) {
        if let Some(entry) = self.known.get(letter.message).copied() {
            context.disk().write(SETTLED + entry, Record::of(letter));
        }
    }

    fn asked_for<S: Sink>(
        &mut self,
        letter: Letter,
        from: NodeId,
        attempt: u32,
        context: &mut Context<'_, Wire, S>,
    ) {
        let knows = self.keeps != Keeps::Payee || self.plan.borrow().ids;
        let Some(entry) = self.known.get(letter.message).copied().filter(|_| knows) else {
            return self.log(letter, from, attempt, context);
        };
        let (node, message) = (context.me(), letter.message);
        if self.keeps == Keeps::Payee {
            // It looks the credit up, and that is all.
            context.record(|| What::Started { node, message, attempt });
            context.record(|| What::Finished { node, message, attempt });
        }
        // Else the flush will answer.
        if entry <= self.booked {
            self.answer(from, message, attempt, context);
        }
    }
}

impl<S: Sink> Node<Wire, S> for Accounts {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        self.tell(None, context);
    }

    fn restart(&mut self, context: &mut Context<'_, Wire, S>) {
        self.booked = context.disk().read(0).and_then(Record::letter).map_or(0, |last| last.seq);
        let all: Vec<(u64, Letter)> =
            context.disk().records().filter_map(|(n, record)| Some((n, record.letter()?))).collect();
        let entries = all.iter().filter(|(n, _)| (1..SETTLED).contains(n));
        for (entry, letter) in entries.clone() {
            self.known.insert(letter.message, *entry);
            self.logged = *entry;
        }
        self.tell(None, context);
        let resends = self.plan.borrow().lease.is_some();
        if let (Keeps::Payer(payee), true) = (self.keeps, resends) {
            let booked = self.booked;
            for (entry, letter) in entries.take_while(|(n, _)| *n <= booked) {
                if context.disk().read(SETTLED + entry).is_none() {
                    self.hand(payee, *letter, 1, context);
                }
            }
        }
        // What was written and not flushed when the process died is still in the page cache.
        match context.disk().unflushed() {
            0 => self.book(self.logged, context),
            _ => context.flush(self.logged),
        }
    }

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Publish(letter) => self.asked_for(letter, from, 1, context),
            Wire::Deliver { letter, attempt, .. } => self.asked_for(letter, from, attempt, context),
            Wire::Ack(Receipt { message, attempt, .. }) => {
                let Some(handed) = self.handed.remove(message) else { return };
                handed.lease.into_iter().for_each(|timer| context.cancel(timer));
                let node = context.me();
                context.record(|| What::Acked { node, message, attempt });
                self.settle(handed.letter, context);
            }
            _ => {}
        }
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        let (node, message) = (context.me(), MessageId(token));
        let (Some(Handed { letter, attempt, .. }), Keeps::Payer(payee)) =
            (self.handed.remove(message), self.keeps)
        else {
            return;
        };
        context.record(|| What::LeaseExpired { node, message, attempt });
        let limit = self.plan.borrow().delivery_limit;
        if limit.is_some_and(|limit| u64::from(attempt) >= limit) {
            context.record(|| What::DeadLettered { node, message, attempts: attempt });
            return self.settle(letter, context);
        }
        context.record(|| What::Requeued { node, message, ahead: 0 });
        self.hand(payee, letter, attempt + 1, context);
    }

    fn flushed(&mut self, token: u64, context: &mut Context<'_, Wire, S>) {
        self.book(token, context);
    }

    fn parameter(&mut self, name: &str, value: &str, _: &mut Context<'_, Wire, S>) {
        crate::plan::change(&self.plan, name, value);
    }
}
