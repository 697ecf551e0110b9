// SPDX-License-Identifier: MIT OR Apache-2.0
//! From an address to a run: producers, queue and the learner's process.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use queues::{Broker, Plan, Producer, Requeue};
use sim::{Address, AddressError, Bounds, DiskConfig, Dist, Fault, Kept, LinkConfig, World};
use trace::{FORMAT_VERSION, Header, MessageId, Role, Time, Trace};

use super::Build;
use super::judge;
use super::process::{Outside, Process};
use super::queue::DeadLetterQueue;
use crate::simulated::{Cost, Run};

/// The scenario's name in addresses.
pub(super) const SCENARIO: &str = "exam/resequencer";
/// The node that runs the learner's code.
pub(super) const PROCESS: &str = "resequencer";

/// After the last fault everything must be over within this long: a lease runs out many times. And so much longer for
/// each message, because what does not fit into the buffer comes round slowly, and may move one by one.
const QUIET: Time = Time::secs(20);
const QUIET_PER_MESSAGE: Time = Time::millis(500);
const MOST_STEPS: u64 = 30_000;
const MOST_STEPS_PER_MESSAGE: u64 = 2_000;
/// A step leaves two or three events.
const MOST_EVENTS_PER_STEP: u64 = 3;

/// What an address of this exam can choose, with limits and default.
struct Choice {
    name: &'static str,
    least: u64,
    most: u64,
    usual: u64,
}

const CHOICES: &[Choice] = &[
    Choice { name: "messages", least: 1, most: 200, usual: 12 },
    Choice { name: "keys", least: 1, most: 8, usual: 2 },
    Choice { name: "buffer", least: 1, most: 50, usual: 3 },
    Choice { name: "prefetch", least: 2, most: 100, usual: 8 },
    Choice { name: "rate", least: 1, most: 10_000, usual: 200 },
    Choice { name: "jitter", least: 0, most: 300, usual: 0 },
];
const DEAD_LETTERS: &str = "dead-letters";

/// What a run of this exam is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub messages: u64,
    pub keys: u64,
    pub buffer: u64,
    pub prefetch: u64,
    pub rate: u64,
    /// How uneven the latency of deliveries is, in hundredths of its mean.
    pub jitter: u64,
    pub dead_letters: BTreeSet<MessageId>,
}

impl Setting {
    /// Reads an address.
    pub fn of(address: &Address) -> Result<Setting, AddressError> {
        if address.scenario != SCENARIO {
            return Err(address.scenario_error(format!("this exam's runs are called {SCENARIO}")));
        }
        let known = |name: &str| CHOICES.iter().any(|choice| choice.name == name) || name == DEAD_LETTERS;
        if let Some(name) = address.parameters.keys().find(|name| !known(name)) {
            let names: Vec<&str> = CHOICES.iter().map(|choice| choice.name).chain([DEAD_LETTERS]).collect();
            let why = format!("there is no such parameter; there are {}", names.join(", "));
            return Err(address.parameter_error(name, why));
        }
        let number = |place: usize| number(address, &CHOICES[place]);
        let setting = Setting {
            messages: number(0)?,
            keys: number(1)?,
            buffer: number(2)?,
            prefetch: number(3)?,
            rate: number(4)?,
            jitter: number(5)?,
            dead_letters: dead_letters(address)?,
        };
        if let Some(fault) = address.faults.faults.iter().find(|fault| matches!(fault, Fault::Set { .. })) {
            return Err(
                address.parameter_error("faults", format!("`{fault}`: nothing can be set in an exam"))
            );
        }
        Ok(setting)
    }

    /// Every choice as an address writes it.
    fn parameters(&self) -> BTreeMap<String, String> {
        let values = [self.messages, self.keys, self.buffer, self.prefetch, self.rate, self.jitter];
        let mut all: BTreeMap<String, String> = CHOICES
            .iter()
            .zip(values)
            .map(|(choice, value)| (choice.name.to_owned(), value.to_string()))
            .collect();
        if !self.dead_letters.is_empty() {
            let list: Vec<String> = self.dead_letters.iter().map(MessageId::to_string).collect();
            all.insert(DEAD_LETTERS.to_owned(), list.join(","));
        }
        all
    }

    fn plan(&self) -> Plan {
        Plan {
            // One producer for each key: a message's place among its producer's is its place in its key.
            producers: self.keys,
            keys: self.keys,
            messages: self.messages,
            rate: self.rate,
            prefetch: self.prefetch,
            lease: Some(Time::secs(1)),
            requeue: Requeue::Tail,
            ..Plan::default()
        }
    }

