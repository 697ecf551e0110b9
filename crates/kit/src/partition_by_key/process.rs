// SPDX-License-Identifier: MIT OR Apache-2.0
//! What this exam's process adds to the host: a group of members, a window of messages, hand-outs and fences.

use std::collections::VecDeque;

use queues::{Batch, Letter, Wire};
use sim::{Context, Sink};
use trace::{MessageId, NodeId, Set, Time, What};

use super::group::{Group, LEASE};
use super::{Build, Effect, Message, Out, PartitionByKey, ledger};
use crate::host::{Exercise, Host};
use crate::spot::Call;

/// The tokens of its timers: the group changes, a consumer leaves; behind them those of hand-outs, and from there those that
/// tell a consumer that it is out.
const REBALANCE: u64 = 1;
const LEAVE: u64 = 2;
const FIRST_HAND_OUT: u64 = 3;
const TELL: u64 = 1 << 32;

/// Whoever joins within this time joins the same generation.
const GATHER: Time = Time::millis(4);
/// Who is put out is told so this often, and so many times at most, until it joins again.
const TELL_AFTER: Time = Time::millis(200);
const TELL_TRIES: u32 = 20;

pub(super) enum Input {
    Message(Letter),
    Rebalance,
    Ack(MessageId, u32),
    Fenced { key: u32, token: u64, last: MessageId },
}

/// A message in a member's hands.
struct HandOut {
    letter: Letter,
    attempt: u32,
    token: u64,
    member: u64,
    /// It was acked, given back, or fenced off.
    over: bool,
}

/// Somebody who was put out and shall hear of it.
struct Told {
    node: NodeId,
    session: u64,
    tries: u32,
}

pub(super) struct Routing {
    build: Build,
    store: NodeId,
    consumers: Vec<NodeId>,
    /// How many messages the learner's code is given at a time.
    window: usize,
    /// When the first consumer leaves for good; never at zero.
    leaves: Time,
    group: Group,
    /// A rebalance is on its way.
    gathering: bool,
    /// What came and finds no room.
    blocked: VecDeque<Letter>,
    /// What the learner's code was given and has not done.
    given: Set<MessageId>,
    hand_outs: Vec<HandOut>,
    told: Vec<Told>,
}

impl Routing {
    pub fn new(build: Build, store: NodeId, consumers: Vec<NodeId>, window: usize, leaves: Time) -> Routing {
        Routing {
            build,
            store,
            consumers,
            window,
            leaves,
            group: Group::default(),
            gathering: false,
            blocked: VecDeque::new(),
            given: Set::new(),
            hand_outs: Vec::new(),
            told: Vec::new(),
        }
    }

    /// The first consumer leaves: it does what it was handed, and is handed no more.
    fn has_left<S: Sink>(&self, node: NodeId, context: &Context<'_, Wire, S>) -> bool {
        self.leaves > Time::ZERO && context.now() >= self.leaves && self.consumers.first() == Some(&node)
    }

    fn join<S: Sink>(&mut self, node: NodeId, session: u64, context: &mut Context<'_, Wire, S>) {
        context.send(node, Wire::Subscribed(session));
        if self.has_left(node, context) {
            return;
        }
        let place = self.consumers.iter().position(|consumer| *consumer == node).unwrap_or(0);
        if self.group.join(place, node, session) && !self.gathering {
            self.gathering = true;
            context.timer(GATHER, REBALANCE);
        }
    }

    /// Somebody does not answer: the group goes on without it, at once.
    fn put_out<S: Sink>(&mut self, number: u64, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let Some(member) = self.group.put_out(number) else { return };
        host.inbox.push_back(Input::Rebalance);
        self.told.push(Told { node: member.node, session: member.session, tries: 0 });
        self.tell(self.told.len() - 1, context);
    }

    fn tell<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        let Some(told) = self.told.get_mut(place) else { return };
        if told.tries < TELL_TRIES && self.group.is_last(told.node, told.session) {
            told.tries += 1;
            context.send(told.node, Wire::Revoke(told.session));
            context.timer(TELL_AFTER, TELL + place as u64);
        }
    }

    /// Gives the learner's code what there is room for.
    fn fill(&mut self, host: &mut Host<Self>) {
        while self.given.len() < self.window
            && let Some(letter) = self.blocked.pop_front()
        {
            self.given.insert(letter.message);
            host.inbox.push_back(Input::Message(letter));
        }
    }

    fn hand<S: Sink>(&mut self, letter: Letter, number: u64, token: u64, context: &mut Context<'_, Wire, S>) {
        let (node, message, generation) = (context.me(), letter.message, self.group.generation);
        let Some(member) = self.group.find_mut(number) else {
            let text = ledger::no_member(message, number, generation);
            return context.record(|| What::Note { node: Some(node), text });
        };
        member.handed += 1;
        let (consumer, session) = (member.node, member.session);
        let batch = Batch { fetch: member.handed, index: 0, last: true };
        let attempt = 1 + self.hand_outs.iter().filter(|own| own.letter.message == message).count() as u32;
        let lease_until = Some(context.now() + LEASE);
        context.record(|| What::Handed { node, consumer, message, attempt, lease_until });
        // The letter carries the token where its place in the order stands.
        let carried = Letter { seq: token, ..letter };
        context.send(consumer, Wire::Fetched { letter: carried, attempt, session, batch });
        context.timeout(LEASE, FIRST_HAND_OUT + self.hand_outs.len() as u64);
        self.hand_outs.push(HandOut { letter, attempt, token, member: number, over: false });
    }

    fn end_hand_out(&mut self, message: MessageId, attempt: u32) {
        let of = |own: &&mut HandOut| (own.letter.message, own.attempt) == (message, attempt);
        self.hand_outs.iter_mut().find(of).into_iter().for_each(|own| own.over = true);
    }

    /// The store refuses smaller tokens now: what was handed out with one and took no effect never will, and is here again.
    fn void<S: Sink>(&mut self, key: u32, token: u64, last: MessageId, context: &mut Context<'_, Wire, S>) {
        let node = context.me();
        for own in &mut self.hand_outs {
            let message = own.letter.message;
            if own.letter.key == key && own.token < token && message > last && !own.over {
                context.record(|| What::Requeued { node, message, ahead: 0 });
            }
        }
    }

    fn done<S: Sink>(
        &mut self,
        message: MessageId,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let node = context.me();
        let attempt = self.hand_outs.iter().filter(|own| own.letter.message == message).count() as u32;
        context.record(|| What::Acked { node, message, attempt });
        self.given.remove(message);
        self.fill(host);
    }
}

