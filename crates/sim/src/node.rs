// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a node is, and what nodes send each other.

use trace::{MessageId, NodeId};

use crate::{Context, Sink};

/// What travels between the nodes of a world, and what they write to disk.
pub trait Payload: Clone + 'static {
    /// What a node's disk holds under one number.
    type Record: Clone;

    /// The word of the protocol: what a fault script and a trace call this packet.
    fn kind(&self) -> &'static str;

    /// All words that [`Payload::kind`] answers with: a fault script can name no other.
    const KINDS: &'static [&'static str];

    /// The message it carries or speaks of.
    fn message(&self) -> Option<MessageId> {
        None
    }

    /// The delivery attempt it belongs to, from 1; 0 where none.
    fn attempt(&self) -> u32 {
        0
    }
}

/// An event handler. It learns of the world through these calls alone, and acts through its [`Context`] alone.
///
/// Its fields are memory: a crash drops the node, and a restart builds a new one, which finds nothing but the disk.
pub trait Node<P: Payload, S: Sink> {
    /// The run begins.
    fn start(&mut self, context: &mut Context<'_, P, S>);

    /// The node runs again after a crash. What the last incarnation wrote is on [`Context::disk`].
    fn restart(&mut self, context: &mut Context<'_, P, S>) {
        self.start(context);
    }

    /// A packet arrived.
    fn receive(&mut self, from: NodeId, packet: P, context: &mut Context<'_, P, S>);

    /// A timer went off, or a piece of work is done: `token` is what the node gave with it.
    fn timer(&mut self, token: u64, context: &mut Context<'_, P, S>);

    /// A flush is done: what was written before it was asked for is durable.
    fn flushed(&mut self, token: u64, context: &mut Context<'_, P, S>) {
        let _ = (token, context);
    }

    /// A flush will never be done: the disk was lost before it was. What was written is not durable, and not there.
    fn flush_failed(&mut self, token: u64, context: &mut Context<'_, P, S>) {
        let _ = (token, context);
    }

    /// The connection to a watched peer broke, see [`Context::watch`].
    fn disconnected(&mut self, peer: NodeId, context: &mut Context<'_, P, S>) {
        let _ = (peer, context);
    }

    /// Nothing has come of a peer for as long as this node waits for it, see [`Context::listen`].
    fn silent(&mut self, peer: NodeId, context: &mut Context<'_, P, S>) {
        let _ = (peer, context);
    }

    /// A peer that was silent is heard again.
    fn heard(&mut self, peer: NodeId, context: &mut Context<'_, P, S>) {
        let _ = (peer, context);
    }

    /// A parameter of the scenario changed. Every node hears of every change; most do not care.
    fn parameter(&mut self, name: &str, value: &str, context: &mut Context<'_, P, S>) {
        let _ = (name, value, context);
    }
}
