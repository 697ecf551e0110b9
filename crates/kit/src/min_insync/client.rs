// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who sends the records: each one once, to the replica that it takes for the leader, and now and then to the last one.

use queues::{Fetching, Letter, Wire};
use sim::{Context, Node, Sink};
use trace::{MessageId, NodeId, Time, What};

/// The stream that says which records go to who led before.
const ASTRAY: u8 = 0;
const ONE_ASTRAY_IN: u64 = 6;

pub(super) struct Client {
    /// When each record is sent.
    moments: Vec<Time>,
    sent: usize,
    epoch: u32,
    leader: NodeId,
    /// Who led before.
    before: NodeId,
}

impl Client {
    pub fn new(moments: Vec<Time>) -> Client {
        Client { moments, sent: 0, epoch: 0, leader: NodeId(0), before: NodeId(0) }
    }

    fn wait<S: Sink>(&self, context: &mut Context<'_, Wire, S>) {
        if let Some(at) = self.moments.get(self.sent) {
            context.timer(at.since(context.now()), 0);
        }
    }
}

impl<S: Sink> Node<Wire, S> for Client {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        self.wait(context);
    }

    fn receive(&mut self, _: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        match packet {
            Wire::Fetching(Fetching::Role(role)) if role.epoch > self.epoch => {
                (self.epoch, self.before, self.leader) = (role.epoch, self.leader, role.leader);
            }
            Wire::Confirm(message) => {
                let producer = context.me();
                context.record(|| What::Confirmed { producer, message });
            }
            _ => {}
        }
    }

    fn timer(&mut self, _: u64, context: &mut Context<'_, Wire, S>) {
        let (seq, producer) = (self.sent as u64, context.me());
        let message = MessageId(seq + 1);
        self.sent += 1;
        context.record(|| What::Offered { producer, message, seq, key: 0 });
        let astray = context.stream(ASTRAY).below(ONE_ASTRAY_IN) == 0;
        let to = if astray { self.before } else { self.leader };
        context.send(to, Wire::Publish(Letter { message, producer, seq, key: 0 }));
        self.wait(context);
    }
}
