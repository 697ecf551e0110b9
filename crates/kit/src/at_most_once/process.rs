// SPDX-License-Identifier: MIT OR Apache-2.0
//! What this exam's process adds to the host: a queue to subscribe to, deletes with answers, and acts.

use std::rc::Rc;

use queues::{Letter, Wire};
use sim::{Context, Sink};
use trace::{MessageId, NodeId, Time, What};

use super::{AtMostOnce, Build, Deleted, Effect, Message, Out, Receipt};
use crate::held::Body;
use crate::host::{Exercise, Host};
use crate::spot::Call;
use crate::subscription::{SUBSCRIBE, Subscription};

/// What sending a request takes: short, but long enough for a crash to come between two of them.
const CALL: Time = Time::micros(300);
/// What an act takes.
const ACT: Time = Time::millis(4);

pub(super) enum Input {
    Deliver(Letter, u32),
    Answer(MessageId, u32, Deleted),
}

pub(super) struct Consuming {
    build: Build,
    subscription: Subscription,
    /// What is about to take effect.
    acts: Option<Message>,
}

impl Consuming {
    pub fn new(build: Build, subscription: Subscription) -> Consuming {
        Consuming { build, subscription, acts: None }
    }

    /// What this packet answers, if it is the answer to a delete of this incarnation.
    fn answered(&self, packet: &Wire) -> Option<Input> {
        let (receipt, answer) = match packet {
            Wire::Removed(receipt) => (receipt, Deleted::Removed),
            Wire::NotHeld(receipt) => (receipt, Deleted::NotHeld),
            _ => return None,
        };
        let own = receipt.session == self.subscription.session;
        own.then_some(Input::Answer(receipt.message, receipt.attempt, answer))
    }
}

impl Exercise for Consuming {
    type Answer = dyn AtMostOnce;
    type Input = Input;
    type Effect = Effect;

    fn start<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        self.subscription.draw_session(context);
        if host.begin(context, self.build) {
            self.subscription.ask(context);
        }
    }

    fn receive<S: Sink>(
        &mut self,
        _: NodeId,
        packet: Wire,
        host: &mut Host<Self>,
        _: &mut Context<'_, Wire, S>,
    ) {
        if let Some((letter, attempt)) = self.subscription.delivered(&packet) {
            host.inbox.push_back(Input::Deliver(letter, attempt));
        } else {
            host.inbox.extend(self.answered(&packet));
        }
    }

    fn timer<S: Sink>(&mut self, token: u64, _: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        if token == SUBSCRIBE {
            self.subscription.ask(context);
        }
    }

    fn handle<S: Sink>(&mut self, input: Input, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let (node, incarnation) = (context.me(), host.hands.incarnation);
        let mut out = Out { effects: Vec::new() };
        match input {
            Input::Deliver(letter, attempt) => {
                context.record(|| What::Started { node, message: letter.message, attempt });
                let body = Rc::new(Body { letter, attempt, owner: host.hands.clone() });
                let message = Message { id: letter.message.0, body };
                let receipt = Receipt { message: letter.message, attempt, incarnation };
                let call = Call { says: "on_message(message {})", input: [letter.message.0, 0] };
                host.call(call, context, |answer| {
                    answer.on_message(message, receipt, &mut out);
                    out.effects
                });
            }
            Input::Answer(message, attempt, deleted) => {
                let receipt = Receipt { message, attempt, incarnation };
                let says = match deleted {
                    Deleted::Removed => "on_delete(receipt of message {}, Removed)",
                    Deleted::NotHeld => "on_delete(receipt of message {}, NotHeld)",
                };
                host.call(Call { says, input: [message.0, 0] }, context, |answer| {
                    answer.on_delete(receipt, deleted, &mut out);
                    out.effects
                });
            }
        }
    }

    fn perform<S: Sink>(
        &mut self,
        effect: Effect,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        match effect {
            Effect::Delete(Receipt { message, attempt, incarnation }) => {
                if host.is_own("the receipt of ", message, incarnation, context) {
                    let session = self.subscription.session;
                    let receipt = queues::Receipt { message, attempt, session };
                    context.send(self.subscription.queue, Wire::Remove(receipt));
                    host.wait_for(CALL, context);
                }
            }
            Effect::Act(message) => {
                if host.is_own("", message.body.letter.message, message.body.owner.incarnation, context) {
                    self.acts = Some(message);
                    host.wait_for(ACT, context);
                }
            }
        }
    }

    fn waited<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let Some(message) = self.acts.take() else { return };
        let (node, attempt) = (context.me(), message.body.attempt);
        context.record(|| What::Applied { node, message: message.body.letter.message, attempt });
        drop(message);
        host.report_let_go(context);
    }
}
