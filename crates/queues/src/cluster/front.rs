// SPDX-License-Identifier: MIT OR Apache-2.0
//! What of a leading replica faces the consumers.

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Context, Node, Sink};
use trace::{MessageId, NodeId};

use super::packet::Share;
use crate::plan::{Mechanism, Plan};
use crate::wire::{Letter, Receipt, Wire};
use crate::{Broker, Log};

/// A queue whose messages consumers compete for, or partitions that a group reads. Memory: every new leader makes its own
/// from its log.
pub(super) enum Front {
    Queue(Box<Broker>),
    Log(Box<Log>),
}

impl Front {
    pub fn new(plan: &Rc<RefCell<Plan>>) -> Front {
        match plan.borrow().queue {
            Mechanism::Log => Front::Log(Box::new(Log::of_replica(plan.clone()))),
            _ => Front::Queue(Box::new(Broker::of_replica(plan.clone()))),
        }
    }

    /// Takes a message, by the index of its entry.
    pub fn put<S: Sink>(&mut self, index: u32, letter: Letter, context: &mut Context<'_, Wire, S>) {
        match self {
            Front::Queue(queue) => queue.put(index.into(), letter, context),
            Front::Log(log) => log.put(index.into(), letter, context),
        }
    }

    /// The log says that a message is done with.
    pub fn settled<S: Sink>(&mut self, put: u32, message: MessageId, context: &mut Context<'_, Wire, S>) {
        match self {
            Front::Queue(queue) => queue.settled(put.into(), context),
            Front::Log(log) => log.settled(message),
        }
    }

    /// The index of what an ack stands for, if it counts.
    pub fn index_of<S: Sink>(
        &mut self,
        from: NodeId,
        receipt: Receipt,
        context: &mut Context<'_, Wire, S>,
    ) -> Option<u32> {
        let index = match self {
            Front::Queue(queue) => queue.index_of(from, receipt),
            Front::Log(log) => log.index_of(from, receipt, context),
        };
        index.map(|index| index as u32)
    }

    /// Takes an ack; `answers` if the consumer waits to hear of it.
    pub fn acked<S: Sink>(
        &mut self,
        from: NodeId,
        receipt: Receipt,
        answers: bool,
        context: &mut Context<'_, Wire, S>,
    ) {
        match self {
            Front::Queue(queue) => queue.acked(from, receipt, answers, context),
            Front::Log(log) => log.commit(from, receipt, answers, context),
        }
    }

    /// The indices of what it has let go of since it was asked last.
    pub fn take_let_go(&mut self) -> Vec<u64> {
        match self {
            Front::Queue(queue) => queue.take_let_go(),
            Front::Log(log) => log.take_let_go(),
        }
    }

    /// Who of its group reads what since it was shared out anew; once.
    pub fn take_shares(&mut self) -> Vec<Share> {
        match self {
            Front::Queue(_) => Vec::new(),
            Front::Log(log) => log.take_shares(),
        }
    }

    /// The log says that a member of the group reads this.
    pub fn shared<S: Sink>(&mut self, share: Share, context: &mut Context<'_, Wire, S>) {
        match self {
            Front::Queue(_) => {}
            Front::Log(log) => log.shared(share, context),
        }
    }

    pub fn clients(&self) -> Vec<NodeId> {
        match self {
            Front::Queue(queue) => queue.clients().collect(),
            Front::Log(log) => log.clients().collect(),
        }
    }

    pub fn close<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        match self {
            Front::Queue(queue) => queue.close(context),
            Front::Log(log) => log.close(context),
        }
    }

    pub fn as_node<S: Sink>(&mut self) -> &mut dyn Node<Wire, S> {
        match self {
            Front::Queue(queue) => queue.as_mut(),
            Front::Log(log) => log.as_mut(),
        }
    }
}
