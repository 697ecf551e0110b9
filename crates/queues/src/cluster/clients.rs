// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a replica does for producers and consumers, while it leads; and what it tells them while it does not.

use sim::{Context, Sink};
use trace::{MessageId, NodeId, Refusal, Time, What};

use super::front::Front;
use super::packet::{Entry, Op};
use super::replica::{Replica, Rule, Waiting};
use crate::plan::Confirms;
use crate::wire::{Letter, Receipt, Wire};

impl Replica {
    fn publish<S: Sink>(&mut self, letter: Letter, context: &mut Context<'_, Wire, S>) {
        let (node, message, producer) = (context.me(), letter.message, letter.producer);
        if !self.takes_messages() {
            let why = Refusal::TooFewReplicas;
            context.record(|| What::Refused { node, message, why });
            return context.send(producer, Wire::Refuse(message, why));
        }
        let put = self.journal.place_of(message);
        let known = put.filter(|_| self.remembers(message, context.now()));
        if let Some(index) = known {
            if index <= self.committed {
                context.send(producer, Wire::Confirm(message));
            } else {
                self.waiting.insert(index, Waiting::Producer(producer, message));
            }
            return;
        }
        self.put_at.insert(message, context.now());
        let index = self.append(Op::Put(letter), context);
        if self.hands_out_at_once() {
            self.put(index, letter, context);
        }
        let (confirms, asked) = {
            let plan = self.plan.borrow();
            (plan.confirms, plan.asks_for_confirms())
        };
        if !asked {
            // Nobody waits for anything.
        } else if confirms == Confirms::Leader {
            context.send(producer, Wire::Confirm(message));
        } else {
            self.waiting.insert(index, Waiting::Producer(producer, message));
        }
        self.advance(context);
    }

    /// Whether a message was put not long ago. What a leader finds in its log, and did not put itself, counts as just put.
    fn remembers(&mut self, message: MessageId, now: Time) -> bool {
        let Some(window) = self.plan.borrow().dedup else { return false };
        let at = *self.put_at.or_insert_with(message, || now);
        now.since(at) < window
    }

    pub(super) fn takes_messages(&self) -> bool {
        match &self.rule {
            Rule::InSync(in_sync) => in_sync.takes_messages(&self.plan.borrow()),
            _ => true,
        }
    }

    pub(super) fn put<S: Sink>(&mut self, index: u32, letter: Letter, context: &mut Context<'_, Wire, S>) {
        self.front.iter_mut().for_each(|front| front.put(index, letter, context));
        self.note_let_go(context);
    }

    pub(super) fn ack<S: Sink>(
        &mut self,
        from: NodeId,
        receipt: Receipt,
        answers: bool,
        context: &mut Context<'_, Wire, S>,
    ) {
        self.front.iter_mut().for_each(|front| front.acked(from, receipt, answers, context));
        self.note_let_go(context);
    }

    /// What the front has let go of by itself, and how its group was shared out, the log has to say, too.
    pub(super) fn note_let_go<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let let_go = self.front.as_mut().map(Front::take_let_go).unwrap_or_default();
        let shares = self.front.as_mut().map(Front::take_shares).unwrap_or_default();
        for share in shares {
            self.append(Op::Share(share), context);
        }
        for put in let_go {
            let put = put as u32;
            let known = self.journal.done_until(u32::MAX).any(|done| done == put);
            if let Some(Entry { op: Op::Put(letter), .. }) = self.journal.get(put)
                && !known
            {
                self.append(Op::Done { put, message: letter.message }, context);
            }
        }
    }

    /// An ack changes the log. Where messages are handed out only when they are committed, so does it count only then.
    fn take_ack<S: Sink>(
        &mut self,
        from: NodeId,
        receipt: Receipt,
        answers: bool,
        context: &mut Context<'_, Wire, S>,
    ) {
        let index = self.front.as_mut().and_then(|front| front.index_of(from, receipt, context));
        match index {
            Some(put) if !self.hands_out_at_once() => {
                let comes = self.journal.entries_behind(self.committed);
                if comes.iter().any(|entry| matches!(entry.op, Op::Done { put: done, .. } if done == put)) {
                    return;
                }
                let index = self.append(Op::Done { put, message: receipt.message }, context);
                self.waiting.insert(index, Waiting::Consumer { from, receipt, answers });
            }
            _ => self.ack(from, receipt, answers, context),
        }
        self.advance(context);
    }

    /// Whether a commit of this client is in the log and does not stand yet.
    fn commits(&self, client: NodeId) -> bool {
        self.waiting
            .iter()
            .any(|(_, waiting)| matches!(waiting, Waiting::Consumer { from, .. } if *from == client))
    }

    /// A member that has committed and joins again is let in when its commit stands: else the group would share out, to
    /// itself or to another, what it has just said is done. (A Kafka consumer waits for the answer to the commit that it
    /// makes before it joins: `ConsumerCoordinator.java`, `onJoinPrepare`.)
    pub(super) fn let_join<S: Sink>(&mut self, client: NodeId, context: &mut Context<'_, Wire, S>) {
        let Some(place) = self.joining.iter().position(|(from, _)| *from == client) else { return };
        if !self.commits(client) {
            let (from, packet) = self.joining.remove(place);
            self.front.iter_mut().for_each(|front| front.as_node().receive(from, packet, context));
            self.note_let_go(context);
        }
    }

    /// Tells a client who leads.
    fn turn_away<S: Sink>(
        &self,
        client: NodeId,
        message: Option<MessageId>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let leader = self.leader.filter(|leader| *leader != self.place).map(|leader| self.brokers[leader]);
        context.send(client, Wire::NotLeader { message, leader });
    }

    /// Who is of the group, and how far it may have read, a new leader of a log knows when it knows what is committed. Where
    /// messages are handed out at once, that is all that it has.
    fn looks_for_its_group(&self) -> bool {
        let log = matches!(self.front, Some(Front::Log(_)));
        log && !self.hands_out_at_once() && self.committed < self.led_from
    }

    pub(super) fn client_says<S: Sink>(
        &mut self,
        from: NodeId,
        packet: Wire,
        context: &mut Context<'_, Wire, S>,
    ) {
        if !self.leads() {
            let message = match packet {
                Wire::Publish(letter) => Some(letter.message),
                _ => None,
            };
            return self.turn_away(from, message, context);
        }
        match packet {
            Wire::Publish(letter) => self.publish(letter, context),
            // It would take a member for a stranger, and begin a generation that there was. Whoever is told its own name asks it
            // again. (Kafka: COORDINATOR_LOAD_IN_PROGRESS.)
            _ if self.looks_for_its_group() => {
                let leader = Some(context.me());
                context.send(from, Wire::NotLeader { message: None, leader });
            }
            Wire::Ack(receipt) => self.take_ack(from, receipt, false, context),
            Wire::Remove(receipt) | Wire::Commit(receipt) => self.take_ack(from, receipt, true, context),
            Wire::Subscribe { .. } if matches!(self.front, Some(Front::Log(_))) && self.commits(from) => {
                self.joining.retain(|(client, _)| *client != from);
                self.joining.push((from, packet));
            }
            other => {
                if let Some(front) = &mut self.front {
                    front.as_node().receive(from, other, context);
                }
                self.note_let_go(context);
            }
        }
    }
}