    fn deliveries(&self) -> LinkConfig {
        let latency = Dist::with_variation(Time::millis(5), self.jitter as u32);
        LinkConfig { latency, reorders: true, ..LinkConfig::default() }
    }
}

fn number(address: &Address, choice: &Choice) -> Result<u64, AddressError> {
    let Some(text) = address.parameters.get(choice.name) else { return Ok(choice.usual) };
    text.parse().ok().filter(|n| (choice.least..=choice.most).contains(n)).ok_or_else(|| {
        let why = format!("`{}` is a whole number from {} to {}", choice.name, choice.least, choice.most);
        address.parameter_error(choice.name, why)
    })
}

fn dead_letters(address: &Address) -> Result<BTreeSet<MessageId>, AddressError> {
    let Some(text) = address.parameters.get(DEAD_LETTERS) else { return Ok(BTreeSet::new()) };
    let read = |part: &str| part.parse().ok().filter(|n| *n > 0 && *n < 1 << 32).map(MessageId);
    text.split(',').map(read).collect::<Option<_>>().ok_or_else(|| {
        let why = "`dead-letters` is a list of message numbers from 1, such as 3,7".to_owned();
        address.parameter_error(DEAD_LETTERS, why)
    })
}

/// Runs an address with the learner's code.
pub(super) fn run(address: &Address, build: Build) -> Result<Run, AddressError> {
    let setting = Setting::of(address)?;
    let outside = Rc::new(RefCell::new(Outside::new()));
    let bounds = bounds(address, &setting);
    let kept = Kept::at_most((bounds.steps * MOST_EVENTS_PER_STEP) as usize);
    let mut world = World::new(address.seed, bounds, kept);
    let plan = Rc::new(RefCell::new(setting.plan()));
    let queue = world.add("queue", Role::Queue, {
        let (plan, poison) = (plan.clone(), setting.dead_letters.clone());
        move || DeadLetterQueue::new(Broker::new(plan.clone()), poison.clone())
    });
    for index in 0..setting.keys {
        let plan = plan.clone();
        let name = format!("producer-{}", index + 1);
        world.add(&name, Role::Producer, move || Producer::new(plan.clone(), queue, index));
    }
    let process = world.add(PROCESS, Role::Consumer, {
        let outside = outside.clone();
        let (buffer, prefetch) = (setting.buffer as usize, setting.prefetch as u32);
        move || Process::new(build, outside.clone(), queue, buffer, prefetch)
    });
    world.link(queue, process, setting.deliveries());
    world.disk(process, DiskConfig { flush: Dist::Uniform { from: Time::millis(3), to: Time::millis(9) } });
    world.inject(&address.faults).map_err(|error| {
        let why = format!("there is no node `{}`; this run has {}", error.name, error.known.join(", "));
        address.parameter_error("faults", why)
    })?;
    world.run();
    let steps = world.steps();
    let header = Header {
        inflight_trace: FORMAT_VERSION,
        tool: queues::TOOL.to_owned(),
        scenario: address.scenario.clone(),
        seed: address.seed,
        parameters: setting.parameters(),
        faults: address.faults.to_string(),
        nodes: world.node_infos(),
    };
    let trace = Trace { header, events: world.into_sink().events };
    let (findings, tally) = judge::judge(&trace, setting.buffer as usize);
    let mut outside = outside.borrow_mut();
    let cost = Cost { messages: outside.read, hand_outs: tally.hand_outs, flushes: outside.commits };
    Ok(Run {
        trace,
        findings,
        reached: tally.reached,
        cost,
        steps,
        panicked: outside.panicked.take(),
        survived: outside.survived.take(),
    })
}

fn bounds(address: &Address, setting: &Setting) -> Bounds {
    let last_fault = address.faults.faults.iter().filter_map(Fault::at).max().unwrap_or(Time::ZERO);
    let offered = Time(setting.messages * 1_000_000_000 / setting.rate);
    // A lost packet is sent again after a second, and that again, where the script says so.
    let lost = Time::secs(address.faults.faults.iter().filter(|fault| fault.at().is_none()).count() as u64);
    let quiet = QUIET + Time(QUIET_PER_MESSAGE.0 * setting.messages);
    let steps = MOST_STEPS + MOST_STEPS_PER_MESSAGE * setting.messages;
    Bounds { steps, time: last_fault.max(offered) + lost + quiet, pending: 10_000 }
}
