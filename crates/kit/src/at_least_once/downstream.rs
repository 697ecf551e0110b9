// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the relay publishes to: a queue that knows repetitions by their id, as those with deduplication do.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use queues::Wire;
use sim::{Context, Node, Sink};
use trace::{MessageId, NodeId, Refusal, What};

/// What downstream has on its disk; outlives its process.
#[derive(Default)]
pub(super) struct Kept {
    /// The message of each id.
    ids: BTreeMap<u64, MessageId>,
    /// The publishes that find it full, counted as they come.
    full: BTreeSet<u64>,
    publishes: u64,
}

impl Kept {
    /// Nothing yet.
    pub fn new(full: BTreeSet<u64>) -> Kept {
        Kept { full, ..Kept::default() }
    }
}

/// Keeps the first copy under each id.
pub(super) struct Downstream {
    kept: Rc<RefCell<Kept>>,
}

impl Downstream {
    pub fn new(kept: Rc<RefCell<Kept>>) -> Downstream {
        Downstream { kept }
    }
}

impl<S: Sink> Node<Wire, S> for Downstream {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        // A publish: its letter carries the id where its place in the order stands, and the attempt counts the publishes.
        let Wire::Effect(letter, attempt) = packet else { return };
        let (node, message, id) = (context.me(), letter.message, letter.seq);
        let mut kept = self.kept.borrow_mut();
        kept.publishes += 1;
        let publishes = kept.publishes;
        match kept.ids.get(&id) {
            Some(first) if *first != message => {
                let text = format!(
                    "id {id} is that of message {first}: message {message} is taken for a copy of it"
                );
                context.record(|| What::Note { node: Some(node), text });
            }
            Some(_) => {}
            None if kept.full.contains(&publishes) => {
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