impl Exercise for Routing {
    type Answer = dyn PartitionByKey;
    type Input = Input;
    type Effect = Effect;

    fn start<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        if self.leaves > Time::ZERO {
            context.timer(self.leaves, LEAVE);
        }
        host.begin(context, self.build);
    }

    fn receive<S: Sink>(
        &mut self,
        from: NodeId,
        packet: Wire,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        match packet {
            Wire::Publish(letter) => {
                self.blocked.push_back(letter);
                self.fill(host);
            }
            Wire::Subscribe { session, .. } => self.join(from, session, context),
            Wire::Ack(receipt) => {
                self.end_hand_out(receipt.message, receipt.attempt);
                let own = self.hand_outs.iter().find(|own| own.letter.message == receipt.message);
                host.inbox.extend(own.map(|own| Input::Ack(receipt.message, own.letter.key)));
            }
            Wire::Nack(receipt) => self.end_hand_out(receipt.message, receipt.attempt),
            Wire::Fenced { key, token, last } => host.inbox.push_back(Input::Fenced { key, token, last }),
            _ => {}
        }
    }

    fn timer<S: Sink>(&mut self, token: u64, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        match token {
            REBALANCE => {
                self.gathering = false;
                host.inbox.push_back(Input::Rebalance);
            }
            LEAVE => {
                if self.consumers.first().is_some_and(|first| self.group.leave(*first)) {
                    host.inbox.push_back(Input::Rebalance);
                }
            }
            TELL.. => self.tell((token - TELL) as usize, context),
            _ => {
                let own = self.hand_outs.get((token - FIRST_HAND_OUT) as usize);
                if let Some(number) = own.filter(|own| !own.over).map(|own| own.member) {
                    self.put_out(number, host, context);
                }
            }
        }
    }

    fn handle<S: Sink>(&mut self, input: Input, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let (node, incarnation, mut out) = (context.me(), host.hands.incarnation, Out::new());
        match input {
            Input::Message(letter) => {
                let Letter { message, producer, key, .. } = letter;
                context.record(|| What::Stored { node, message });
                context.send(producer, Wire::Confirm(message));
                let message = Message { key, number: message.0, letter, incarnation };
                let call =
                    Call { says: "on_message(message {}, key {})", input: [message.number, key.into()] };
                host.call(call, context, |answer| {
                    answer.on_message(message, &mut out);
                    out.effects
                });
            }
            Input::Rebalance => {
                let (generation, members) = self.group.next_generation();
                let text = ledger::generation(generation, &members);
                context.record(|| What::Note { node: Some(node), text });
                let input = [generation, members.len() as u64];
                let call = Call { says: "on_rebalance(generation {}, {} members)", input };
                host.call(call, context, |answer| {
                    answer.on_rebalance(generation, &members, &mut out);
                    out.effects
                });
            }
            Input::Ack(message, key) => {
                let call = Call { says: "on_ack(key {}, message {})", input: [key.into(), message.0] };
                host.call(call, context, |answer| {
                    answer.on_ack(key, message.0, &mut out);
                    out.effects
                });
            }
            Input::Fenced { key, token, last } => {
                let text = ledger::fenced(key, token, last);
                context.record(|| What::Note { node: Some(node), text });
                self.void(key, token, last, context);
                let call = Call { says: "on_fenced(key {}, token {}, …)", input: [key.into(), token] };
                host.call(call, context, |answer| {
                    answer.on_fenced(key, token, last.0, &mut out);
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
            Effect::Hand { letter, incarnation, member, token } => {
                if host.is_own("", letter.message, incarnation, context) {
                    self.hand(letter, member, token, context);
                }
            }
            Effect::Fence { key, token } => {
                let (node, text) = (Some(context.me()), ledger::fence_asked(key, token));
                context.record(|| What::Note { node, text });
                context.send(self.store, Wire::Fence { key, token });
            }
            Effect::Done { message, incarnation } => {
                if host.is_own("", message, incarnation, context) {
                    self.done(message, host, context);
                }
            }
        }
    }
}
