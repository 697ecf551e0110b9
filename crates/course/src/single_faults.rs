// SPDX-License-Identifier: MIT OR Apache-2.0
//! One message, and every place for one fault: what becomes of it, tried and not argued.

use std::collections::BTreeSet;

use queues::Address;
use trace::{MessageId, NodeId, Time, Trace, What};

/// What goes wrong, as far as it matters for the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultClass {
    /// Nothing.
    Nothing,
    /// The packet that carries the message to the consumer is lost.
    DeliveryLost,
    /// The consumer dies while the message is on its way to it.
    ConsumerBefore,
    /// The consumer dies with the message in its hands, before the effect.
    ConsumerHolds,
    /// The consumer dies after the effect, before it sends the ack.
    ConsumerDone,
    /// The consumer dies when it has done both.
    ConsumerAfter,
    /// The ack is lost.
    AckLost,
    /// The broker's answer to the ack is lost.
    AnswerLost,
    /// The broker dies before it has heard the ack.
    BrokerBefore,
    /// The broker dies after it has heard the ack.
    BrokerAfter,
}

impl FaultClass {
    /// All of them, in the order in which a message meets them.
    pub const ALL: [FaultClass; 10] = [
        FaultClass::Nothing,
        FaultClass::DeliveryLost,
        FaultClass::ConsumerBefore,
        FaultClass::ConsumerHolds,
        FaultClass::ConsumerDone,
        FaultClass::ConsumerAfter,
        FaultClass::AckLost,
        FaultClass::AnswerLost,
        FaultClass::BrokerBefore,
        FaultClass::BrokerAfter,
    ];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            FaultClass::Nothing => "nothing",
            FaultClass::DeliveryLost => "the delivery is lost",
            FaultClass::ConsumerBefore => "the consumer crashes before it has the message",
            FaultClass::ConsumerHolds => "… while it has it, before the effect",
            FaultClass::ConsumerDone => "… after the effect, before the ack",
            FaultClass::ConsumerAfter => "… after both",
            FaultClass::AckLost => "the ack is lost",
            FaultClass::AnswerLost => "the answer to the ack is lost",
            FaultClass::BrokerBefore => "the queue crashes before it has heard the ack",
            FaultClass::BrokerAfter => "… after it has heard the ack",
        }
    }
}

/// A run with one fault.
#[derive(Clone, Debug)]
pub struct Placed {
    /// What kind of fault, and when.
    pub class: FaultClass,
    /// The run.
    pub address: Address,
    /// How often the message took effect.
    pub effects: u64,
}

/// A process that died is back after this.
const BACK_AFTER: Time = Time::millis(500);

/// Runs an address of one message with every single fault: a crash of the consumer and one of the broker at each moment
/// between two events, from the first delivery on, and after the last, and the loss of each packet between the two.
///
/// # Panics
/// When the address is not valid: chapters are built with the book, and an author should see it at once.
pub fn every_single_fault(address: &str) -> Vec<Placed> {
    let clean: Address = address.parse().unwrap_or_else(|error| panic!("{address}: {error}"));
    let trace = run(&clean);
    let mut runs = vec![placed(FaultClass::Nothing, &clean, String::new())];
    for (class, entry) in lost_packets(&trace).into_iter().chain(crashes(&trace)) {
        runs.push(placed(class, &clean, entry));
    }
    runs
}

fn run(address: &Address) -> Trace {
    queues::run(address).unwrap_or_else(|error| panic!("{address}: {error}"))
}

fn placed(class: FaultClass, clean: &Address, entry: String) -> Placed {
    let address = Address { faults: entry.parse().expect("it is written as scripts are"), ..clean.clone() };
    let effects =
        run(&address).events.iter().filter(|event| matches!(event.what, What::Applied { .. })).count();
    Placed { class, address, effects: effects as u64 }
}

fn name(trace: &Trace, node: NodeId) -> &str {
    &trace.header.nodes[node.index()].name
}

/// The packets about the message between queue and consumer, each lost once.
fn lost_packets(trace: &Trace) -> Vec<(FaultClass, String)> {
    let lost = |event: &trace::Event| {
        let What::Sent { from, to, kind, nth, message: Some(MessageId(1)), .. } = &event.what else {
            return None;
        };
        let class = match kind.as_str() {
            "deliver" => FaultClass::DeliveryLost,
            "ack" => FaultClass::AckLost,
            "removed" => FaultClass::AnswerLost,
            _ => return None,
        };
        Some((class, format!("drop:{}/{}/{kind}/{nth}", name(trace, *from), name(trace, *to))))
    };
    trace.events.iter().filter_map(lost).collect()
}

/// A crash of either side between any two events and after the last.
fn crashes(trace: &Trace) -> Vec<(FaultClass, String)> {
    let when =
        |is: fn(&What) -> bool| trace.events.iter().find(|event| is(&event.what)).map(|event| event.at);
    let handed = when(|what| matches!(what, What::Handed { .. })).expect("the message is handed out");
    let started = trace.events.iter().position(|event| matches!(event.what, What::Handed { .. }));
    let carried = trace.events[started.unwrap_or(0)..].iter().find_map(|event| match &event.what {
        What::Sent { packet, kind, .. } if kind.as_str() == "deliver" => Some(*packet),
        _ => None,
    });
    let arrives =
        |event: &&trace::Event| matches!(event.what, What::Arrived { packet } if Some(packet) == carried);
    let held = trace.events.iter().find(arrives).map_or(handed, |event| event.at);
    let applied = when(|what| matches!(what, What::Applied { .. })).expect("the message takes effect");
    let is_ack = |what: &What| matches!(what, What::Sent { kind, .. } if kind.as_str() == "ack");
    let sent = when(is_ack).expect("it is acked");
    let acked = when(|what| matches!(what, What::Acked { .. })).expect("its ack is heard");
    let moments: BTreeSet<Time> =
        trace.events.iter().map(|event| event.at).filter(|at| *at >= handed).collect();
    let mut moments: Vec<Time> = moments.into_iter().collect();
    moments.extend(moments.last().map(|last| *last + BACK_AFTER));
    let mut crashes = Vec::new();
    for pair in moments.windows(2) {
        let at = Time((pair[0].0 + pair[1].0) / 2);
        let consumer = match at {
            at if at < held => FaultClass::ConsumerBefore,
            at if at < applied => FaultClass::ConsumerHolds,
            at if at < sent => FaultClass::ConsumerDone,
            _ => FaultClass::ConsumerAfter,
        };
        let broker = if at < acked { FaultClass::BrokerBefore } else { FaultClass::BrokerAfter };
        for (class, node) in [(consumer, "consumer-1"), (broker, "queue")] {
            crashes.push((class, format!("crash:{node}@{at};restart:{node}@{}", at + BACK_AFTER)));
        }
    }
    crashes
}
