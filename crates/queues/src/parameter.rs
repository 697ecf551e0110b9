// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of a plan: their names in addresses, their words on screens, their limits.
//!
//! One table. Addresses, help texts, sliders and `set` entries of fault scripts all read it.

#[macro_use]
mod row;
mod table;

use std::fmt;

use sim::Chance;
use trace::Time;

use crate::plan::{Mechanism, Plan, Replication};
use table::PARAMETERS;

/// One thing that can be chosen.
pub struct Parameter {
    /// Its name in an address.
    pub name: &'static str,
    /// What a screen calls it.
    pub label: &'static str,
    /// What it means, in a sentence.
    pub help: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// Whether it may change while a run goes on.
    pub live: bool,
    get: fn(&Plan) -> Value,
    set: fn(&mut Plan, Value),
}

/// What values a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number, limits included.
    Whole(u64, u64),
    /// A whole number, or `none`.
    OptionalWhole(u64, u64),
    /// A span of time, limits included.
    Span(Time, Time),
    /// A span of time, or `none`.
    OptionalSpan(Time, Time),
    /// A share from 0 to 1.
    Share,
    /// A number from 0 to this many hundredths.
    Hundredths(u32),
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// A parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// For [`Kind::Whole`].
    Whole(u64),
    /// For [`Kind::OptionalWhole`].
    OptionalWhole(Option<u64>),
    /// For [`Kind::Span`].
    Span(Time),
    /// For [`Kind::OptionalSpan`].
    OptionalSpan(Option<Time>),
    /// For [`Kind::Share`].
    Share(Chance),
    /// For [`Kind::Hundredths`].
    Hundredths(u32),
    /// For [`Kind::Choice`]: the word.
    Choice(&'static str),
}

/// As an address writes it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Whole(n) | Value::OptionalWhole(Some(n)) => n.fmt(f),
            Value::Span(span) | Value::OptionalSpan(Some(span)) => span.fmt(f),
            Value::OptionalWhole(None) | Value::OptionalSpan(None) => f.write_str("none"),
            Value::Share(chance) => chance.fmt(f),
            Value::Hundredths(n) if n % 100 == 0 => (n / 100).fmt(f),
            Value::Hundredths(n) if n % 10 == 0 => write!(f, "{}.{}", n / 100, n % 100 / 10),
            Value::Hundredths(n) => write!(f, "{}.{:02}", n / 100, n % 100),
            Value::Choice(word) => f.write_str(word),
        }
    }
}

impl Kind {
    /// Reads a value.
    ///
    /// # Errors
    /// A sentence that says what would be valid.
    pub fn read(self, text: &str) -> Result<Value, String> {
        let wrong = || self.valid();
        let whole = |low: u64, high: u64| {
            text.parse::<u64>().ok().filter(|n| (low..=high).contains(n)).ok_or_else(wrong)
        };
        let span = |low: Time, high: Time| {
            text.parse::<Time>().ok().filter(|t| (low..=high).contains(t)).ok_or_else(wrong)
        };
        Ok(match self {
            Kind::Whole(low, high) => Value::Whole(whole(low, high)?),
            Kind::OptionalWhole(..) if text == "none" => Value::OptionalWhole(None),
            Kind::OptionalWhole(low, high) => Value::OptionalWhole(Some(whole(low, high)?)),
            Kind::Span(low, high) => Value::Span(span(low, high)?),
            Kind::OptionalSpan(..) if text == "none" => Value::OptionalSpan(None),
            Kind::OptionalSpan(low, high) => Value::OptionalSpan(Some(span(low, high)?)),
            Kind::Share => Value::Share(text.parse().map_err(|_| wrong())?),
            Kind::Hundredths(most) => {
                Value::Hundredths(hundredths(text).filter(|n| *n <= most).ok_or_else(wrong)?)
            }
            Kind::Choice(words) => Value::Choice(words.iter().find(|word| **word == text).ok_or_else(wrong)?),
        })
    }

