// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broker as the part of a replica that hands messages out: the replica's log keeps and confirms them.

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Context, Sink};
use trace::{NodeId, What};

use super::{Broker, Stored};
use crate::plan::Plan;
use crate::wire::{Letter, Receipt, Wire};

impl Broker {
    /// An empty queue whose messages are kept, and confirmed, by the replica that it is a part of.
    pub(crate) fn of_replica(plan: Rc<RefCell<Plan>>) -> Broker {
        Broker { replicated: true, ..Broker::new(plan) }
    }

    /// Takes a message of the replica's log, by its index.
    pub(crate) fn put<S: Sink>(&mut self, index: u64, letter: Letter, context: &mut Context<'_, Wire, S>) {
        let (node, message) = (context.me(), letter.message);
        context.record(|| What::Stored { node, message });
        self.waits(Stored { number: index, letter });
        self.ages(index, context);
        self.hand_out(context);
    }

    /// The indices of what it has let go of since it was asked last.
    pub(crate) fn take_let_go(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.let_go)
    }

    /// The index of what a receipt stands for, if its delivery is open.
    pub(crate) fn index_of(&self, from: NodeId, receipt: Receipt) -> Option<u64> {
        let number = self.deliveries.find(from, receipt)?;
        self.deliveries.get(number).map(|delivery| delivery.stored.number)
    }

    /// The log says that a message is done with: it is handed out no more.
    pub(crate) fn settled<S: Sink>(&mut self, index: u64, context: &mut Context<'_, Wire, S>) {
        self.ready.retain(|stored| stored.number != index);
        self.invisible.remove(index);
        if let Some(number) = self.deliveries.number_of(index) {
            self.settle(number, context);
            self.hand_out(context);
        }
    }

    /// The replica leads no more: whatever it handed out is another's affair.
    pub(crate) fn close<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        for number in self.deliveries.all() {
            self.settle(number, context);
        }
    }

    /// How many consumers are subscribed, and who they are.
    pub(crate) fn clients(&self) -> impl Iterator<Item = NodeId> {
        self.deliveries.consumers()
    }
}
