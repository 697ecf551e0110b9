// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where asynchronous effects land.

use sim::{Context, Node, Sink};
use trace::{MessageId, NodeId, Set, What};

use crate::wire::Wire;

/// Applies the effect of each delivery in the moment in which it arrives, and says so. One that is sent again because the
/// answer was lost or late does not take effect again; that of another delivery of the same message does.
#[derive(Default)]
pub struct Store {
    applied: Set<(MessageId, u32)>,
}

impl<S: Sink> Node<Wire, S> for Store {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        if let Wire::Effect(letter, attempt) = packet {
            let node = context.me();
            if self.applied.insert((letter.message, attempt)) {
                context.record(|| What::Applied { node, message: letter.message, attempt });
            }
            context.send(from, Wire::Done(letter.message, attempt));
        }
    }

    fn timer(&mut self, _: u64, _: &mut Context<'_, Wire, S>) {}
}