    /// What would be valid, as the end of a sentence.
    pub fn valid(self) -> String {
        match self {
            Kind::Whole(low, high) => format!("a whole number from {low} to {high}"),
            Kind::OptionalWhole(low, high) => format!("a whole number from {low} to {high}, or none"),
            Kind::Span(low, high) => format!("a time from {low} to {high}, such as 100ms"),
            Kind::OptionalSpan(low, high) => format!("a time from {low} to {high}, such as 2s, or none"),
            Kind::Share => "a share from 0 to 1, such as 0.02".to_owned(),
            Kind::Hundredths(most) => format!("a number from 0 to {}, such as 0.5", Value::Hundredths(most)),
            Kind::Choice(words) => format!("one of {}", words.join(", ")),
        }
    }

    /// The stops of a slider: few enough to walk through, limits included.
    pub fn stops(self) -> Vec<Value> {
        match self {
            Kind::Whole(low, high) => ladder(low, high, Value::Whole),
            Kind::OptionalWhole(low, high) => {
                let mut stops = ladder(low, high, |n| Value::OptionalWhole(Some(n)));
                stops.push(Value::OptionalWhole(None));
                stops
            }
            Kind::Span(low, high) => ladder(low.0, high.0, |ns| Value::Span(Time(ns))),
            Kind::OptionalSpan(low, high) => {
                let mut stops = ladder(low.0, high.0, |ns| Value::OptionalSpan(Some(Time(ns))));
                stops.push(Value::OptionalSpan(None));
                stops
            }
            Kind::Share => [0, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000]
                .map(|millionths| Value::Share(Chance::millionths(millionths)))
                .into(),
            Kind::Hundredths(most) => (0..=most).step_by(25).map(Value::Hundredths).collect(),
            Kind::Choice(words) => words.iter().map(|word| Value::Choice(word)).collect(),
        }
    }
}

/// Every number up to 10, then 12, 15, 20, 30, 50, 80 and their multiples by ten. Neither generic nor inlined: pages would be sent
/// it once for each kind.
#[inline(never)]
fn ladder(low: u64, high: u64, value: fn(u64) -> Value) -> Vec<Value> {
    let small = 0..10;
    let decades = (1..=19).flat_map(|power| {
        [10u64, 12, 15, 20, 30, 50, 80]
            .into_iter()
            .filter_map(move |step| step.checked_mul(10u64.checked_pow(power - 1)?))
    });
    let inner = small.chain(decades).filter(move |n| *n > low && *n < high);
    let mut stops = vec![value(low)];
    stops.extend(inner.map(value));
    if high > low {
        stops.push(value(high));
    }
    stops
}

fn hundredths(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |t: &str, most| !t.is_empty() && t.len() <= most && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole, 3) || !digits(decimals, 2) {
        return None;
    }
    Some(whole.parse::<u32>().ok()? * 100 + format!("{decimals:0<2}").parse::<u32>().ok()?)
}

/// What transfers between accounts have in common with messages.
const OF_TRANSFERS: &[&str] = &[
    "rate",
    "messages",
    "arrivals",
    "spike",
    "spike-at",
    "spike-for",
    "burst",
    "queue",
    "lease",
    "delivery-limit",
    "confirm-timeout",
    "tries",
    "flush",
    "latency",
    "publish-latency",
    "jitter",
    "loss",
    "duplication",
    "tcp",
];

/// What only several brokers have.
const OF_CLUSTERS: &[&str] = &[
    "replication",
    "replicas",
    "min-insync",
    "confirms",
    "unclean",
    "eligible",
    "silence",
    "lag",
    "parted",
    "operator",
    "stale-copies",
];

/// What only one broker alone has.
const OF_ONE_BROKER: &[&str] = &["bound", "bound-counts", "overflow", "delay", "dedup-count"];

/// What only a queue has whose messages consumers compete for.
const OF_COMPETITION: &[&str] = &[
    "requeue",
    "disconnect",
    "delivery-limit",
    "limit-counts",
    "bound",
    "bound-counts",
    "overflow",
    "delay",
    "groups",
    "active",
    "priority",
    "on-failure",
    "late-ack",
    "in-flight-limit",
    "dedup-count",
    "expiry",
    "redelivery-delay",
    "stale-copies",
];

