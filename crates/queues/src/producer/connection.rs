// SPDX-License-Identifier: MIT OR Apache-2.0
//! A producer's connection, where there is one (`tcp=sent-again`): it learns when the broker's process dies, or when it has
//! heard nothing for too long, and sends nothing until somebody is there to take it. What was sent and not confirmed is sent
//! again then; what needs no confirm is not.

use sim::{Context, Sink};
use trace::{MessageId, NodeId, Time};

use super::{NEW_RATE, Producer};
use crate::wire::Wire;

/// The token of the timer for the next attempt to connect.
pub(super) const PROBE: u64 = NEW_RATE - 1;
const PROBE_AFTER: Time = Time::millis(500);
const PROBES: u32 = 200;

/// Whether there is one, and how often it was tried to make it anew.
#[derive(Default)]
pub(super) struct Connection {
    broken: bool,
    probes: u32,
    /// Of the brokers of a cluster, the places of those that it was said to have lost: nobody is asked blindly there.
    gone: Vec<usize>,
}

impl Connection {
    /// Whether nothing can be sent now.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Among so many brokers the next one after a place, and if it can be one that is not gone.
    pub fn next_after(&self, place: usize, count: usize) -> usize {
        let next = (1..=count).map(|n| (place + n) % count).find(|next| !self.gone.contains(next));
        next.unwrap_or((place + 1) % count)
    }

    /// A connection broke: the broker is gone, or, if it was gone, is back.
    fn breaks(&mut self, place: usize) {
        if !self.hears(place) {
            self.gone.push(place);
        }
    }

    /// Whoever says something is there; whether it was gone.
    pub fn hears(&mut self, place: usize) -> bool {
        let gone = self.gone.iter().position(|gone| *gone == place);
        gone.map(|gone| self.gone.swap_remove(gone)).is_some()
    }
}

impl Producer {
    /// Holds connections to all brokers, if it holds any.
    pub(super) fn connect<S: Sink>(&self, context: &mut Context<'_, Wire, S>) {
        if !self.plan.borrow().tcp {
            return;
        }
        for receiver in &self.receivers {
            self.hold(*receiver, context);
        }
    }

    /// One that runs again does not know whether its broker does, and asks first. Among several it tries one after the other
    /// anyway.
    pub(super) fn connect_anew<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if !self.plan.borrow().tcp || self.receivers.len() > 1 {
            return self.connect(context);
        }
        self.connection.broken = true;
        self.probe(context);
    }

    fn hold<S: Sink>(&self, receiver: NodeId, context: &mut Context<'_, Wire, S>) {
        context.watch(receiver);
        let heartbeat = self.plan.borrow().heartbeat;
        heartbeat.into_iter().for_each(|patience| context.listen(receiver, patience));
    }

    pub(super) fn loses_connection<S: Sink>(&mut self, broker: NodeId, context: &mut Context<'_, Wire, S>) {
        context.watch(broker);
        if self.receivers.len() > 1 {
            return self.turns_to_next(broker, context);
        }
        if !std::mem::replace(&mut self.connection.broken, true) {
            self.connection.probes = 0;
            self.probe(context);
        }
    }

    /// A broker of a cluster is gone: what it was sent goes to another.
    fn turns_to_next<S: Sink>(&mut self, broker: NodeId, context: &mut Context<'_, Wire, S>) {
        let Some(place) = self.place_of(broker) else { return };
        self.connection.breaks(place);
        if place != self.leader {
            return;
        }
        self.leader = self.connection.next_after(place, self.receivers.len());
        if self.plan.borrow().confirm_timeout.is_some() {
            self.send_unsettled(context);
        }
    }

    /// Asks whether somebody is there, until there is.
    pub(super) fn probe<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if !self.connection.broken || self.connection.probes == PROBES {
            return;
        }
        self.connection.probes += 1;
        context.send(self.receivers[0], Wire::Connect);
        let factor = u64::from(self.connection.probes.min(20));
        context.timer(Time(PROBE_AFTER.0 * factor), PROBE);
    }

    pub(super) fn connected<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if !std::mem::replace(&mut self.connection.broken, false) {
            return;
        }
        self.hold(self.receivers[0], context);
        self.send_unsettled(context);
    }

    /// Sends what is not settled; without confirms that is what was not sent so far.
    fn send_unsettled<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let (confirms, limit) = {
            let plan = self.plan.borrow();
            (plan.confirm_timeout.is_some(), plan.confirm_timeout.map(|wait| Time(wait.0 * plan.tries)))
        };
        let now = context.now();
        let open: Vec<MessageId> = self.unsettled.iter().map(|(message, _)| message).collect();
        for message in open {
            let Some(unsettled) = self.unsettled.get_mut(message) else { continue };
            if limit.is_some_and(|limit| now.since(unsettled.since) >= limit) {
                self.give_up(message, context);
                continue;
            }
            if !confirms && unsettled.tries > 0 {
                continue;
            }
            unsettled.timeout.take().into_iter().for_each(|timer| context.cancel(timer));
            // Part of the try that the broken connection ended.
            unsettled.tries = unsettled.tries.saturating_sub(1);
            self.send(message, context);
        }
    }
}
