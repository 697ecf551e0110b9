// SPDX-License-Identifier: MIT OR Apache-2.0
//! A record as a trace: threads are nodes, items are messages, a step of the scheduler takes a millisecond.

use std::collections::BTreeMap;

use kit::making::Setting;
use sim::Address;
use trace::{
    Bound, Ending, Event, FORMAT_VERSION, Header, MessageId, NodeId, NodeInfo, PacketId, PacketKind, Refusal,
    Role, Time, Trace, What,
};

use super::calls::{Asks, Called};
use super::world::Terms;
use crate::record::{Act, At, End, Record};

const TOOL: &str = concat!("inflight ", env!("CARGO_PKG_VERSION"));
const PUSH: PacketKind = PacketKind::new("push");
const POP: PacketKind = PacketKind::new("pop");

/// The trace, and for each entry of the record the last event that it became.
pub(super) fn trace(
    address: &Address,
    setting: &Setting,
    terms: &Terms,
    record: &Record,
    calls: &[Called],
) -> (Trace, Vec<usize>) {
    let mut writer = Writer::new(terms, calls);
    let mut places = Vec::with_capacity(record.entries.len());
    for (place, entry) in record.entries.iter().enumerate() {
        writer.at = Time::millis(entry.step);
        writer.write(place, entry.thread, &entry.act);
        places.push(writer.events.len().saturating_sub(1));
    }
    writer.at = Time::millis(record.steps);
    writer.end(record);
    places.push(writer.events.len() - 1);
    let header = Header {
        inflight_trace: FORMAT_VERSION,
        tool: TOOL.to_owned(),
        scenario: address.scenario.clone(),
        seed: address.seed,
        parameters: setting.parameters(),
        faults: String::new(),
        nodes: nodes(terms),
    };
    (Trace { header, events: writer.events }, places)
}

fn nodes(terms: &Terms) -> Vec<NodeInfo> {
    let mut nodes: Vec<NodeInfo> = Vec::new();
    for (thread, name) in terms.names().into_iter().enumerate() {
        let role = match thread {
            n if n < terms.producers => Role::Producer,
            n if n < terms.producers + terms.consumers => Role::Consumer,
            _ => Role::Other,
        };
        nodes.push(NodeInfo { name, role });
    }
    nodes.push(NodeInfo { name: "queue".to_owned(), role: Role::Queue });
    nodes
}

fn node(thread: usize) -> NodeId {
    NodeId(thread as u16)
}

struct Writer<'a> {
    terms: &'a Terms,
    names: Vec<String>,
    /// Where items were put in or taken out for certain.
    passes: BTreeMap<usize, &'a Called>,
    /// The call that each thread is in.
    open: Vec<Option<Asks>>,
    events: Vec<Event>,
    at: Time,
    inside: u64,
    packets: u64,
    sent: BTreeMap<u64, PacketId>,
    handed: BTreeMap<usize, PacketId>,
}

