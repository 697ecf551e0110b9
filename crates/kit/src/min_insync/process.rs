// SPDX-License-Identifier: MIT OR Apache-2.0
//! A replica: its log, what it does as a follower, and the learner's code, which decides while it leads.

use std::cell::RefCell;
use std::rc::Rc;

use queues::{Fetching, Letter, Role, Wire};
use sim::{Context, Sink};
use trace::{MessageId, NodeId, Refusal, Time, What};

use super::follower::Follower;
use super::notes::{Said, numbers};
use super::{Answer, Build, Effect, Leader, Out, Record, Terms};
use crate::host::{Exercise, Host};
use crate::spot::Call;

/// What an append or an answer takes: short, but long enough for a crash to come between two of them.
const CALL: Time = Time::micros(300);
/// How often a replica looks whether somebody waits for too long.
const LOOK: Time = Time::millis(100);
/// Who has not caught up with the leader for so long is not in sync any more.
const LAG: Time = Time::millis(300);
/// No timer is longer than a day.
const LONGEST_TIMER_MS: u64 = 86_400_000;
/// The token of the look; the learner's timers begin above.
const LOOKS: u64 = 1;
const FIRST_TIMER: u64 = 2;

/// What is on a replica's disk.
#[derive(Clone, Default)]
pub(super) struct Log {
    pub records: Vec<Letter>,
    /// The last epoch in which it led.
    led: u32,
}

/// What outlives the processes: their disks, and the exam's own books.
#[derive(Default)]
pub(super) struct Books {
    pub logs: Vec<Log>,
    /// How many timers were set, and how many answers given.
    pub timers: u64,
    pub answers: u64,
}

pub(super) enum Input {
    Role(Role),
    Produce(Letter),
    Fetched { follower: NodeId, epoch: u32, offset: u32, last: MessageId },
    InSync(u32, u16),
    Copied(Fetching),
    Timer(u64),
}

/// What the leader knows of a follower in its epoch.
#[derive(Clone, Copy, Default)]
struct Mate {
    /// When its log was last as long as the leader's.
    caught_up: Time,
    /// The fetch that waits for a record.
    waits: bool,
    /// The offset that the learner's code was told last.
    told: Option<u32>,
}

/// Who else there is.
#[derive(Clone, Copy)]
pub(super) struct Others {
    pub replicas: u16,
    pub controller: NodeId,
    pub client: NodeId,
    /// When the replicas stop to talk with each other, so that a run ends.
    pub until: Time,
}

pub(super) struct Replicating {
    build: Build,
    terms: Terms,
    others: Others,
    books: Rc<RefCell<Books>>,
    /// What it knows; in epoch 0 nothing.
    role: Role,
    leads: bool,
    follower: Follower,
    mates: Vec<Mate>,
    /// Who is in sync, as the learner's code was told: also who will be, if the controller agrees.
    told: u16,
    /// What the controller was asked for and has not settled.
    proposed: Option<Role>,
    /// The learner's tokens, in the order in which their timers were set.
    tokens: Vec<u64>,
}

impl Replicating {
    pub fn new(build: Build, terms: Terms, others: Others, books: Rc<RefCell<Books>>) -> Replicating {
        Replicating {
            build,
            terms,
            others,
            books,
            role: Role::default(),
            leads: false,
            follower: Follower::default(),
            mates: vec![Mate::default(); others.replicas.into()],
            told: 0,
            proposed: None,
            tokens: Vec::new(),
        }
    }

    fn place(&self) -> usize {
        self.terms.me as usize - 1
    }

    fn end(&self) -> u32 {
        self.books.borrow().logs[self.place()].records.len() as u32
    }

    fn say_hello<S: Sink>(&self, context: &mut Context<'_, Wire, S>) {
        let led = self.books.borrow().logs[self.place()].led;
        context.send(self.others.controller, Wire::Subscribe { prefetch: 0, session: led.into() });
    }

