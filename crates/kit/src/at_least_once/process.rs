// SPDX-License-Identifier: MIT OR Apache-2.0
//! What this exam's process adds to the host: a queue to subscribe to, publishes with answers, and timers.

use std::cell::RefCell;
use std::rc::Rc;

use queues::{Letter, Wire};
use sim::{Context, Sink};
use trace::{Map, MessageId, NodeId, Time, What};

use super::{Answer, AtLeastOnce, Build, Effect, Message, Out, Receipt};
use crate::held::Body;
use crate::host::{Exercise, Host};
use crate::spot::Call;
use crate::subscription::{SUBSCRIBE, Subscription};

/// What sending something takes: short, but long enough for a crash to come between two of them.
const CALL: Time = Time::micros(300);
/// No timer is longer than a day.
const LONGEST_TIMER_MS: u64 = 86_400_000;
/// The token of the learner's first timer.
const FIRST_TIMER: u64 = SUBSCRIBE + 1;

/// What outlives the process: the exam's own books.
#[derive(Default)]
pub(super) struct Outside {
    /// How often each message was published, by all incarnations: what names a publish in packets.
    published: Map<MessageId, u32>,
    /// How many timers were set.
    pub timers: u64,
}

pub(super) enum Input {
    Deliver(Letter, u32),
    Answer(u64, Answer),
    Timer(u64),
}

pub(super) struct Relaying {
    build: Build,
    subscription: Subscription,
    downstream: NodeId,
    outside: Rc<RefCell<Outside>>,
    /// The id of each publish of this incarnation. What answers another one comes from a connection that is gone.
    ids: Map<(MessageId, u32), u64>,
    /// The learner's tokens, in the order in which their timers were set.
    tokens: Vec<u64>,
}

impl Relaying {
    pub fn new(
        build: Build,
        subscription: Subscription,
        downstream: NodeId,
        outside: Rc<RefCell<Outside>>,
    ) -> Relaying {
        let (ids, tokens) = (Map::new(), Vec::new());
        Relaying { build, subscription, downstream, outside, ids, tokens }
    }

    /// What this packet answers, if it is the answer to a publish of this incarnation.
    fn answered(&self, packet: &Wire) -> Option<Input> {
        match *packet {
            Wire::Done(message, attempt) => {
                self.ids.get((message, attempt)).map(|id| Input::Answer(*id, Answer::Stored))
            }
            // A refusal does not say which publish it was: that of the last.
            Wire::Refuse(message, _) => {
                let last = self.ids.between((message, 0), (message, u32::MAX)).next_back();
                last.map(|(_, id)| Input::Answer(*id, Answer::Refused))
            }
            _ => None,
        }
    }

    fn publish<S: Sink>(&mut self, id: u64, message: MessageId, context: &mut Context<'_, Wire, S>) {
        let mut outside = self.outside.borrow_mut();
        let attempt = outside.published.or_default(message);
        *attempt += 1;
        self.ids.insert((message, *attempt), id);
        let node = context.me();
        if id != message.0 {
            // Packets do not show it.
            let text = format!("message {message} goes out under id {id}");
            context.record(|| What::Note { node: Some(node), text });
        }
        let letter = Letter { message, producer: node, seq: id, key: 0 };
        context.send(self.downstream, Wire::Effect(letter, *attempt));
    }
}

impl Exercise for Relaying {
    type Answer = dyn AtLeastOnce;
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

    fn timer<S: Sink>(&mut self, token: u64, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        if token == SUBSCRIBE {
            self.subscription.ask(context);
        } else if let Some(token) = self.tokens.get((token - FIRST_TIMER) as usize) {
            host.inbox.push_back(Input::Timer(*token));
        }
    }

    fn handle<S: Sink>(&mut self, input: Input, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let (node, incarnation) = (context.me(), host.hands.incarnation);
        let mut out = Out { effects: Vec::new(), now_ms: context.clock().as_nanos() / 1_000_000 };
        match input {
            Input::Deliver(letter, attempt) => {
                context.record(|| What::Started { node, message: letter.message, attempt });
                let body = Body { letter, attempt, owner: host.hands.clone() };
                let message = Message { id: letter.message.0, body };
                let receipt = Receipt { message: letter.message, attempt, incarnation };
                let call = Call { says: "on_message(message {})", input: [letter.message.0, 0] };
                host.call(call, context, |answer| {
                    answer.on_message(message, receipt, &mut out);
                    out.effects
                });
            }
            Input::Answer(id, answered) => {
                let says = match answered {
                    Answer::Stored => "on_answer({}, Stored)",
                    Answer::Refused => "on_answer({}, Refused)",
                };
                host.call(Call { says, input: [id, 0] }, context, |answer| {
                    answer.on_answer(id, answered, &mut out);
                    out.effects
                });
            }
            Input::Timer(token) => {
                host.call(Call { says: "on_timer({})", input: [token, 0] }, context, |answer| {
                    answer.on_timer(token, &mut out);
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
            Effect::Publish { id, message, incarnation } => {
                if host.is_own("", message, incarnation, context) {
                    self.publish(id, message, context);
                    host.wait_for(CALL, context);
                }
            }
            Effect::Ack(Receipt { message, attempt, incarnation }) => {
                if host.is_own("the receipt of ", message, incarnation, context) {
                    let session = self.subscription.session;
                    let receipt = queues::Receipt { message, attempt, session };
                    context.send(self.subscription.queue, Wire::Ack(receipt));
                    host.wait_for(CALL, context);
                }
            }
            Effect::Timer { ms, token } => {
                let number = FIRST_TIMER + self.tokens.len() as u64;
                self.outside.borrow_mut().timers += 1;
                self.tokens.push(token);
                context.timer(Time::millis(ms.min(LONGEST_TIMER_MS)), number);
            }
        }
    }
}
