// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the effects land: a store that compares tokens, and nothing else.

use queues::{Letter, Receipt, Wire};
use sim::{Context, Node, Sink};
use trace::{Map, MessageId, NodeId, Set, What};

use super::ledger;

/// Applies what comes unless it has seen a larger token for the key. A delivery that the network repeats counts once; the
/// same message in another delivery takes effect again.
#[derive(Default)]
pub(super) struct FencedStore {
    keys: Map<u32, Fence>,
    applied: Set<(MessageId, u32)>,
}

/// What the store knows of a key.
#[derive(Default)]
struct Fence {
    /// The largest token so far.
    token: u64,
    /// The last message that took effect.
    last: u64,
}

impl FencedStore {
    /// The letter carries the token where its place in the order stands.
    fn effect<S: Sink>(
        &mut self,
        from: NodeId,
        letter: Letter,
        attempt: u32,
        context: &mut Context<'_, Wire, S>,
    ) {
        let (node, message, token) = (context.me(), letter.message, letter.seq);
        let key = self.keys.or_default(letter.key);
        if self.applied.contains((message, attempt)) {
            return context.send(from, Wire::Done(message, attempt));
        }
        if token < key.token {
            let text = ledger::refused(message, letter.key, token, key.token);
            context.record(|| What::Note { node: Some(node), text });
            let receipt = Receipt { message, attempt, session: key.token };
            return context.send(from, Wire::NotHeld(receipt));
        }
        (key.token, key.last) = (token, key.last.max(message.0));
        self.applied.insert((message, attempt));
        context.record(|| What::Applied { node, message, attempt });
        context.send(from, Wire::Done(message, attempt));
    }
}

impl<S: Sink> Node<Wire, S> for FencedStore {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Effect(letter, attempt) => self.effect(from, letter, attempt, context),
            Wire::Fence { key, token } => {
                let own = self.keys.or_default(key);
                own.token = own.token.max(token);
                let last = MessageId(own.last);
                context.send(from, Wire::Fenced { key, token, last });
            }
            _ => {}
        }
    }

    fn timer(&mut self, _: u64, _: &mut Context<'_, Wire, S>) {}
}
