// SPDX-License-Identifier: MIT OR Apache-2.0
//! No queue at all: whoever has work calls whoever does it, and waits for the answer.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use sim::{Context, Node, Sink};
use trace::{Map, NodeId, Refusal, What};

use crate::consumer::{fails, work_span};
use crate::plan::Plan;
use crate::wire::{Letter, Wire};

/// Does what it is called for, `concurrency` calls at a time, and answers when it is done. Other calls wait in its receive
/// buffer, in the order in which they came; when that is full it turns them away. All of it is memory. Work that fails is not
/// answered.
pub struct Callee {
    plan: Rc<RefCell<Plan>>,
    working: Map<u64, Call>,
    unread: VecDeque<Call>,
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
        Callee { plan, working: Map::new(), unread: VecDeque::new(), calls: 0 }
    }

    fn begin<S: Sink>(&mut self, call: Call, context: &mut Context<'_, Wire, S>) {
        let (node, message, attempt) = (context.me(), call.letter.message, call.attempt);
        self.calls += 1;
        self.working.insert(self.calls, call);
        let span = work_span(&self.plan.borrow(), message, context);
        context.work(span, self.calls);
        context.record(|| What::Started { node, message, attempt });
    }
}

impl<S: Sink> Node<Wire, S> for Callee {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn receive(&mut self, caller: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        let (letter, attempt) = match packet {
            Wire::Call { letter, attempt } => (letter, attempt),
            Wire::Connect => return context.send(caller, Wire::Connected),
            _ => return,
        };
        let (node, message) = (context.me(), letter.message);
        let call = Call { caller, letter, attempt };
        let (most, room) = {
            let plan = self.plan.borrow();
            (plan.concurrency as usize, plan.receive_buffer as usize)
        };
        if self.working.len() < most {
            self.begin(call, context);
        } else if self.unread.len() < room {
            self.unread.push_back(call);
        } else {
            context.record(|| What::Refused { node, message, why: Refusal::Full });
            context.send(caller, Wire::Refuse(message, Refusal::Full));
        }
    }

    fn timer(&mut self, number: u64, context: &mut Context<'_, Wire, S>) {
        let Some(Call { caller, letter, attempt }) = self.working.remove(number) else { return };
        let (node, message) = (context.me(), letter.message);
        context.record(|| What::Finished { node, message, attempt });
        if !fails(&self.plan.borrow(), message, attempt, context) {
            context.record(|| What::Applied { node, message, attempt });
            context.send(caller, Wire::Confirm(message));
        }
        if let Some(next) = self.unread.pop_front() {
            self.begin(next, context);
        }
    }

    fn parameter(&mut self, name: &str, value: &str, _: &mut Context<'_, Wire, S>) {
        crate::plan::change(&self.plan, name, value);
    }
}
