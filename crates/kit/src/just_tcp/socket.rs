// SPDX-License-Identifier: MIT OR Apache-2.0
//! The socket under an end: dialling, connections that break, bytes that are on their way.
//!
//! TCP sends lost bytes again until it gives up. Here a lost packet is lost, nothing behind it counts, and the end that sent it gives the
//! connection up a little later: the same as seen from above, with fewer packets. The other end learns of it by a reset, which may be
//! lost as well, or by the next connection.

use queues::{Segment, Stream, Wire};
use sim::{Context, Sink};
use trace::{MessageId, Time, What};

use super::lines::{RECEIVER, SENDER};
use super::process::{Input, Socketed};
use super::{notes, tally};
use crate::host::Host;

/// A connection is given up when bytes have not arrived after so long.
const GIVE_UP: Time = Time::millis(80);
/// A dial is given up after so long, and so long it takes until the next.
const DIAL: Time = Time::millis(60);
const REDIAL: Time = Time::millis(5);
/// How often the other end is told that a connection is no more, until it knows.
const RESET: Time = Time::millis(60);
/// The stream that says how a write is cut up.
const SEGMENTS: u8 = 0;
const FIRST_TIMER: u64 = 1;

/// What a timer is for.
#[derive(Clone, Copy)]
pub(super) enum Due {
    /// One more message is there to be sent.
    Message,
    Offer,
    Dial,
    /// The connection of this number was dialled.
    Answered(u32),
    /// Bytes were written up to here.
    Arrived(u32, usize),
    Reset(u32),
}

impl Socketed {
    pub(super) fn set<S: Sink>(&mut self, span: Time, due: Due, context: &mut Context<'_, Wire, S>) {
        self.due.push(due);
        context.timer(span, FIRST_TIMER + self.due.len() as u64 - 1);
    }

    pub(super) fn note<S: Sink>(context: &mut Context<'_, Wire, S>, text: String) {
        let node = Some(context.me());
        context.record(|| What::Note { node, text });
    }

    pub(super) fn dial<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.side == SENDER && self.open.is_none() {
            let connection = self.outside.borrow_mut().dial();
            self.dialled = Some(connection);
            context.send(self.peer, Wire::Stream(Stream::Dial(connection)));
            self.set(DIAL, Due::Answered(connection), context);
        }
    }

    pub(super) fn begin<S: Sink>(
        &mut self,
        connection: u32,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        (self.open, self.dialled) = (Some(connection), None);
        self.outside.borrow_mut().begin(connection, self.side);
        host.inbox.push_back(Input::Connected(connection));
        Socketed::note(context, notes::connected(connection));
    }

    /// This end learns that its connection is broken.
    pub(super) fn end<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let Some(connection) = self.open.take() else { return };
        let unread = self.outside.borrow_mut().close(connection, self.side);
        self.arrived.clear();
        host.inbox.push_back(Input::Disconnected(connection));
        Socketed::note(context, notes::broken(connection, unread));
        self.reset(connection, context);
        self.set(REDIAL, Due::Dial, context);
    }

    /// Tells the other end that a connection is no more, until it knows.
    pub(super) fn reset<S: Sink>(&mut self, connection: u32, context: &mut Context<'_, Wire, S>) {
        let believed = self.outside.borrow_mut().is_believed(connection, self.side);
        if believed {
            context.send(self.peer, Wire::Stream(Stream::Reset(connection)));
            self.set(RESET, Due::Reset(connection), context);
        }
    }

    pub(super) fn arrives(&mut self, segment: Segment, host: &mut Host<Self>) {
        let Segment { connection, from, length, .. } = segment;
        if self.open != Some(connection) {
            return;
        }
        let mut outside = self.outside.borrow_mut();
        let line = outside.line(connection);
        let given_up = !line.open[1 - self.side];
        let pipe = &mut line.pipes[1 - self.side];
        // Behind a piece that was lost nothing counts: it is sent again below this model until the connection is given up.
        if pipe.arrived == from as usize {
            pipe.arrived += length as usize;
            self.arrived.push_back(length as usize);
            host.inbox.push_back(Input::Read(connection));
            outside.reached[tally::GIVEN_UP] += u64::from(given_up);
        }
    }

    pub(super) fn write<S: Sink>(
        &mut self,
        connection: u32,
        bytes: &[u8],
        context: &mut Context<'_, Wire, S>,
    ) {
        let mut outside = self.outside.borrow_mut();
        let from = outside.write(connection, self.side, bytes);
        let mut place = 0;
        while place < bytes.len() {
            let left = bytes.len() - place;
            let length = match self.pieces.segment {
                0 => left,
                most => left.min(1 + context.stream(SEGMENTS).below(most) as usize),
            };
            let about = match self.side {
                RECEIVER => MessageId(outside.done().max(1)),
                _ => outside.about(connection, bytes, place),
            };
            let segment =
                Segment { connection, from: (from + place) as u32, length: length as u32, message: about };
            let packet = if self.side == SENDER { Stream::Bytes(segment) } else { Stream::Reply(segment) };
            context.send(self.peer, Wire::Stream(packet));
            place += length;
        }
        let excess = outside.excess(connection, self.side);
        outside.unanswered &= self.side == SENDER;
        drop(outside);
        if excess > 0 {
            let what = if self.side == SENDER { notes::SENT_AGAIN } else { notes::ANSWERED_AGAIN };
            let text = format!("{what}{} too many on connection {connection}", notes::bytes(excess));
            Socketed::note(context, text);
        }
        self.set(GIVE_UP, Due::Arrived(connection, from + bytes.len()), context);
    }

    /// A packet came.
    pub(super) fn hear<S: Sink>(
        &mut self,
        packet: Stream,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        match packet {
            Stream::Dial(connection) => {
                self.end(host, context);
                context.send(self.peer, Wire::Stream(Stream::Accepted(connection)));
                self.begin(connection, host, context);
            }
            Stream::Accepted(connection) if self.dialled == Some(connection) => {
                self.begin(connection, host, context);
            }
            Stream::Bytes(segment) | Stream::Reply(segment) => self.arrives(segment, host),
            Stream::Reset(connection) if self.open == Some(connection) => self.end(host, context),
            Stream::Accepted(_) | Stream::Reset(_) => {}
        }
    }

    /// A timer went off.
    pub(super) fn falls_due<S: Sink>(
        &mut self,
        token: u64,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let Some(due) = self.due.get((token - FIRST_TIMER) as usize).copied() else { return };
        match due {
            Due::Message => self.message(host, context),
            Due::Offer => host.inbox.push_back(Input::Offer),
            Due::Dial => self.dial(context),
            Due::Answered(connection) if self.dialled == Some(connection) => self.dial(context),
            Due::Answered(_) => {}
            Due::Arrived(connection, end) => {
                let arrived = self.outside.borrow_mut().line(connection).pipes[self.side].arrived;
                if self.open == Some(connection) && arrived < end {
                    self.end(host, context);
                }
            }
            Due::Reset(connection) => self.reset(connection, context),
        }
    }
}
