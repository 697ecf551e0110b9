// SPDX-License-Identifier: MIT OR Apache-2.0
//! The queue of `delivery.rs` in AnySystem: a process for each node, messages with a type and a text.
//!
//! Written for its speed: payloads are a few words and not JSON, no log file. Its log in memory cannot be switched off. Loss
//! and delay are the network's there, one figure for all links, which is why our run has the same on all of them.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use anyhow::Result;
use anysystem::{Context, Message, Process, System};
use trace::{Checker, Ending, Event, MessageId, NodeId, Refusal, Time, What};

use crate::delivery::{
    CONFIRM_MS, CONSUMERS, CRASHES, Judge, LATENCY_MS, LEASE_MS, LOSS_PERCENT, MESSAGES, RATE, SERVICE_MS,
    TRIES,
};

const BROKER: NodeId = NodeId(0);
const PRODUCER: NodeId = NodeId(1);
/// A consumer asks again after this long, as ours do [s].
const ASK_AGAIN: f64 = 0.5;

type Books = Rc<RefCell<Judge>>;

fn tell(books: &Books, context: &Context, what: What) {
    let at = Time((context.time() * 1e9) as u64);
    books.borrow_mut().observe(&Event { at, what });
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1e3
}

/// The words of a payload, as numbers.
fn numbers<const N: usize>(text: &str) -> Result<[u64; N], String> {
    let mut words = text.split(' ').map(str::parse::<u64>);
    let mut found = [0; N];
    for number in &mut found {
        *number = words.next().and_then(Result::ok).ok_or_else(|| format!("`{text}` is no payload"))?;
    }
    Ok(found)
}

#[derive(Clone)]
struct Producer {
    books: Books,
    offered: u64,
    /// Published and not confirmed, with the tries so far.
    unsettled: BTreeMap<u64, u64>,
}

impl Producer {
    fn send(&mut self, message: u64, context: &mut Context) {
        let Some(tries) = self.unsettled.get_mut(&message) else { return };
        if *tries == TRIES {
            self.unsettled.remove(&message);
            let message = MessageId(message);
            return tell(
                &self.books,
                context,
                What::Refused { node: PRODUCER, message, why: Refusal::GaveUp },
            );
        }
        *tries += 1;
        let text = message.to_string();
        context.set_timer(&text, seconds(CONFIRM_MS));
        context.send(Message::new("publish".to_owned(), text), "queue".to_owned());
    }
}

impl Process for Producer {
    fn on_start(&mut self, context: &mut Context) -> Result<(), String> {
        context.set_timer("next", 1.0 / RATE as f64);
        Ok(())
    }

    fn on_message(&mut self, packet: Message, _: String, context: &mut Context) -> Result<(), String> {
        let [message] = numbers(&packet.data)?;
        if self.unsettled.remove(&message).is_some() {
            context.cancel_timer(&packet.data);
            tell(&self.books, context, What::Confirmed { producer: PRODUCER, message: MessageId(message) });
        }
        Ok(())
    }

    fn on_local_message(&mut self, _: Message, _: &mut Context) -> Result<(), String> {
        Ok(())
    }

    fn on_timer(&mut self, name: String, context: &mut Context) -> Result<(), String> {
        if name != "next" {
            let [message] = numbers(&name)?;
            self.send(message, context);
            return Ok(());
        }
        self.offered += 1;
        let message = self.offered;
        let what = What::Offered {
            producer: PRODUCER,
            message: MessageId(message),
            seq: message - 1,
            key: ((message - 1) % 4) as u32,
        };
        tell(&self.books, context, what);
        self.unsettled.insert(message, 0);
        self.send(message, context);
        if message < MESSAGES {
            context.set_timer("next", 1.0 / RATE as f64);
        }
        Ok(())
    }
}

#[derive(Clone)]
struct Subscription {
    name: String,
    session: u64,
    credit: u64,
}

#[derive(Clone)]
struct Delivery {
    message: u64,
    attempt: u64,
    consumer: usize,
    session: u64,
}