impl<'a> Writer<'a> {
    fn new(terms: &'a Terms, calls: &'a [Called]) -> Writer<'a> {
        let moves = calls.iter().filter(|call| call.put_in().or(call.taken_out()).is_some());
        let names = terms.names();
        Writer {
            terms,
            passes: moves.filter_map(|call| Some((call.to()?, call))).collect(),
            open: vec![None; names.len()],
            names,
            events: Vec::new(),
            at: Time::ZERO,
            inside: 0,
            packets: 0,
            sent: BTreeMap::new(),
            handed: BTreeMap::new(),
        }
    }

    fn queue(&self) -> NodeId {
        node(self.names.len())
    }

    fn push(&mut self, what: What) {
        self.events.push(Event { at: self.at, what });
    }

    fn note(&mut self, thread: usize, text: String) {
        self.push(What::Note { node: Some(node(thread)), text });
    }

    fn packet(&mut self, from: NodeId, to: NodeId, kind: PacketKind, item: u64) -> PacketId {
        self.packets += 1;
        let (packet, nth) = (PacketId(self.packets), self.packets as u32);
        self.push(What::Sent { packet, from, to, kind, nth, message: Some(MessageId(item)), attempt: 1 });
        packet
    }

    fn write(&mut self, place: usize, thread: usize, act: &Act) {
        match act {
            Act::Begins(call) => self.begins(thread, call.says, call.input[0]),
            Act::Locks { lock } => self.note(thread, format!("takes lock {lock}")),
            Act::Finds { lock } => self.note(thread, format!("finds lock {lock} taken")),
            Act::Unlocks { lock } => self.note(thread, format!("lets go of lock {lock}")),
            Act::Waits { condition, .. } => {
                let holds = self.holds();
                self.note(thread, format!("waits on condition {condition} ({holds})"));
            }
            Act::Wakes { by_itself: true, .. } => {
                self.note(thread, "wakes up without being notified".to_owned())
            }
            Act::Wakes { .. } => self.note(thread, "is woken".to_owned()),
            Act::Notifies { condition, all, waiting } => {
                let whom = if *all { "all" } else { "one" };
                let there = self.there(waiting);
                self.note(thread, format!("notifies {whom} on condition {condition} ({there})"));
            }
            Act::Yields => self.note(thread, "lets others go on".to_owned()),
            Act::Drops(item) => self.note(thread, format!("drops item {item}")),
            Act::Ends(_) => {}
        }
        if let Some(call) = self.passes.get(&place).copied() {
            self.passes(call);
        }
        if let Act::Ends(answer) = act {
            self.ends(thread, *answer);
        }
    }

    fn begins(&mut self, thread: usize, says: &str, item: u64) {
        let asks = match says {
            super::world::POP => Asks::Pop,
            super::world::CLOSE => Asks::Close,
            _ => Asks::Push(item),
        };
        self.open[thread] = Some(asks);
        match asks {
            Asks::Push(item) => {
                let (producer, message) = (node(thread), MessageId(item));
                let seq = (item - 1) / self.terms.producers as u64;
                self.push(What::Offered { producer, message, seq, key: thread as u32 });
                let packet = self.packet(producer, self.queue(), PUSH, item);
                self.sent.insert(item, packet);
            }
            Asks::Close => self.note(thread, "closes the queue".to_owned()),
            Asks::Pop => {}
        }
    }

    /// An item is put in or taken out.
    fn passes(&mut self, call: &Called) {
        let queue = self.queue();
        if let Some(item) = call.put_in() {
            self.inside += 1;
            if let Some(packet) = self.sent.remove(&item) {
                self.push(What::Arrived { packet });
            }
            self.push(What::Stored { node: queue, message: MessageId(item) });
        }
        if let Some(item) = call.taken_out() {
            self.inside = self.inside.saturating_sub(1);
            let (consumer, message) = (node(call.thread), MessageId(item));
            self.push(What::Handed { node: queue, consumer, message, attempt: 1, lease_until: None });
            let packet = self.packet(queue, consumer, POP, item);
            self.handed.insert(call.thread, packet);
        }
    }

    fn ends(&mut self, thread: usize, answer: Option<u64>) {
        let own = node(thread);
        match (self.open[thread].take(), answer) {
            (Some(Asks::Push(item)), Some(_)) => {
                if let Some(packet) = self.sent.remove(&item) {
                    self.push(What::Arrived { packet });
                }
                self.push(What::Refused { node: own, message: MessageId(item), why: Refusal::GaveUp });
            }
            (Some(Asks::Pop), Some(item)) => {
                if let Some(packet) = self.handed.remove(&thread) {
                    self.push(What::Arrived { packet });
                }
                let (message, attempt) = (MessageId(item), 1);
                self.push(What::Started { node: own, message, attempt });
                self.push(What::Finished { node: own, message, attempt });
                self.push(What::Applied { node: own, message, attempt });
            }
            (Some(Asks::Pop), None) => self.note(thread, "hears that nothing more comes".to_owned()),
            _ => {}
        }
    }

    fn end(&mut self, record: &Record) {
        for (thread, at) in record.threads.iter().enumerate() {
            if record.end == Some(End::Rest) {
                match at {
                    At::Wait { condition, .. } => {
                        self.note(thread, format!("waits for ever on condition {condition}"));
                    }
                    At::Lock(lock) => self.note(thread, format!("waits for ever for lock {lock}")),
                    At::Work | At::End => {}
                }
            }
        }
        if let Some(panicked) = &record.panicked {
            self.push(What::Note { node: None, text: panicked.note() });
        }
        let how = match record.end {
            Some(End::Steps) => Ending::Unfinished(Bound::Steps),
            _ => Ending::Finished,
        };
        self.push(What::Ended { how });
    }

    fn holds(&self) -> String {
        format!("{} of {} inside", self.inside, self.terms.bound)
    }

    fn there(&self, waiting: &[usize]) -> String {
        let names: Vec<&str> = waiting.iter().map(|thread| self.names[*thread].as_str()).collect();
        match names.as_slice() {
            [] => "nobody waits".to_owned(),
            [one] => format!("{one} waits"),
            [most @ .., last] => format!("{} and {last} wait", most.join(", ")),
        }
    }
}
