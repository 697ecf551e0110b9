// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a node can do.

use trace::{MessageId, NodeId, Time, What};

use crate::core::{Core, Entry, Hearing, Listener, Watch};
use crate::{Disk, Payload, Sink, Stream, TimerId};

/// A node's hands: everything that it does to the world, and everything it may know of it beyond its inputs.
pub struct Context<'a, P: Payload, S: Sink> {
    pub(crate) core: &'a mut Core<P, S>,
    pub(crate) me: NodeId,
}

impl<P: Payload, S: Sink> Context<'_, P, S> {
    /// This node.
    pub fn me(&self) -> NodeId {
        self.me
    }

    /// The true time. A model may use it to keep books; a node that *acts* on time asks [`Context::clock`].
    #[inline]
    pub fn now(&self) -> Time {
        self.core.now
    }

    /// What this node's clock shows: true time plus its skew, never below zero.
    pub fn clock(&self) -> Time {
        let offset = self.core.machines[self.me.index()].clock_offset_ns;
        Time(self.core.now.0.saturating_add_signed(offset))
    }

    /// Sends a packet. Whether and when it arrives is the network's affair; the sender learns nothing.
    #[inline]
    pub fn send(&mut self, to: NodeId, packet: P) {
        self.core.send(self.me, to, packet);
    }

    /// Asks for a call of [`crate::Node::timer`] after a span that differs from time to time.
    #[inline]
    pub fn timer(&mut self, delay: Time, token: u64) -> TimerId {
        let entry = self.own_timer(token);
        self.core.insert(self.core.now + delay, entry)
    }

    /// Asks for a call of [`crate::Node::timer`] after one of a few constant spans: a lease, a heartbeat, a retry.
    /// The same as [`Context::timer`], only faster.
    #[inline]
    pub fn timeout(&mut self, delay: Time, token: u64) -> TimerId {
        let entry = self.own_timer(token);
        self.core.insert_after(delay, entry)
    }

    /// Works for this long, longer on a slowed node; [`crate::Node::timer`] says when it is done.
    #[inline]
    pub fn work(&mut self, span: Time, token: u64) -> TimerId {
        let span = self.core.machines[self.me.index()].slowed(span);
        self.timer(span, token)
    }

    /// Takes back a timer, also one that fell due while the node stood still. One that has gone off stays so.
    pub fn cancel(&mut self, timer: TimerId) {
        let backlog = &mut self.core.machines[self.me.index()].backlog;
        if let Some(place) = backlog.iter().position(|(id, _)| *id == timer) {
            backlog.remove(place);
            self.core.held_back -= 1;
        } else {
            self.core.agenda.cancel(timer);
        }
    }

    /// One of this node's streams of random numbers. Give each purpose a number of its own, and its draws move no
    /// other's.
    #[inline]
    pub fn stream(&mut self, purpose: u8) -> &mut Stream {
        self.core.stream(self.me, purpose)
    }

    /// The stream of one message's attempt: the same whichever node asks, so that two runs which hand a message to
    /// different consumers can still be compared message by message.
    pub fn message_stream(&self, purpose: u8, message: MessageId, attempt: u32) -> Stream {
        Stream::keyed(self.core.message_key ^ u64::from(purpose), message.0, u64::from(attempt))
    }

    /// This node's disk. Writes land in the page cache; see [`Context::flush`].
    pub fn disk(&mut self) -> &mut Disk<P::Record> {
        &mut self.core.machines[self.me.index()].disk
    }

    /// Asks for everything written so far to be made durable; [`crate::Node::flushed`] says when it is.
    pub fn flush(&mut self, token: u64) {
        self.core.flush(self.me, token);
    }

    /// Holds a connection to a peer: [`crate::Node::disconnected`] says when it broke. That is at once when the peer's
    /// process dies and its machine lives to say so; else as soon as the peer is back and can be reached. While a cut
    /// lies between the two it is an attempt only, and what is said of it comes with the healing.
    ///
    /// Asked for while a packet of this peer is being received, it is the connection that the packet came by, which may
    /// belong to a process that is dead by now.
    pub fn watch(&mut self, peer: NodeId) {
        let me = self.me;
        let attempt = self.core.link_mut(me, peer).cuts > 0 || self.core.link_mut(peer, me).cuts > 0;
        let came_by =
            self.core.receiving.filter(|(from, _)| *from == peer).map(|(_, incarnation)| incarnation);
        let machine = &mut self.core.machines[peer.index()];
        let watch = Watch { by: me, incarnation: came_by.unwrap_or(machine.incarnation), attempt };
        machine.watchers.retain(|watch| watch.by != me);
        machine.watchers.push(watch);
        let dead = watch.incarnation != machine.incarnation;
        if dead && !attempt && !machine.silent {
            self.core.send_reset(peer, me);
        }
    }

    /// Closes the connection that a peer holds to this node: the peer is told at once, or when it can be reached again.
    pub fn hang_up(&mut self, peer: NodeId) {
        let me = self.me;
        self.core.drop_retained(me, peer);
        let mut watchers = self.core.machines[me.index()].watchers.iter_mut();
        let Some(watch) = watchers.find(|watch| watch.by == peer) else { return };
        watch.attempt = true;
        if self.core.link_mut(me, peer).cuts == 0 {
            self.core.send_reset(me, peer);
        }
    }

    /// Expects to hear of a peer at least this often: [`crate::Node::silent`] says when nothing has come of it for so long,
    /// because its process is down or stands still, or because the way from it is cut; [`crate::Node::heard`] says when
    /// it is heard again. Asked for again it begins anew, with the new patience.
    ///
    /// It stands for the heartbeats of a protocol, which travel below this model: no packet is sent, so that a run in
    /// which all is quiet comes to its end.
    pub fn listen(&mut self, peer: NodeId, patience: Time) {
        let me = self.me;
        let audible = self.core.is_audible(peer, me);
        self.stop_listening(peer);
        let hearing = match audible {
            true => Hearing::Heard,
            false => Hearing::Quiet(self.core.insert_silence(peer, me, patience)),
        };
        self.core.machines[peer.index()].listeners.push(Listener { by: me, patience, hearing });
    }

    /// Expects nothing of a peer any more.
    pub fn stop_listening(&mut self, peer: NodeId) {
        let me = self.me;
        let listeners = &mut self.core.machines[peer.index()].listeners;
        let Some(place) = listeners.iter().position(|listener| listener.by == me) else { return };
        if let Hearing::Quiet(timer) = listeners.remove(place).hearing {
            self.cancel(timer);
        }
    }

    /// Writes into the trace what only the node knows: that it stored, handed out, applied. With the trace off the
    /// closure is not called.
    #[inline]
    pub fn record(&mut self, what: impl FnOnce() -> What) {
        self.core.record(what);
    }

    #[inline]
    fn own_timer(&self, token: u64) -> Entry<P> {
        Entry::Timer { node: self.me, incarnation: self.core.machines[self.me.index()].incarnation, token }
    }
}
