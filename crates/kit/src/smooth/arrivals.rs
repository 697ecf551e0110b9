// SPDX-License-Identifier: MIT OR Apache-2.0
//! When messages come: as badly as the envelope allows.

use std::rc::Rc;

use queues::{Letter, Wire};
use sim::{Context, Node, Sink, Stream};
use trace::{MessageId, NodeId, Time, What};

use super::world::Terms;

/// The moments in which messages leave the producer. In any span of length t they are at most `burst + t / interval`
/// (the (σ, ρ) traffic constraint: Cruz, IEEE Transactions on Information Theory 37, 1991).
pub(super) fn arrivals(seed: u64, terms: &Terms) -> Vec<Time> {
    let interval = Time::millis(terms.interval);
    let mut draw = Draw {
        dice: Stream::new(seed, "arrivals", 0, 0),
        now: Time::millis(1),
        credit: Time(interval.0 * terms.burst),
        most: Time(interval.0 * terms.burst),
        interval,
        moments: Vec::new(),
    };
    let (burst, service) = (terms.burst, terms.service);
    while (draw.moments.len() as u64) < terms.messages {
        match draw.dice.below(6) {
            // Everything at once.
            0 | 1 => draw.several(draw.credit.0 / interval.0),
            // A part of it.
            2 => {
                let some = 1 + draw.dice.below(burst);
                draw.several(some.min(draw.credit.0 / interval.0));
            }
            // Faster than downstream works, for as long as that can go on.
            3 => {
                let pause = Time(service * (50 + draw.dice.below(50)) * 10_000);
                let mut left = 3 * burst;
                while left > 0 && draw.credit >= interval {
                    draw.several(1);
                    draw.rest(pause);
                    left -= 1;
                }
            }
            // As fast as can go on for ever: whatever waits now is worked off no faster than it must be.
            4 => {
                for _ in 0..1 + draw.dice.below(burst) {
                    draw.rest(interval);
                    draw.several(1);
                }
            }
            // Nothing, and the next burst is a full one.
            _ => {
                let span = 1 + draw.dice.below(3 * burst * terms.interval);
                draw.rest(Time::millis(span));
            }
        }
    }
    draw.moments.truncate(terms.messages as usize);
    draw.moments
}

struct Draw {
    dice: Stream,
    now: Time,
    /// How much of the envelope is left: an interval for each message.
    credit: Time,
    most: Time,
    interval: Time,
    moments: Vec<Time>,
}

impl Draw {
    fn rest(&mut self, span: Time) {
        self.now += span;
        self.credit = (self.credit + span).min(self.most);
    }

    /// So many messages at once; what the envelope does not allow waits until it does.
    fn several(&mut self, count: u64) {
        for _ in 0..count {
            if self.credit < self.interval {
                self.rest(self.interval - self.credit);
            }
            self.credit = self.credit - self.interval;
            self.moments.push(self.now);
        }
    }
}

/// Sends messages in the given moments, and never again.
pub(super) struct Producer {
    to: NodeId,
    moments: Rc<Vec<Time>>,
    sent: usize,
}

impl Producer {
    pub fn new(to: NodeId, moments: Rc<Vec<Time>>) -> Producer {
        Producer { to, moments, sent: 0 }
    }

    fn next<S: Sink>(&self, context: &mut Context<'_, Wire, S>) {
        if let Some(at) = self.moments.get(self.sent) {
            context.timer(at.since(context.now()), 0);
        }
    }
}

impl<S: Sink> Node<Wire, S> for Producer {
    fn start(&mut self, context: &mut Context<'_, Wire, S>) {
        self.next(context);
    }

    fn receive(&mut self, _: NodeId, _: Wire, _: &mut Context<'_, Wire, S>) {}

    fn timer(&mut self, _: u64, context: &mut Context<'_, Wire, S>) {
        let now = context.now();
        while self.moments.get(self.sent).is_some_and(|at| *at <= now) {
            let (producer, seq) = (context.me(), self.sent as u64);
            let message = MessageId(seq + 1);
            self.sent += 1;
            context.record(|| What::Offered { producer, message, seq, key: 0 });
            context.send(self.to, Wire::Publish(Letter { message, producer, seq, key: 0 }));
        }
        self.next(context);
    }
}
