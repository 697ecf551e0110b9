// SPDX-License-Identifier: MIT OR Apache-2.0
//! Downstream: a few places, and one message worked on after the other.

use std::collections::VecDeque;

use queues::{Letter, Wire};
use sim::{Context, Node, Sink};
use trace::{NodeId, Refusal, Time, What};

pub(super) struct Downstream {
    places: usize,
    service: Time,
    /// What was taken and is not done, with the moment in which it will be.
    inside: VecDeque<(Letter, Time)>,
}

impl Downstream {
    pub fn new(places: usize, service: Time) -> Downstream {
        Downstream { places, service, inside: VecDeque::new() }
    }

    fn begin<S: Sink>(&self, letter: Letter, context: &mut Context<'_, Wire, S>) {
        let (node, message) = (context.me(), letter.message);
        context.record(|| What::Started { node, message, attempt: 1 });
        context.timer(self.service, 0);
    }

    fn done<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let Some((letter, _)) = self.inside.pop_front() else { return };
        let (node, message) = (context.me(), letter.message);
        context.record(|| What::Finished { node, message, attempt: 1 });
        context.record(|| What::Applied { node, message, attempt: 1 });
        if let Some((next, _)) = self.inside.front() {
            self.begin(*next, context);
        }
    }
}

impl<S: Sink> Node<Wire, S> for Downstream {
    fn start(&mut self, _: &mut Context<'_, Wire, S>) {}

    fn receive(&mut self, _: NodeId, packet: Wire, context: &mut Context<'_, Wire, S>) {
        let Wire::Deliver { letter, .. } = packet else { return };
        let now = context.now();
        // What is done in this very moment has left its place, whichever of the two the agenda has first.
        let taken = self.inside.iter().filter(|(_, done)| *done > now).count();
        if taken >= self.places {
            let (node, message) = (context.me(), letter.message);
            return context.record(|| What::Refused { node, message, why: Refusal::DroppedNewest });
        }
        let begins = self.inside.back().map_or(now, |(_, done)| *done).max(now);
        self.inside.push_back((letter, begins + self.service));
        if self.inside.len() == 1 {
            self.begin(letter, context);
        }
    }

    fn timer(&mut self, _: u64, context: &mut Context<'_, Wire, S>) {
        self.done(context);
    }
}
