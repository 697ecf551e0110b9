// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the process does that runs the learner's queue.

use std::time::Duration;

use queues::{Letter, Wire};
use sim::{Context, Sink};
use trace::{MessageId, NodeId, Refusal, Set, Time, What};

use super::{Answer, BoundedQueue, Build, Limits};
use crate::host::{Exercise, Host};
use crate::message::{self, Message, Passed};
use crate::spot::Call;

const KEEPS: &str = "it keeps a message that it shed: ";

/// What is noted when a message that was shed is not let go of: traces have no event of their own for it.
fn keeps(message: MessageId) -> String {
    format!("{KEEPS}{message}")
}

/// The message of such a note.
pub(super) fn is_kept(text: &str) -> Option<MessageId> {
    text.strip_prefix(KEEPS)?.parse().ok().map(MessageId)
}

/// What is noted when the consumer gets nothing although something waits.
pub(super) const EMPTY_HANDED: &str = "the consumer gets nothing, although something waits";

pub(super) struct Bounding {
    build: Build,
    limits: Limits,
    /// The consumer, in its session, while it is ready for a message.
    ready: Option<(NodeId, u64)>,
    /// Its session: asked for again, it is the same.
    session: Option<u64>,
    /// What was accepted and neither handed out nor dropped.
    waiting: Set<MessageId>,
}

pub(super) enum Input {
    Offer(Letter),
    Pull,
}

pub(super) enum Effect {
    /// A message was offered: what the producer hears, and whether the message was let go of in the same call.
    Answer(Letter, Answer, bool),
    HandOut(Option<Passed>),
    /// A message that was accepted before was let go of, and not handed out.
    Drop(MessageId),
}

impl Bounding {
    pub fn new(build: Build, limits: Limits) -> Bounding {
        Bounding { build, limits, ready: None, session: None, waiting: Set::new() }
    }

    fn offer<S: Sink>(letter: Letter, host: &mut Host<Bounding>, context: &mut Context<'_, Wire, S>) {
        let (hands, now, own) = (host.hands.clone(), since(context.now()), letter.message);
        let call = Call { says: "offer(message {})", input: [own.0, 0] };
        host.call(call, context, |queue| {
            let answer = queue.offer(Message::new(letter, &hands), now);
            let let_go = message::dropped(&hands, |_| false);
            let lets_go = let_go.contains(&own);
            let others = let_go.into_iter().filter(|message| *message != own);
            let mut effects: Vec<Effect> = others.map(Effect::Drop).collect();
            effects.push(Effect::Answer(letter, answer, lets_go));
            effects
        });
    }

    fn pull<S: Sink>(host: &mut Host<Bounding>, context: &mut Context<'_, Wire, S>) {
        let (hands, now) = (host.hands.clone(), since(context.now()));
        host.call(Call { says: "pull(…)", input: [0; 2] }, context, |queue| {
            let passed = queue.pull(now).map(Message::pass);
            let is_passed = |message| passed.is_some_and(|passed| passed.letter.message == message);
            let dropped = message::dropped(&hands, is_passed).into_iter().map(Effect::Drop);
            dropped.chain([Effect::HandOut(passed)]).collect()
        });
    }

    fn answer<S: Sink>(
        &mut self,
        letter: Letter,
        answer: Answer,
        lets_go: bool,
        host: &mut Host<Bounding>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let (node, message) = (context.me(), letter.message);
        match answer {
            Answer::Accepted => {
                if lets_go {
                    context.record(|| What::Refused { node, message, why: Refusal::DroppedNewest });
                } else {
                    self.waiting.insert(message);
                    context.record(|| What::Stored { node, message });
                }
                context.send(letter.producer, Wire::Confirm(message));
            }
            Answer::Shed => {
                context.record(|| What::Refused { node, message, why: Refusal::Full });
                if !lets_go {
                    context.record(|| What::Note { node: Some(node), text: keeps(message) });
                }
                context.send(letter.producer, Wire::Refuse(message, Refusal::Full));
            }
        }
        if self.ready.is_some() {
            host.inbox.push_front(Input::Pull);
        }
    }

    fn hand_out<S: Sink>(
        &mut self,
        passed: Option<Passed>,
        host: &Host<Bounding>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let node = context.me();
        let Some(Passed { letter, incarnation }) = passed else {
            if !self.waiting.is_empty() {
                context.record(|| What::Note { node: Some(node), text: EMPTY_HANDED.to_owned() });
            }
            return;
        };
        let message = letter.message;
        if !host.is_own("", message, incarnation, context) {
            return;
        }
        let Some((consumer, session)) = self.ready.take() else { return };
        self.waiting.remove(message);
        context.record(|| What::Handed { node, consumer, message, attempt: 1, lease_until: None });
        context.send(consumer, Wire::Deliver { letter, attempt: 1, session });
    }
}

fn since(time: Time) -> Duration {
    Duration::from_nanos(time.as_nanos())
}

impl Exercise for Bounding {
    type Answer = dyn BoundedQueue;
    type Input = Input;
    type Effect = Effect;

    fn start<S: Sink>(&mut self, host: &mut Host<Bounding>, context: &mut Context<'_, Wire, S>) {
        let (build, limits) = (self.build, self.limits);
        host.begin(context, || build(limits));
    }

    fn receive<S: Sink>(
        &mut self,
        from: NodeId,
        packet: Wire,
        host: &mut Host<Bounding>,
        context: &mut Context<'_, Wire, S>,
    ) {
        match packet {
            Wire::Publish(letter) => host.inbox.push_back(Input::Offer(letter)),
            Wire::Subscribe { session, .. } => {
                context.send(from, Wire::Subscribed(session));
                if self.session.replace(session) != Some(session) {
                    self.ready = Some((from, session));
                    host.inbox.push_back(Input::Pull);
                }
            }
            Wire::Ack(receipt) => {
                let (node, message) = (context.me(), receipt.message);
                context.record(|| What::Acked { node, message, attempt: 1 });
                self.ready = Some((from, receipt.session));
                host.inbox.push_back(Input::Pull);
            }
            _ => {}
        }
    }

    fn timer<S: Sink>(&mut self, _: u64, _: &mut Host<Bounding>, _: &mut Context<'_, Wire, S>) {}

    fn handle<S: Sink>(
        &mut self,
        input: Input,
        host: &mut Host<Bounding>,
        context: &mut Context<'_, Wire, S>,
    ) {
        match input {
            Input::Offer(letter) => Bounding::offer(letter, host, context),
            Input::Pull => Bounding::pull(host, context),
        }
    }

    fn perform<S: Sink>(
        &mut self,
        effect: Effect,
        host: &mut Host<Bounding>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let node = context.me();
        match effect {
            Effect::Answer(letter, answer, lets_go) => self.answer(letter, answer, lets_go, host, context),
            Effect::HandOut(passed) => self.hand_out(passed, host, context),
            Effect::Drop(message) => {
                if self.waiting.remove(message) {
                    context.record(|| What::Refused { node, message, why: Refusal::DroppedOldest });
                }
            }
        }
    }
}
