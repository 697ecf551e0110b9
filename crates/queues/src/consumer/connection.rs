// SPDX-License-Identifier: MIT OR Apache-2.0
//! A consumer's connection: to one broker, or to whichever of a cluster leads.

use sim::{Context, Sink};
use trace::{NodeId, Time};

use super::{ASK, ASK_AGAIN, Asking, Consumer};
use crate::wire::Wire;

/// Whoever is told that another leads waits for so long before it goes there.
const TURN: Time = Time::millis(100);

impl Consumer {
    /// Whether it goes on asking for minutes: a cluster may take as long to agree on a leader, and who has a connection
    /// makes it anew whenever that may be.
    pub(super) fn is_patient(&self) -> bool {
        self.brokers.len() > 1 || self.plan.borrow().tcp
    }

    /// How long it waits for an answer: where it is patient, longer by and by. Of several brokers it turns to another then, and
    /// whoever does so before an answer can be there never gets one.
    pub(super) fn pause(&self) -> Time {
        let factor = if self.is_patient() { u64::from(self.tries / 10 + 1) } else { 1 };
        let way = if self.brokers.len() > 1 { self.plan.borrow().latency } else { Time::ZERO };
        Time(ASK_AGAIN.0.max(4 * way.0) * factor)
    }

    /// Turns to another broker of the cluster: to the one that leads, or to the next in the list.
    pub(super) fn turn_to<S: Sink>(&mut self, leader: Option<NodeId>, context: &mut Context<'_, Wire, S>) {
        let place = self.brokers.iter().position(|broker| *broker == self.broker).unwrap_or(0);
        let next = leader.unwrap_or(self.brokers[(place + 1) % self.brokers.len()]);
        if next != self.broker {
            context.stop_listening(self.broker);
            // Whoever looks for the next leader of its group leaves nobody: one that comes to lead just then, or whose answer
            // is on its way, would take it for dead.
            if self.asking != Asking::Resumption {
                context.hang_up(self.broker);
            }
            (self.broker, self.turned) = (next, true);
            self.member.told = 0;
            self.connect(context);
        }
    }

    /// Holds a connection to its broker.
    pub(super) fn connect<S: Sink>(&self, context: &mut Context<'_, Wire, S>) {
        context.watch(self.broker);
        let heartbeat = self.plan.borrow().heartbeat;
        heartbeat.into_iter().for_each(|patience| context.listen(self.broker, patience));
    }

    /// Its broker leads no more, or never did.
    pub(super) fn not_led<S: Sink>(
        &mut self,
        from: NodeId,
        leader: Option<NodeId>,
        context: &mut Context<'_, Wire, S>,
    ) {
        if from != self.broker {
            return;
        }
        self.turn_to(leader, context);
        if !matches!(self.asking, Asking::Subscription | Asking::Resumption) {
            self.go_on_elsewhere(context);
        } else if leader.is_some() {
            // Also one that names itself is asked, and not the next one.
            self.turned = true;
            self.again.take().into_iter().for_each(|timer| context.cancel(timer));
            // Two that name each other, or nobody who leads: not for ever at the same pace, or it would give up in seconds.
            let pause = Time(TURN.0 * u64::from(self.tries / 10 + 1));
            // One that names itself leads, and does not know its group yet: that may last, and is no reason to give up.
            let pause = if leader == Some(from) { self.pause() } else { pause };
            self.again = Some(context.timer(pause, ASK));
        }
    }

    /// The connection is broken: a new session, with the same broker or with the next of the cluster. What it does not hear
    /// of being done a broker hands out again; what was acked is here or nowhere.
    pub(super) fn lose_connection<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.turn_to(None, context);
        if self.brokers.len() == 1 {
            self.connect(context);
        }
        self.go_on_elsewhere(context);
    }

    fn go_on_elsewhere<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.outlives_its_leader() {
            return self.resume(context);
        }
        self.keep_acked();
        self.begin_session(context);
    }
}