    fn fetch<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if context.now() < self.others.until {
            self.follower.fetch(self.role, &self.books.borrow().logs[self.place()], context);
        }
    }

    fn note<S: Sink>(said: Said, context: &mut Context<'_, Wire, S>) {
        let node = Some(context.me());
        context.record(|| What::Note { node, text: said.to_string() });
    }

    fn call<S: Sink>(
        &self,
        host: &mut Host<Replicating>,
        context: &mut Context<'_, Wire, S>,
        call: Call,
        act: impl FnOnce(&mut dyn Leader, &mut Out),
    ) {
        let mut out = Out::new(self.end().into());
        host.call(call, context, |leader| {
            act(leader, &mut out);
            out.effects
        });
    }

    fn tell_in_sync<S: Sink>(
        &self,
        epoch: u32,
        in_sync: u16,
        host: &mut Host<Replicating>,
        context: &mut Context<'_, Wire, S>,
    ) {
        Replicating::note(Said::InSync(epoch.into(), in_sync), context);
        let call = Call { says: "isr(epoch {}, …)", input: [epoch.into(), 0] };
        self.call(host, context, call, |leader, out| leader.isr(epoch.into(), &numbers(in_sync), out));
    }

    /// The controller says how things are, or were.
    fn hear<S: Sink>(&mut self, new: Role, host: &mut Host<Replicating>, context: &mut Context<'_, Wire, S>) {
        let old = self.role;
        if new.epoch < old.epoch {
            if host.has_begun() {
                self.tell_in_sync(new.epoch, new.in_sync, host, context);
            }
        } else if new.epoch > old.epoch {
            self.role = new;
            self.begin_epoch(host, context);
        } else if new.version > old.version {
            (self.role, self.proposed) = (new, None);
            if self.leads && self.told != new.in_sync {
                self.told = new.in_sync;
                self.tell_in_sync(new.epoch, new.in_sync, host, context);
            }
        }
    }

    fn begin_epoch<S: Sink>(&mut self, host: &mut Host<Replicating>, context: &mut Context<'_, Wire, S>) {
        let Role { epoch, leader, in_sync, .. } = self.role;
        let now = context.now();
        (self.proposed, self.told) = (None, in_sync);
        self.follower = Follower::default();
        self.mates.fill(Mate { caught_up: now, ..Mate::default() });
        let may_lead = self.books.borrow().logs[self.place()].led < epoch;
        self.leads = leader == context.me() && may_lead;
        if self.leads {
            self.books.borrow_mut().logs[self.place()].led = epoch;
            Replicating::note(Said::Leads(epoch), context);
            Replicating::note(Said::InSync(epoch.into(), in_sync), context);
            let (build, terms) = (self.build, self.terms);
            if !host.has_begun() && !host.begin(context, || build(terms)) {
                return;
            }
            let (end, call) = (self.end(), Call { says: "lead(epoch {}, …)", input: [epoch.into(), 0] });
            self.call(host, context, call, |answer, out| {
                answer.lead(epoch.into(), end.into(), &numbers(in_sync), out);
            });
        } else {
            Replicating::note(Said::Follows(epoch), context);
            if leader != context.me() {
                self.fetch(context);
            }
            let call = Call { says: "follow(epoch {})", input: [epoch.into(), 0] };
            self.call(host, context, call, |answer, out| answer.follow(epoch.into(), out));
        }
    }

    fn produce<S: Sink>(
        &mut self,
        letter: Letter,
        host: &mut Host<Replicating>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let (node, message, incarnation) = (context.me(), letter.message, host.hands.incarnation);
        if !host.has_begun() {
            // It has never led: the learner's code is not there yet.
            let why = Refusal::TooFewReplicas;
            context.record(|| What::Refused { node, message, why });
            return context.send(self.others.client, Wire::Refuse(message, why));
        }
        context.record(|| What::Started { node, message, attempt: 1 });
        let record = Record { number: message.0, letter, incarnation };
        let call = Call { says: "produce(record {})", input: [message.0, 0] };
        self.call(host, context, call, |leader, out| leader.produce(record, out));
    }

    /// A fetch came: of this epoch it is answered, and whatever it is, the learner's code hears of it.
    fn fetched<S: Sink>(
        &mut self,
        (from, epoch, offset, last): (NodeId, u32, u32, MessageId),
        host: &mut Host<Replicating>,
        context: &mut Context<'_, Wire, S>,
    ) {
        if !host.has_begun() {
            return;
        }
        let follower = from.index();
        let is_mine = self.leads && epoch == self.role.epoch;
        if is_mine {
            let books = self.books.borrow();
            let records = &books.logs[self.place()].records;
            let before = (offset as usize).checked_sub(1);
            let fits =
                before.is_none_or(|before| records.get(before).is_some_and(|letter| letter.message == last));
            if !fits {
                return context.send(from, Wire::Fetching(Fetching::Nothing { epoch, offset, parted: true }));
            }
            match records.get(offset as usize) {
                Some(letter) => {
                    let letter = *letter;
                    context.send(from, Wire::Fetching(Fetching::Copy { epoch, offset, letter }));
                }
                None => {
                    let mate = &mut self.mates[follower];
                    (mate.waits, mate.caught_up) = (true, context.now());
                }
            }
        }
        if !is_mine || self.mates[follower].told.replace(offset) != Some(offset) {
            let (follower, offset) = (follower as u64 + 1, offset.into());
            Replicating::note(Said::Heard { follower, offset, epoch: epoch.into() }, context);
        }
        let call = Call { says: "fetched({}, …, {})", input: [follower as u64 + 1, offset.into()] };
        self.call(host, context, call, |leader, out| {
            leader.fetched(follower as u64 + 1, epoch.into(), offset.into(), out);
        });
        let joins = 1 << follower;
        if is_mine && self.mates[follower].waits && self.told & joins == 0 && self.proposed.is_none() {
            // From this moment on it may be elected.
            self.told |= joins;
            host.inbox.push_front(Input::InSync(epoch, self.told));
            self.propose(self.told, context);
        }
    }

    fn propose<S: Sink>(&mut self, in_sync: u16, context: &mut Context<'_, Wire, S>) {
        let wish = Role { in_sync, ..self.role };
        self.proposed = Some(wish);
        context.send(self.others.controller, Wire::Fetching(Fetching::Propose(wish)));
    }

    fn append<S: Sink>(&mut self, letter: Letter, context: &mut Context<'_, Wire, S>) {
        let (node, message) = (context.me(), letter.message);
        if !self.leads {
            return Replicating::note(Said::Unled(message), context);
        }
        if (self.told.count_ones() as usize) < self.terms.min_insync {
            Replicating::note(Said::TooFew(message), context);
        }
        let offset = self.end();
        self.books.borrow_mut().logs[self.place()].records.push(letter);
        context.record(|| What::Stored { node, message });
        let epoch = self.role.epoch;
        for (place, mate) in self.mates.iter_mut().enumerate().filter(|(_, mate)| mate.waits) {
            (mate.waits, mate.caught_up) = (false, context.now());
            context.send(NodeId(place as u16), Wire::Fetching(Fetching::Copy { epoch, offset, letter }));
        }
    }

    fn answer<S: Sink>(&self, message: MessageId, answer: Answer, context: &mut Context<'_, Wire, S>) {
        let node = context.me();
        self.books.borrow_mut().answers += 1;
        let packet = match answer {
            Answer::Confirmed => Wire::Confirm(message),
            Answer::Refused => Wire::Refuse(message, Refusal::TooFewReplicas),
            Answer::Unknown => Wire::Refuse(message, Refusal::GaveUp),
        };
        if let Wire::Refuse(_, why) = packet {
            context.record(|| What::Refused { node, message, why });
        }
        context.send(self.others.client, packet);
        context.record(|| What::Finished { node, message, attempt: 1 });
    }

    /// Looks whether somebody waits for too long.
    fn look<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        let now = context.now();
        let forgot_lead = !self.leads && self.role.leader == context.me();
        if self.role.epoch == 0 || forgot_lead {
            self.say_hello(context);
        } else if !self.leads {
            if self.follower.is_late(now) {
                self.fetch(context);
            }
        } else {
            let (epoch, offset) = (self.role.epoch, self.end());
            let mut lag = 0;
            for (place, mate) in
                self.mates.iter_mut().enumerate().filter(|(n, _)| *n as u64 + 1 != self.terms.me)
            {
                if std::mem::take(&mut mate.waits) {
                    mate.caught_up = now;
                    let nothing = Fetching::Nothing { epoch, offset, parted: false };
                    context.send(NodeId(place as u16), Wire::Fetching(nothing));
                } else if now.since(mate.caught_up) > LAG {
                    lag |= self.told & (1 << place);
                }
            }
            match self.proposed {
                Some(wish) => context.send(self.others.controller, Wire::Fetching(Fetching::Propose(wish))),
                None if lag != 0 => self.propose(self.told & !lag, context),
                None => {}
            }
        }
        if now < self.others.until {
            context.timeout(LOOK, LOOKS);
        }
    }
}