#[derive(Clone)]
struct Broker {
    books: Books,
    ready: VecDeque<u64>,
    attempts: BTreeMap<u64, u64>,
    /// Handed out and not settled, by number.
    open: BTreeMap<u64, Delivery>,
    handed: u64,
    consumers: Vec<Subscription>,
    turn: usize,
}

impl Broker {
    fn hand_out(&mut self, context: &mut Context) {
        while !self.ready.is_empty() {
            let count = self.consumers.len();
            let mut places = (0..count).map(|n| (self.turn + n) % count);
            let Some(consumer) = places.find(|n| self.consumers[*n].credit > 0) else { return };
            let Some(message) = self.ready.pop_front() else { return };
            self.turn = (consumer + 1) % count;
            let subscription = &mut self.consumers[consumer];
            subscription.credit -= 1;
            let session = subscription.session;
            let attempt = self.attempts.entry(message).or_insert(0);
            *attempt += 1;
            self.handed += 1;
            let number = self.handed;
            let delivery = Delivery { message, attempt: *attempt, consumer, session };
            context.set_timer(&number.to_string(), seconds(LEASE_MS));
            let what = What::Handed {
                node: BROKER,
                consumer: NodeId(consumer as u16 + 2),
                message: MessageId(message),
                attempt: *attempt as u32,
                lease_until: None,
            };
            tell(&self.books, context, what);
            let text = format!("{message} {attempt} {session} {number}");
            context.send(Message::new("deliver".to_owned(), text), subscription.name.clone());
            self.open.insert(number, delivery);
        }
    }

    fn subscribe(&mut self, name: String, session: u64, context: &mut Context) {
        context.send(Message::new("subscribed".to_owned(), session.to_string()), name.clone());
        let known = self.consumers.iter().position(|known| known.name == name);
        if known.is_some_and(|known| self.consumers[known].session == session) {
            return;
        }
        // What it held before the crash counts until its lease is over.
        let held = self.open.values().filter(|delivery| Some(delivery.consumer) == known).count() as u64;
        let subscription = Subscription { name, session, credit: 1u64.saturating_sub(held) };
        match known {
            Some(known) => self.consumers[known] = subscription,
            None => self.consumers.push(subscription),
        }
        self.hand_out(context);
    }
}

impl Process for Broker {
    fn on_message(&mut self, packet: Message, from: String, context: &mut Context) -> Result<(), String> {
        match packet.tip.as_str() {
            "publish" => {
                let [message] = numbers(&packet.data)?;
                tell(&self.books, context, What::Stored { node: BROKER, message: MessageId(message) });
                self.ready.push_back(message);
                context.send(Message::new("confirm".to_owned(), packet.data), from);
                self.hand_out(context);
            }
            "subscribe" => {
                let [session] = numbers(&packet.data)?;
                self.subscribe(from, session, context);
            }
            _ => {
                let [message, attempt, session, number] = numbers(&packet.data)?;
                let named = (message, attempt, session);
                let is_open = self
                    .open
                    .get(&number)
                    .is_some_and(|open| (open.message, open.attempt, open.session) == named);
                if let (true, Some(delivery)) = (is_open, self.open.remove(&number)) {
                    context.cancel_timer(&number.to_string());
                    self.consumers[delivery.consumer].credit += 1;
                    let (message, attempt) = (MessageId(message), attempt as u32);
                    tell(&self.books, context, What::Acked { node: BROKER, message, attempt });
                    self.hand_out(context);
                }
            }
        }
        Ok(())
    }

    fn on_local_message(&mut self, _: Message, _: &mut Context) -> Result<(), String> {
        Ok(())
    }

    fn on_timer(&mut self, name: String, context: &mut Context) -> Result<(), String> {
        let [number] = numbers(&name)?;
        if let Some(delivery) = self.open.remove(&number) {
            self.consumers[delivery.consumer].credit += 1;
            self.ready.push_front(delivery.message);
            self.hand_out(context);
        }
        Ok(())
    }
}

#[derive(Clone)]
struct Consumer {
    books: Books,
    node: NodeId,
    session: u64,
    waiting: VecDeque<String>,
    working: Option<String>,
}

