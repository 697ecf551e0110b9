// SPDX-License-Identifier: MIT OR Apache-2.0
//! Traces for the tests: one told by hand, and any that the format allows.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;
use stage::Timeline;
use trace::{
    Bound, DropReason, Ending, Event, Header, MessageId, NodeId, NodeInfo, PacketId, PacketKind, Refusal,
    Role, Time, Trace, What,
};

pub const P1: NodeId = NodeId(0);
pub const QUEUE: NodeId = NodeId(1);
pub const C1: NodeId = NodeId(2);
pub const C2: NodeId = NodeId(3);

pub const fn ms(n: u64) -> Time {
    Time::millis(n)
}

/// Writes a trace the way the models do: helpers for what happens, in order of time.
pub struct Teller {
    pub events: Vec<Event>,
    packets: u64,
    nth: std::collections::BTreeMap<(NodeId, NodeId, &'static str), u32>,
}

impl Teller {
    pub fn new() -> Teller {
        Teller { events: Vec::new(), packets: 0, nth: Default::default() }
    }

    pub fn at(&mut self, at: Time, what: What) -> &mut Teller {
        self.events.push(Event { at, what });
        self
    }

    pub fn send(
        &mut self,
        at: Time,
        ends: (NodeId, NodeId),
        kind: &'static str,
        message: u64,
        attempt: u32,
    ) -> PacketId {
        let packet = PacketId(self.packets);
        self.packets += 1;
        let nth = self.nth.entry((ends.0, ends.1, kind)).or_insert(0);
        *nth += 1;
        let nth = *nth;
        let (kind, message) = (PacketKind::new(kind), Some(MessageId(message)));
        self.at(at, What::Sent { packet, from: ends.0, to: ends.1, kind, nth, message, attempt });
        packet
    }

    pub fn arrive(&mut self, at: Time, packet: PacketId) -> &mut Teller {
        self.at(at, What::Arrived { packet })
    }

    /// Offered, sent, arrived 10 ms later, stored.
    pub fn publish(&mut self, at: Time, message: u64) {
        let (producer, key) = (P1, (message % 3) as u32);
        self.at(at, What::Offered { producer, message: MessageId(message), seq: message, key });
        let packet = self.send(at, (P1, QUEUE), "publish", message, 0);
        self.arrive(at + ms(10), packet);
        self.at(at + ms(10), What::Stored { node: QUEUE, message: MessageId(message) });
    }

    /// The queue is full and says so.
    pub fn refuse(&mut self, at: Time, message: u64) {
        self.at(at, What::Refused { node: QUEUE, message: MessageId(message), why: Refusal::Full });
    }

    /// The queue makes room.
    pub fn drop_oldest(&mut self, at: Time, message: u64) {
        let why = Refusal::DroppedOldest;
        self.at(at, What::Refused { node: QUEUE, message: MessageId(message), why });
    }

    /// Handed and sent; arrives 10 ms later and is started on.
    pub fn hand(&mut self, at: Time, consumer: NodeId, message: u64, attempt: u32) {
        let id = MessageId(message);
        let lease_until = Some(at + ms(200));
        self.at(at, What::Handed { node: QUEUE, consumer, message: id, attempt, lease_until });
        let packet = self.send(at, (QUEUE, consumer), "deliver", message, attempt);
        self.arrive(at + ms(10), packet);
        self.at(at + ms(10), What::Started { node: consumer, message: id, attempt });
    }

    /// Finished, applied, ack sent; acked 10 ms later.
    pub fn finish(&mut self, at: Time, consumer: NodeId, message: u64, attempt: u32) {
        let id = MessageId(message);
        self.at(at, What::Finished { node: consumer, message: id, attempt });
        self.at(at, What::Applied { node: consumer, message: id, attempt });
        let packet = self.send(at, (consumer, QUEUE), "ack", message, attempt);
        self.arrive(at + ms(10), packet);
        self.at(at + ms(10), What::Acked { node: QUEUE, message: id, attempt });
    }

