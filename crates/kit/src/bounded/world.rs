// SPDX-License-Identifier: MIT OR Apache-2.0
//! From an address to a run: producers, the learner's queue, a consumer.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use queues::{Arrivals, Consumer, Plan, Producer};
use sim::{Address, AddressError, Bounds, Dist, Fault, LinkConfig};
use trace::{Role, Time};

use super::process::Bounding;
use super::{Build, Limits, judge};
use crate::host::{Mishaps, Process};
use crate::reproducible::{Cost, Run};
use crate::setting::{Choice, Choices, Setting};
use crate::staging::{played, staged};

/// The node whose pace changes.
pub(super) const CONSUMER: &str = "consumer";

/// How long a packet is under way between queue and consumer. The consumer's way to the queue and a message's way back
/// are part of its pace: a millisecond.
const LATENCY: Time = Time::micros(500);
const ROUND_TRIP_MS: u64 = 1;
/// When a spike begins, and how long it lasts.
const SPIKE_AT: Time = Time::millis(200);
const SPIKE_FOR: Time = Time::millis(400);
/// Nothing goes on by itself here: no run comes near these.
const MOST_TIME: Time = Time::secs(3_600);
const MOST_STEPS: u64 = 2_000;
const MOST_STEPS_PER_MESSAGE: u64 = 30;

/// What an address of this exam can choose. Spans are in milliseconds, rates in messages a second.
pub(super) const CHOICES: Choices = Choices {
    scenario: "exam/bounded",
    numbers: &[
        Choice { name: "messages", least: 1, most: 300, usual: 12 },
        Choice { name: "producers", least: 1, most: 4, usual: 1 },
        Choice { name: "rate", least: 1, most: 10_000, usual: 40 },
        Choice { name: "burst", least: 1, most: 100, usual: 1 },
        Choice { name: "spike", least: 0, most: 10_000, usual: 0 },
        Choice { name: "places", least: 1, most: 50, usual: 4 },
        Choice { name: "target", least: 1, most: 10_000, usual: 200 },
        Choice { name: "worst", least: 2, most: 1_000, usual: 40 },
        Choice { name: "service", least: 1, most: 999, usual: 20 },
    ],
    lists: &[],
};

/// The terms of a run. Spans are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    pub places: u64,
    pub target: u64,
    pub worst: u64,
    pub service: u64,
}

impl Terms {
    fn of(address: &Address, setting: &Setting) -> Result<Terms, AddressError> {
        let [places, target, worst, service] =
            ["places", "target", "worst", "service"].map(|name| setting.number(name));
        let terms = Terms { places, target, worst, service };
        if worst < terms.usual() {
            let why = format!("the worst cannot be shorter than what is usual, which is {}", terms.usual());
            return Err(address.parameter_error("worst", why));
        }
        let allowed = |fault: &&Fault| match fault {
            Fault::Slow(node, permille, _) => {
                node == CONSUMER && u64::from(*permille) <= terms.slowest_permille()
            }
            _ => false,
        };
        if let Some(fault) = address.faults.faults.iter().find(|fault| !allowed(fault)) {
            let why =
                "in this exam nothing changes but the consumer's pace (`slow:consumer/…`), down to its worst";
            return Err(address.fault_error(fault, why.to_owned()));
        }
        Ok(terms)
    }

    /// How long after it pulled one the consumer usually comes for the next message.
    pub fn usual(&self) -> u64 {
        self.service + ROUND_TRIP_MS
    }

    /// How slow the consumer may get: its work takes so many thousandths of what it usually does.
    pub fn slowest_permille(&self) -> u64 {
        (self.worst - ROUND_TRIP_MS) * 1_000 / self.service
    }

    /// How many may wait: the last of them waits for those before it and for one that is being worked on.
    pub fn room(&self) -> u64 {
        self.places.min(self.target / self.worst)
    }

    fn limits(&self) -> Limits {
        Limits {
            places: self.places as usize,
            target: Duration::from_millis(self.target),
            worst: Duration::from_millis(self.worst),
            usual: Duration::from_millis(self.usual()),
        }
    }
}

fn plan(setting: &Setting, terms: &Terms) -> Plan {
    let number = |name: &str| setting.number(name);
    let (burst, spike) = (number("burst"), number("spike"));
    Plan {
        producers: number("producers"),
        messages: number("messages"),
        keys: 1,
        arrivals: if burst > 1 { Arrivals::Bursts } else { Arrivals::Poisson },
        rate: number("rate"),
        burst,
        spike: (spike > 0).then_some(spike),
        spike_at: SPIKE_AT,
        spike_for: SPIKE_FOR,
        // What is shed is not offered again.
        confirm_timeout: None,
        service: Time::millis(terms.service),
        variation_percent: 0,
        ..Plan::default()
    }
}

/// Runs an address with the learner's code.
pub(super) fn run(address: &Address, build: Build) -> Result<Run, AddressError> {
    let setting = CHOICES.read(address)?;
    let terms = Terms::of(address, &setting)?;
    let messages = setting.number("messages");
    let steps = MOST_STEPS + MOST_STEPS_PER_MESSAGE * messages;
    let mut world = staged(address, Bounds { steps, time: MOST_TIME, pending: 10_000 });
    let mishaps = Mishaps::new();
    let plan = Rc::new(RefCell::new(plan(&setting, &terms)));
    let queue = world.add("queue", Role::Queue, {
        let mishaps = mishaps.clone();
        move || Process::new(Bounding::new(build, terms.limits()), mishaps.clone())
    });
    for index in 0..setting.number("producers") {
        let plan = plan.clone();
        let name = format!("producer-{}", index + 1);
        world.add(&name, Role::Producer, move || Producer::new(plan.clone(), queue, index));
    }
    let consumer =
        world.add(CONSUMER, Role::Consumer, move || Consumer::new(plan.clone(), vec![queue], None));
    let link = LinkConfig { latency: Dist::Constant(LATENCY), ..LinkConfig::default() };
    world.link(queue, consumer, link);
    world.link(consumer, queue, link);
    let played = played(world, address, &setting)?;
    let (findings, tally) = judge::judge(&played.0, &terms, queue);
    let cost = Cost { messages, spent: [tally.shed, tally.empty_handed] };
    Ok(Run::of(played, findings, tally.reached, cost, &mishaps))
}
