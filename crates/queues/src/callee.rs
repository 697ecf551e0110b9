// SPDX-License-Identifier: MIT OR Apache-2.0
//! No queue at all: whoever has work calls whoever does it, and waits for the answer.

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Context, Node, Sink};
use trace::{Map, NodeId, Refusal, What};

use crate::consumer::{fails, work_span};
use crate::plan::Plan;
use crate::wire::{Letter, Wire};

/// Does what it is called for, `concurrency` calls at a time, and answers when it is done. A call more it turns away: there is
/// nowhere to wait. Work that fails is not answered.
pub struct Callee {
    plan: Rc<RefCell<Plan>>,
    working: Map<u64, Call>,
    calls: u64,
}

#[derive(Clone, Copy)]
struct Call {
    caller: NodeId,
    letter: Letter,
    attempt: u32,
}

impl Callee {
    /// An idle one.
    pub fn new(plan: Rc<RefCell<Plan>>) -> Callee {
        Callee { plan, working: Map::new(), calls: 0 }
    }
}

impl<S: Sink> Node<Wire, S> for Callee {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn receive(&mut self, caller: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        let Wire::Call { letter, attempt } = packet else { return };
        let (node, message) = (context.me(), letter.message);
        let most = self.plan.borrow().concurrency as usize;
        if self.working.len() >= most {
            context.record(|| What::Refused { node, message, why: Refusal::Full });
            return context.send(caller, Wire::Refuse(message, Refusal::Full));
        }
        self.calls += 1;
        self.working.insert(self.calls, Call { caller, letter, attempt });
        let span = work_span(&self.plan.borrow(), message, context);
        context.work(span, self.calls);
        context.record(|| What::Started { node, message, attempt });
    }

    fn timer(&mut self, number: u64, context: &mut Context<'_, Wire, S>) {
        let Some(Call { caller, letter, attempt }) = self.working.remove(number) else { return };
        let (node, message) = (context.me(), letter.message);
        context.record(|| What::Finished { node, message, attempt });
        if fails(&self.plan.borrow(), message, attempt, context) {
            return;
        }
        context.record(|| What::Applied { node, message, attempt });
        context.send(caller, Wire::Confirm(message));
    }

    fn parameter(&mut self, name: &str, value: &str, _: &mut Context<'_, Wire, S>) {
        crate::plan::change(&self.plan, name, value);
    }
}
