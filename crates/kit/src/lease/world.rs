// SPDX-License-Identifier: MIT OR Apache-2.0
//! From an address to a run: a producer, a queue with leases, workers that run the learner's code, and a store.

use std::cell::RefCell;
use std::rc::Rc;

use queues::{Plan, Producer};
use sim::{Address, AddressError, Dist, Fault, LinkConfig};
use trace::{MessageId, NodeId, Role, Set, Time};

use super::process::{Bad, Outside, Working};
use super::queue::LeasingQueue;
use super::store::FencedStore;
use super::{Build, Terms, judge};
use crate::host::{Mishaps, Process};
use crate::reproducible::{Cost, Run};
use crate::setting::{Choice, Choices, ListChoice, Setting};
use crate::staging::{bounds, played, staged};

pub(super) const QUEUE: &str = "queue";
pub(super) const STORE: &str = "store";

/// The worker of this number, from 1.
pub(super) fn worker(number: u64) -> String {
    format!("worker-{number}")
}

/// The jobs whose first work stops without a word, and those whose first work fails.
pub(super) const STUCK: &str = "stuck";
pub(super) const FAILS: &str = "fails";

/// How long a lease lasts.
pub(super) const LEASE: Time = Time::millis(400);
const STEP_MS: u64 = 50;

/// After the last fault everything must be over within this long.
const QUIET: Time = Time::secs(60);
const MOST_STEPS: u64 = 10_000;
const MOST_STEPS_PER_MESSAGE: u64 = 2_000;

/// What an address of this exam can choose.
pub(super) const CHOICES: Choices = Choices {
    scenario: "exam/lease",
    numbers: &[
        Choice { name: "messages", least: 1, most: 50, usual: 4 },
        Choice { name: "rate", least: 1, most: 1_000, usual: 10 },
        Choice { name: "workers", least: 1, most: 4, usual: 2 },
    ],
    lists: &[ListChoice { name: STUCK, of: "jobs" }, ListChoice { name: FAILS, of: "jobs" }],
};

/// What the statement says does not fail must not.
fn check(address: &Address) -> Result<(), AddressError> {
    let is_worker = |name: &str| name.starts_with("worker-");
    let allowed = |fault: &&Fault| match fault {
        Fault::Packet { from, to, .. } => is_worker(from) || is_worker(to),
        Fault::Cut { from, to, .. } => {
            from.iter().all(|name| is_worker(name)) || to.iter().all(|name| is_worker(name))
        }
        Fault::Slow(..) => false,
        other => !other.is_harm() || other.nodes().into_iter().all(is_worker),
    };
    match address.faults.faults.iter().find(|fault| !allowed(fault)) {
        Some(fault) => {
            let why = "in this exam only workers fail, and what goes to them and comes from them";
            Err(address.fault_error(fault, why.to_owned()))
        }
        None => Ok(()),
    }
}

fn jobs(setting: &Setting, list: &str) -> Set<MessageId> {
    setting.list(list).into_iter().map(MessageId).collect()
}

/// Runs an address with the learner's code.
pub(super) fn run(address: &Address, build: Build) -> Result<Run, AddressError> {
    let setting = CHOICES.read(address)?;
    check(address)?;
    let mishaps = Mishaps::new();
    let messages = setting.number("messages");
    let steps = MOST_STEPS + MOST_STEPS_PER_MESSAGE * messages;
    let mut world = staged(address, bounds(address, &setting, QUIET, steps));
    let plan = Plan { messages, rate: setting.number("rate"), keys: 1, ..Plan::default() };
    let plan = Rc::new(RefCell::new(plan));
    let queue = world.add(QUEUE, Role::Queue, || LeasingQueue::new(LEASE));
    let store = world.add(STORE, Role::Store, FencedStore::default);
    world.add("producer-1", Role::Producer, move || Producer::new(plan.clone(), queue, 0));
    let outside = Rc::new(RefCell::new(Outside::default()));
    let terms = Terms { lease_ms: LEASE.as_nanos() / 1_000_000, step_ms: STEP_MS };
    let bad = Bad { stuck: jobs(&setting, STUCK), fails: jobs(&setting, FAILS) };
    let mut workers: Vec<NodeId> = Vec::new();
    for number in 1..=setting.number("workers") {
        let (mishaps, outside, bad) = (mishaps.clone(), outside.clone(), bad.clone());
        workers.push(world.add(&worker(number), Role::Consumer, move || {
            let working = Working::new(build, terms, [queue, store], bad.clone(), outside.clone());
            Process::new(working, mishaps.clone())
        }));
    }
    // What a worker says may be overtaken by what it says later.
    let latency = Dist::Uniform { from: Time::millis(2), to: Time::millis(10) };
    let link = LinkConfig { latency, reorders: true, ..LinkConfig::default() };
    for worker in workers {
        for other in [queue, store] {
            world.link(worker, other, link);
            world.link(other, worker, link);
        }
    }
    let played = played(world, address, &setting)?;
    let (findings, reached, done) = judge::judge(&played.0);
    let outside = outside.borrow();
    let cost = Cost { messages: done, spent: [outside.extends, outside.works] };
    Ok(Run::of(played, findings, reached, cost, &mishaps))
}