    /// The trace: the helpers write ahead, so it is sorted, what was told first standing first.
    pub fn trace(mut self, end: Time) -> Trace {
        self.at(end, What::Ended { how: Ending::Finished });
        self.events.sort_by_key(|event| event.at);
        Trace {
            header: header(&[Role::Producer, Role::Queue, Role::Consumer, Role::Consumer]),
            events: self.events,
        }
    }
}

pub fn header(roles: &[Role]) -> Header {
    let mut counts = std::collections::BTreeMap::new();
    let node = |role: &Role| {
        let count = counts.entry(*role).or_insert(0);
        *count += 1;
        let name = match role {
            Role::Producer => format!("producer-{count}"),
            Role::Queue if *count == 1 => "queue".to_owned(),
            Role::Queue => format!("queue-{count}"),
            Role::Consumer => format!("consumer-{count}"),
            Role::Store => format!("store-{count}"),
            Role::Other => format!("controller-{count}"),
        };
        NodeInfo { name, role: *role }
    };
    Header {
        inflight_trace: trace::FORMAT_VERSION,
        tool: "inflight test".to_owned(),
        scenario: "order/told".to_owned(),
        seed: 7,
        parameters: Default::default(),
        faults: String::new(),
        nodes: roles.iter().map(node).collect(),
    }
}

/// Five messages: 2 is overtaken by 3, 4 is handed out again after a crash, 5 takes effect twice.
///
/// | ms | |
/// |---|---|
/// | 0–50 | 1, 2, 3, 4, 5 are published, 10 ms apart |
/// | 20 | c1 gets 1; finishes at 80 |
/// | 30 | c2 gets 2; finishes at 200 |
/// | 90 | c1 gets 3; finishes at 150: overtakes 2 |
/// | 160 | c1 gets 4, and crashes at 190 |
/// | 210 | c2 gets 5; finishes at 260; its ack is lost at 270 |
/// | 300 | c1 restarts |
/// | 360 | 4's lease ran out; c2 gets it again; finishes at 400 |
/// | 410 | 5's lease ran out; c1 gets it again; finishes at 450 |
/// | 500 | the end |
pub fn told() -> Trace {
    let mut t = Teller::new();
    for message in 1..=5 {
        t.publish(ms(message * 10 - 10), message);
    }
    t.hand(ms(20), C1, 1, 1);
    t.hand(ms(30), C2, 2, 1);
    t.finish(ms(80), C1, 1, 1);
    t.hand(ms(90), C1, 3, 1);
    t.finish(ms(150), C1, 3, 1);
    t.hand(ms(160), C1, 4, 1);
    t.at(ms(190), What::Crashed { node: C1, machine: false });
    t.finish(ms(200), C2, 2, 1);
    t.hand(ms(210), C2, 5, 1);
    let message = MessageId(5);
    t.at(ms(260), What::Finished { node: C2, message, attempt: 1 });
    t.at(ms(260), What::Applied { node: C2, message, attempt: 1 });
    let ack = t.send(ms(260), (C2, QUEUE), "ack", 5, 1);
    t.at(ms(270), What::Dropped { packet: ack, why: DropReason::Loss });
    t.at(ms(300), What::Restarted { node: C1 });
    t.at(ms(360), What::LeaseExpired { node: QUEUE, message: MessageId(4), attempt: 1 });
    t.at(ms(360), What::Requeued { node: QUEUE, message: MessageId(4), ahead: 0 });
    t.hand(ms(360), C2, 4, 2);
    t.finish(ms(400), C2, 4, 2);
    t.at(ms(410), What::LeaseExpired { node: QUEUE, message, attempt: 1 });
    t.at(ms(410), What::Requeued { node: QUEUE, message, ahead: 0 });
    t.hand(ms(410), C1, 5, 2);
    t.finish(ms(450), C1, 5, 2);
    t.trace(ms(500))
}

pub fn told_timeline() -> Rc<Timeline> {
    Rc::new(Timeline::new(told()))
}

/// Any trace that the file format lets through: nodes exist, times do not go back, the end comes last. Nothing else
/// holds: acks without hand-outs, arrivals of packets that nobody sent, effects of messages never offered.
pub fn any_trace() -> impl Strategy<Value = Trace> {
    any_trace_of(0..160)
}

/// The same with so many events.
pub fn any_trace_of(events: std::ops::Range<usize>) -> impl Strategy<Value = Trace> {
    let roles =
        prop::sample::select(vec![Role::Producer, Role::Queue, Role::Consumer, Role::Store, Role::Other]);
    vec(roles, 1..9).prop_flat_map(move |roles| {
        let events = events.clone();
        let nodes = roles.len() as u16;
        let gap = prop_oneof![3 => Just(0u64), 3 => 0..20_000_000u64, 1 => 0..3u64];
        (Just(roles), vec((gap, any_what(nodes)), events), any_ending()).prop_map(|(roles, happened, how)| {
            let mut at = Time::ZERO;
            let mut events: Vec<Event> = happened
                .into_iter()
                .map(|(gap, what)| {
                    at += Time(gap);
                    Event { at, what }
                })
                .collect();
            events.push(Event { at, what: What::Ended { how } });
            Trace { header: header(&roles), events }
        })
    })
}

fn any_ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        Just(Ending::Finished),
        Just(Ending::Unfinished(Bound::Time)),
        Just(Ending::Unfinished(Bound::Events))
    ]
}

