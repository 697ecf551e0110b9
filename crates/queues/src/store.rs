// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where asynchronous effects land.

use sim::{Context, Node, Sink};
use trace::{NodeId, What};

use crate::wire::Wire;

/// Applies each effect in the moment in which it arrives, and says so.
#[derive(Default)]
pub struct Store;

impl<S: Sink> Node<Wire, S> for Store {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        if let Wire::Effect(letter, attempt) = packet {
            let node = context.me();
            context.record(|| What::Applied { node, message: letter.message, attempt });
            context.send(from, Wire::Done(letter.message, attempt));
        }
    }

    fn timer(&mut self, _: u64, _: &mut Context<'_, Wire, S>) {}
}
