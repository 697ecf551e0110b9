// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the process does that runs the learner's shaper.

use std::time::Duration;

use queues::{Letter, Wire};
use sim::{Context, Sink, TimerId};
use trace::{MessageId, NodeId, Refusal, Set, Time, What};

use super::judge::Wake;
use super::{Build, Effect, Limits, Out, Shaper};
use crate::host::{Exercise, Host};
use crate::message::{self, Message};
use crate::spot::Call;

/// The token of the one timer.
const WAKE: u64 = 1;
/// The stream that says how late it comes.
const LATE: u8 = 0;
/// A timer has a resolution, and time passes between two calls.
const SHORTEST: Time = Time::micros(100);
/// What the clock on the wall shows when a run begins: a day in 2023.
const FIRST_DATE: Time = Time::secs(1_700_000_000);
/// One wake-up in so many is as late as it may be.
const LATEST_IN: u64 = 3;

pub(super) struct Shaping {
    pub build: Build,
    pub limits: Limits,
    pub downstream: NodeId,
    /// The wake-ups that come too early, by their number from 1.
    pub early: Set<u64>,
    timer: Option<(TimerId, Time)>,
    /// How many wake-ups were asked for.
    asked: u64,
}

pub(super) enum Input {
    Arrival(Letter),
    Woken,
}

impl Shaping {
    pub fn new(build: Build, limits: Limits, downstream: NodeId, early: Set<u64>) -> Shaping {
        Shaping { build, limits, downstream, early, timer: None, asked: 0 }
    }

    /// Calls the learner's code with its way out, and adds to what it asked for what it did to the message that came, if one
    /// did, and to others that it dropped.
    fn call<S: Sink>(
        host: &mut Host<Shaping>,
        context: &mut Context<'_, Wire, S>,
        call: Call,
        came: Option<MessageId>,
        act: impl FnOnce(&mut dyn Shaper, &mut Out),
    ) {
        let since = |time: Time| Duration::from_nanos(time.as_nanos());
        let mut out = Out::new(since(context.now()), since(FIRST_DATE + context.clock()));
        let hands = host.hands.clone();
        host.call(call, context, |shaper| {
            act(shaper, &mut out);
            let asked = out.effects;
            let is_sent = |message| {
                asked
                    .iter()
                    .any(|effect| matches!(effect, Effect::Send(sent) if sent.letter.message == message))
            };
            let dropped = message::dropped(&hands, is_sent);
            let fate = came.map(|came| match dropped.contains(&came) {
                true => Effect::Drop(came, Refusal::DroppedNewest),
                false => Effect::Take(came),
            });
            let others = dropped.into_iter().filter(|message| Some(*message) != came);
            let mut effects: Vec<Effect> = fate.into_iter().collect();
            effects.extend(asked);
            effects.extend(others.map(|message| Effect::Drop(message, Refusal::DroppedOldest)));
            effects
        });
    }

    /// Timers are as timers are: late by some, or early where the run says so.
    fn wake_after<S: Sink>(&mut self, span: Duration, context: &mut Context<'_, Wire, S>) {
        if let Some((timer, _)) = self.timer.take() {
            context.cancel(timer);
        }
        self.asked += 1;
        let span = Time(u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)).max(SHORTEST);
        let most = self.limits.late.as_nanos() as u64;
        let dice = context.stream(LATE);
        let late = if dice.below(LATEST_IN) == 0 { most } else { dice.below(most + 1) };
        let comes = if self.early.contains(self.asked) { Time(span.0 / 4) } else { span + Time(late) };
        let due = context.now() + span;
        self.timer = Some((context.timer(comes.max(SHORTEST), WAKE), due));
    }
}

impl Exercise for Shaping {
    type Answer = dyn Shaper;
    type Input = Input;
    type Effect = Effect;

    fn start<S: Sink>(&mut self, host: &mut Host<Shaping>, context: &mut Context<'_, Wire, S>) {
        let (build, limits) = (self.build, self.limits);
        host.begin(context, || build(limits));
    }

    fn receive<S: Sink>(
        &mut self,
        _: NodeId,
        packet: Wire,
        host: &mut Host<Shaping>,
        _: &mut Context<'_, Wire, S>,
    ) {
        if let Wire::Publish(letter) = packet {
            host.inbox.push_back(Input::Arrival(letter));
        }
    }

    fn timer<S: Sink>(&mut self, _: u64, host: &mut Host<Shaping>, context: &mut Context<'_, Wire, S>) {
        let Some((_, due)) = self.timer.take() else { return };
        let (node, wake) = (Some(context.me()), Wake { due, came: context.now() });
        context.record(|| What::Note { node, text: wake.to_string() });
        host.inbox.push_back(Input::Woken);
    }

    fn handle<S: Sink>(
        &mut self,
        input: Input,
        host: &mut Host<Shaping>,
        context: &mut Context<'_, Wire, S>,
    ) {
        match input {
            Input::Arrival(letter) => {
                let message = letter.message;
                let given = Message::new(letter, &host.hands);
                let call = Call { says: "on_arrival(message {})", input: [message.0, 0] };
                Shaping::call(host, context, call, Some(message), |shaper, out| {
                    shaper.on_arrival(given, out)
                });
            }
            Input::Woken => {
                let call = Call { says: "on_timer(…)", input: [0; 2] };
                Shaping::call(host, context, call, None, |shaper, out| shaper.on_timer(out));
            }
        }
    }

    fn perform<S: Sink>(
        &mut self,
        effect: Effect,
        host: &mut Host<Shaping>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let node = context.me();
        match effect {
            Effect::Send(passed) => {
                let (consumer, letter) = (self.downstream, passed.letter);
                let message = letter.message;
                if !host.is_own("", message, passed.incarnation, context) {
                    return;
                }
                context.record(|| What::Handed { node, consumer, message, attempt: 1, lease_until: None });
                // Sent is done: downstream answers nothing.
                context.record(|| What::Acked { node, message, attempt: 1 });
                context.send(consumer, Wire::Deliver { letter, attempt: 1, session: 0 });
            }
            Effect::WakeAfter(span) => self.wake_after(span, context),
            Effect::Take(message) => context.record(|| What::Stored { node, message }),
            Effect::Drop(message, why) => context.record(|| What::Refused { node, message, why }),
        }
    }
}
