// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the relay publishes to: a queue that knows repetitions by their id, as those with deduplication do.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use queues::Wire;
use sim::{Context, Node, Sink};
use trace::{Map, MessageId, NodeId, Refusal, Time, What};

/// What downstream has on its disk; outlives its process.
#[derive(Default)]
pub(super) struct Kept {
    /// The message of each id.
    ids: Map<u64, MessageId>,
}

/// Keeps the first copy under each id.
pub(super) struct Downstream {
    kept: Rc<RefCell<Kept>>,
    /// While it has no room for what it does not have yet.
    full: Range<Time>,
}

impl Downstream {
    pub fn new(kept: Rc<RefCell<Kept>>, full: Range<Time>) -> Downstream {
        Downstream { kept, full }
    }
}

impl<S: Sink> Node<Wire, S> for Downstream {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        // A publish: its letter carries the id where its place in the order stands, and the attempt counts the publishes.
        let Wire::Effect(letter, attempt) = packet else { return };
        let (node, message, id) = (context.me(), letter.message, letter.seq);
        let mut kept = self.kept.borrow_mut();
        match kept.ids.get(id) {
            Some(first) if *first != message => {
                let text = format!(
                    "id {id} is that of message {first}: message {message} is taken for a copy of it"
                );
                context.record(|| What::Note { node: Some(node), text });
            }
            Some(_) => {}
            None if self.full.contains(&context.now()) => {
                context.record(|| What::Refused { node, message, why: Refusal::Full });
                return context.send(from, Wire::Refuse(message, Refusal::Full));
            }
            None => {
                kept.ids.insert(id, message);
                context.record(|| What::Applied { node, message, attempt });
            }
        }
        context.send(from, Wire::Done(message, attempt));
    }

    fn timer(&mut self, _: u64, _: &mut Context<'_, Wire, S>) {}
}