fn any_what(nodes: u16) -> impl Strategy<Value = What> {
    let numbers = (0..24u8, 0..nodes, 0..nodes, 0..12u64, 0..24u64, 0..4u32, any::<bool>());
    (numbers, any::<u64>()).prop_map(|((what, a, b, message, packet, attempt, flag), wild)| {
        let (node, other, message, id) = (NodeId(a), NodeId(b), MessageId(message), PacketId(packet));
        let kind = PacketKind::new(if flag { "publish" } else { "ack" });
        let (from, to) = (vec![node], vec![other]);
        match what {
            0 => What::Offered { producer: node, message, seq: wild, key: attempt },
            1 | 2 => {
                let message = flag.then_some(message);
                What::Sent { packet: id, from: node, to: other, kind, nth: attempt, message, attempt }
            }
            3 => What::Arrived { packet: id },
            4 => What::Dropped { packet: id, why: if flag { DropReason::Loss } else { DropReason::Script } },
            5 => What::Duplicated { packet: id, copy: PacketId(wild % 24) },
            6 | 7 => What::Stored { node, message },
            8 => What::Refused {
                node,
                message,
                why: if flag { Refusal::Full } else { Refusal::DroppedOldest },
            },
            9 | 10 => {
                let lease_until = flag.then_some(Time(wild % 100_000_000));
                What::Handed { node, consumer: other, message, attempt, lease_until }
            }
            11 | 12 => What::Started { node, message, attempt },
            13 => What::Finished { node, message, attempt },
            14 => What::Applied { node, message, attempt },
            15 => {
                let message = flag.then_some(message);
                What::Balance { node, ledger: attempt % 3, account: attempt, message, amount: wild as i64 }
            }
            16 => What::Acked { node, message, attempt },
            17 => What::LeaseExpired { node, message, attempt },
            18 => What::Requeued { node, message, ahead: wild as u32 },
            19 => What::DeadLettered { node, message, attempts: attempt },
            20 => {
                if flag {
                    What::Crashed { node, machine: wild % 2 == 0 }
                } else {
                    What::Restarted { node }
                }
            }
            21 => {
                if flag {
                    What::Paused { node }
                } else {
                    What::Resumed { node }
                }
            }
            22 => match attempt {
                0 => What::Cut { from, to, one_way: flag },
                1 => What::Healed { from, to, one_way: flag },
                2 => What::Slowed { node, permille: wild as u32 },
                _ => What::Skewed { node, offset_ns: wild as i64 },
            },
            _ => match attempt {
                0 => What::Healed { from: Vec::new(), to: Vec::new(), one_way: false },
                1 => What::Note { node: flag.then_some(node), text: "a <note> & more".to_owned() },
                2 => What::Forked { future: wild },
                _ => What::Nacked { node, message, attempt },
            },
        }
    })
}
