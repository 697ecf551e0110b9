// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where results are written: a store that compares tokens where it is given one.

use queues::{Receipt, Wire};
use sim::{Context, Node, Sink};
use trace::{Map, MessageId, NodeId, What};

/// The key of an effect says whether the store shall look at its token.
pub(super) const FENCED: u32 = 1;

/// It does not fail.
#[derive(Default)]
pub(super) struct FencedStore {
    /// The largest token that was seen, for each job.
    tokens: Map<MessageId, u64>,
}

impl<S: Sink> Node<Wire, S> for FencedStore {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn receive(&mut self, from: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        // The letter carries the token where its place in the order stands.
        let Wire::Effect(letter, attempt) = packet else { return };
        let (node, message) = (context.me(), letter.message);
        if letter.key == FENCED {
            let seen = self.tokens.or_default(message);
            if letter.seq < *seen {
                let text = format!(
                    "the result of job {message} with token {} is refused: there was one with token {seen}",
                    letter.seq
                );
                context.record(|| What::Note { node: Some(node), text });
                return context.send(from, Wire::NotHeld(Receipt { message, attempt, session: 0 }));
            }
            *seen = letter.seq;
        }
        context.record(|| What::Applied { node, message, attempt });
        context.send(from, Wire::Done(message, attempt));
    }

    fn timer(&mut self, _: u64, _: &mut Context<'_, Wire, S>) {}
}