impl Exercise for Replicating {
    type Answer = dyn Leader;
    type Input = Input;
    type Effect = Effect;

    fn start<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        host.go_on();
        self.say_hello(context);
        context.timeout(LOOK, LOOKS);
    }

    fn receive<S: Sink>(
        &mut self,
        from: NodeId,
        packet: Wire,
        host: &mut Host<Self>,
        _: &mut Context<'_, Wire, S>,
    ) {
        host.inbox.extend(match packet {
            Wire::Publish(letter) => Some(Input::Produce(letter)),
            Wire::Fetching(Fetching::Role(role)) => Some(Input::Role(role)),
            Wire::Fetching(Fetching::Fetch { epoch, offset, last }) => {
                Some(Input::Fetched { follower: from, epoch, offset, last })
            }
            Wire::Fetching(said) => Some(Input::Copied(said)),
            _ => None,
        });
    }

    fn timer<S: Sink>(&mut self, token: u64, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        if token == LOOKS {
            self.look(context);
        } else if let Some(token) = self.tokens.get((token - FIRST_TIMER) as usize) {
            host.inbox.push_back(Input::Timer(*token));
        }
    }

    fn handle<S: Sink>(&mut self, input: Input, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        match input {
            Input::Role(role) => self.hear(role, host, context),
            Input::Produce(letter) => self.produce(letter, host, context),
            Input::Fetched { follower, epoch, offset, last } => {
                self.fetched((follower, epoch, offset, last), host, context);
            }
            Input::InSync(epoch, in_sync) => self.tell_in_sync(epoch, in_sync, host, context),
            Input::Copied(said) if !self.leads => {
                let (place, role) = (self.place(), self.role);
                let asks_on =
                    self.follower.take(said, role, &mut self.books.borrow_mut().logs[place], context);
                if asks_on {
                    self.fetch(context);
                }
            }
            Input::Copied(_) => {}
            Input::Timer(token) => {
                let call = Call { says: "on_timer({})", input: [token, 0] };
                self.call(host, context, call, |leader, out| leader.on_timer(token, out));
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
            Effect::Append { letter, incarnation } => {
                if host.is_own("", letter.message, incarnation, context) {
                    self.append(letter, context);
                    host.wait_for(CALL, context);
                }
            }
            Effect::Answer { letter, incarnation, answer } => {
                if host.is_own("", letter.message, incarnation, context) {
                    self.answer(letter.message, answer, context);
                    host.wait_for(CALL, context);
                }
            }
            Effect::Timer { ms, token } => {
                let number = FIRST_TIMER + self.tokens.len() as u64;
                self.books.borrow_mut().timers += 1;
                self.tokens.push(token);
                context.timer(Time::millis(ms.min(LONGEST_TIMER_MS)), number);
            }
        }
    }
}