impl Parameter {
    /// Whether it changes anything where messages are shared out, and replicated, as in this plan. An address may name it all
    /// the same: its other parameters may be changed from one mechanism to another.
    pub fn applies(&self, plan: &Plan) -> bool {
        let of_queues = matches!(plan.queue, Mechanism::Competing | Mechanism::Log);
        // A log alone knows what it has in any case.
        let knows_all = plan.queue == Mechanism::Log && plan.replication == Replication::Alone;
        self.applies_to_mechanism(plan.queue)
            && !(self.name == "dedup" && knows_all)
            && (!OF_CLUSTERS.contains(&self.name)
                || of_queues && self.applies_to_replication(plan.replication))
            && (plan.replication == Replication::Alone || !OF_ONE_BROKER.contains(&self.name))
    }

    fn applies_to_replication(&self, replication: Replication) -> bool {
        let of_the_rule: &[&str] = match replication {
            Replication::Alone => return self.name == "replication",
            Replication::InSync => &["min-insync", "unclean", "eligible", "lag"],
            Replication::Mirrors => &["parted", "operator"],
            Replication::Quorum => &["stale-copies"],
        };
        let of_all = ["replication", "replicas", "confirms", "silence"];
        of_all.contains(&self.name) || of_the_rule.contains(&self.name)
    }

    fn applies_to_mechanism(&self, queue: Mechanism) -> bool {
        let of_accounts = ["ids", "crash-every"].contains(&self.name);
        let idle: &[&str] = match queue {
            Mechanism::Accounts => return of_accounts || OF_TRANSFERS.contains(&self.name),
            _ if of_accounts => return false,
            _ if self.name == "receive-buffer" => return queue == Mechanism::Direct,
            Mechanism::Competing => &["partitions", "partitioner"],
            Mechanism::Log => return !OF_COMPETITION.contains(&self.name),
            Mechanism::Direct if OF_COMPETITION.contains(&self.name) => return false,
            Mechanism::Direct => &[
                "prefetch",
                "ack",
                "ack-after",
                "commit-every",
                "partitions",
                "partitioner",
                "effects",
                "effect-latency",
                "lease",
                "durability",
                "flush",
                "latency",
                "heartbeat",
                "writeback",
                "writeback-by",
                "dedup",
            ],
        };
        !idle.contains(&self.name)
    }

    /// Its value in a plan.
    pub fn value(&self, plan: &Plan) -> Value {
        (self.get)(plan)
    }

    /// Sets it from an address's text.
    ///
    /// # Errors
    /// A sentence that says what would be valid; the plan is as before.
    pub fn set(&self, plan: &mut Plan, text: &str) -> Result<(), String> {
        let value = self.kind.read(text).map_err(|valid| format!("`{}` is {valid}", self.name))?;
        (self.set)(plan, value);
        Ok(())
    }

    /// The stop of its slider next to its value in a plan, upward or downward; `None` at the end.
    pub fn neighbour(&self, plan: &Plan, up: bool) -> Option<Value> {
        let now = self.value(plan);
        let stops = self.kind.stops();
        match stops.iter().position(|stop| *stop == now) {
            Some(at) if up => stops.get(at + 1).copied(),
            Some(at) => at.checked_sub(1).map(|before| stops[before]),
            // A value between two stops, from an address: go to the nearer one on that side.
            None => {
                let beyond = |stop: &&Value| magnitude(**stop) > magnitude(now);
                let above = stops.iter().position(|stop| beyond(&stop)).unwrap_or(stops.len());
                if up { stops.get(above).copied() } else { above.checked_sub(1).map(|at| stops[at]) }
            }
        }
    }
}

fn magnitude(value: Value) -> u64 {
    match value {
        Value::Whole(n) | Value::OptionalWhole(Some(n)) => n,
        Value::Span(t) | Value::OptionalSpan(Some(t)) => t.0,
        Value::OptionalWhole(None) | Value::OptionalSpan(None) => u64::MAX,
        Value::Share(chance) => u64::from(chance.as_millionths()),
        Value::Hundredths(n) => u64::from(n),
        Value::Choice(_) => 0,
    }
}

/// The parameter of this name.
pub fn parameter(name: &str) -> Option<&'static Parameter> {
    PARAMETERS.iter().find(|parameter| parameter.name == name)
}

/// All of them, in the order in which screens list them.
pub fn parameters() -> &'static [Parameter] {
    PARAMETERS
}