impl Consumer {
    fn work(&mut self, context: &mut Context) -> Result<(), String> {
        if self.working.is_some() {
            return Ok(());
        }
        let Some(delivery) = self.waiting.pop_front() else { return Ok(()) };
        let [message, attempt] = numbers(&delivery)?;
        let started = What::Started { node: self.node, message: MessageId(message), attempt: attempt as u32 };
        tell(&self.books, context, started);
        self.working = Some(delivery);
        let work = -libm::log(1.0 - context.rand()) * seconds(SERVICE_MS);
        context.set_timer("work", work);
        Ok(())
    }
}

impl Process for Consumer {
    fn on_start(&mut self, context: &mut Context) -> Result<(), String> {
        context.send(Message::new("subscribe".to_owned(), self.session.to_string()), "queue".to_owned());
        context.set_timer("ask", ASK_AGAIN);
        Ok(())
    }

    fn on_message(&mut self, packet: Message, _: String, context: &mut Context) -> Result<(), String> {
        if packet.tip == "subscribed" {
            context.cancel_timer("ask");
            return Ok(());
        }
        let [_, _, session] = numbers(&packet.data)?;
        if session == self.session {
            context.cancel_timer("ask");
            self.waiting.push_back(packet.data);
            self.work(context)?;
        }
        Ok(())
    }

    fn on_local_message(&mut self, _: Message, _: &mut Context) -> Result<(), String> {
        Ok(())
    }

    fn on_timer(&mut self, name: String, context: &mut Context) -> Result<(), String> {
        if name == "ask" {
            return self.on_start(context);
        }
        if let Some(delivery) = self.working.take() {
            let [message, attempt] = numbers(&delivery)?;
            let (node, message, attempt) = (self.node, MessageId(message), attempt as u32);
            tell(&self.books, context, What::Finished { node, message, attempt });
            tell(&self.books, context, What::Applied { node, message, attempt });
            context.send(Message::new("ack".to_owned(), delivery), "queue".to_owned());
        }
        self.work(context)
    }
}

/// Runs one seed.
///
/// # Errors
/// None: the signature is that of all peers.
pub fn run(seed: u64) -> Result<Judge> {
    let books: Books = Rc::default();
    let mut system = System::new(seed);
    {
        let mut network = system.network();
        network.set_delay(seconds(LATENCY_MS));
        network.set_drop_rate(LOSS_PERCENT as f64 / 100.0);
    }
    let consumer = |who: u64, session: u64| Consumer {
        books: books.clone(),
        node: NodeId(who as u16 + 1),
        session,
        waiting: VecDeque::new(),
        working: None,
    };
    let names: Vec<String> = (1..=CONSUMERS).map(|who| format!("consumer-{who}")).collect();
    ["queue", "producer"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .for_each(|name| system.add_node(name));
    let broker = Broker {
        books: books.clone(),
        ready: VecDeque::new(),
        attempts: BTreeMap::new(),
        open: BTreeMap::new(),
        handed: 0,
        consumers: Vec::new(),
        turn: 0,
    };
    system.add_process("queue", Box::new(broker), "queue");
    let producer = Producer { books: books.clone(), offered: 0, unsettled: BTreeMap::new() };
    system.add_process("producer", Box::new(producer), "producer");
    for (who, name) in (1..).zip(&names) {
        system.add_process(name, Box::new(consumer(who, 1)), name);
    }
    for (who, at, back) in CRASHES {
        let name = &names[who as usize - 1];
        system.step_for_duration(seconds(at) - system.time());
        system.crash_node(name);
        system.step_for_duration(seconds(back) - system.time());
        system.recover_node(name);
        system.add_process(name, Box::new(consumer(who, 2)), name);
    }
    system.step_until_no_events();
    let packets = system.network().network_message_count();
    let at = Time((system.time() * 1e9) as u64);
    drop(system);
    books.borrow_mut().observe(&Event { at, what: What::Ended { how: Ending::Finished } });
    let mut judge = std::mem::take(&mut *books.borrow_mut());
    judge.packets = packets;
    Ok(judge)
}
