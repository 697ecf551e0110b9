// SPDX-License-Identifier: MIT OR Apache-2.0
//! From an address to a run: a producer, the learner's router, consumers that come and go, and a store.

use std::cell::RefCell;
use std::rc::Rc;

use queues::{Plan, Producer};
use sim::{Address, AddressError, Bounds, Dist, Fault, LinkConfig, PacketFault};
use trace::{NodeId, Role, Time};

use super::Build;
use super::consumer::Member;
use super::judge;
use super::process::Routing;
use super::store::FencedStore;
use crate::host::{Mishaps, Process};
use crate::reproducible::{Cost, Run};
use crate::setting::{Choice, Choices, Setting};
use crate::staging::{self, played, staged};

/// The node that runs the learner's code.
pub(super) const ROUTER: &str = "router";
pub(super) const STORE: &str = "store";

/// The consumer of this number, from 1.
pub(super) fn consumer(number: u64) -> String {
    format!("consumer-{number}")
}

/// After the last fault everything must be over within this long: a lease runs out many times.
const QUIET: Time = Time::secs(20);
const MOST_STEPS: u64 = 10_000;
const MOST_STEPS_PER_MESSAGE: u64 = 500;

/// When the last consumer joins, and when the first one leaves, in milliseconds; at 0 it is there from the beginning, and
/// stays.
pub(super) const JOINS: &str = "joins";
pub(super) const LEAVES: &str = "leaves";

/// What an address of this exam can choose.
pub(super) const CHOICES: Choices = Choices {
    scenario: "exam/partition-by-key",
    numbers: &[
        Choice { name: "messages", least: 1, most: 1_000, usual: 12 },
        Choice { name: "keys", least: 1, most: 200, usual: 2 },
        Choice { name: "consumers", least: 1, most: 8, usual: 3 },
        Choice { name: "window", least: 1, most: 20, usual: 8 },
        Choice { name: "rate", least: 1, most: 1_000, usual: 100 },
        Choice { name: JOINS, least: 0, most: 60_000, usual: 0 },
        Choice { name: LEAVES, least: 0, most: 60_000, usual: 0 },
    ],
    lists: &[],
};

/// What the statement says does not happen must not: consumers fail, and what goes between them and the router.
fn check(address: &Address) -> Result<(), AddressError> {
    let is_consumer = |name: &str| name.starts_with("consumer-");
    let near_router = |a: &str, b: &str| (a == ROUTER && is_consumer(b)) || (is_consumer(a) && b == ROUTER);
    let allowed = |fault: &&Fault| match fault {
        // What goes to the store and comes from it is late at worst.
        Fault::Packet { from, to, what, .. } => {
            near_router(from, to) || ((from == STORE || to == STORE) && matches!(what, PacketFault::Delay(_)))
        }
        Fault::Cut { from, to, .. } => from.iter().all(|a| to.iter().all(|b| near_router(a, b))),
        other => other.nodes().into_iter().all(is_consumer) || !other.is_harm(),
    };
    match address.faults.faults.iter().find(|fault| !allowed(fault)) {
        Some(fault) => {
            let why = "in this exam only consumers fail, only packets between them and the router are lost, copied or cut \
                       off, and those of the store may be late";
            Err(address.fault_error(fault, why.to_owned()))
        }
        None => Ok(()),
    }
}

/// Runs an address with the learner's code.
pub(super) fn run(address: &Address, build: Build) -> Result<Run, AddressError> {
    let setting = CHOICES.read(address)?;
    check(address)?;
    let mishaps = Mishaps::new();
    let mut world = staged(address, bounds(address, &setting));
    let plan = Rc::new(RefCell::new(Plan {
        messages: setting.number("messages"),
        rate: setting.number("rate"),
        keys: setting.number("keys"),
        // What waits for room is not confirmed: that is no reason to send it again.
        confirm_timeout: None,
        ..Plan::default()
    }));
    let consumers = setting.number("consumers");
    // The producer comes first, the router second, and so on: who must be told of the others knows their numbers.
    let (router, store) = (NodeId(1), NodeId(2 + consumers as u16));
    let members: Vec<NodeId> = (0..consumers as u16).map(|n| NodeId(2 + n)).collect();
    world.add("producer-1", Role::Producer, move || Producer::new(plan.clone(), router, 0));
    let window = setting.number("window") as usize;
    let leaves = Time::millis(setting.number(LEAVES));
    let added = world.add(ROUTER, Role::Queue, {
        let (mishaps, members) = (mishaps.clone(), members.clone());
        move || Process::new(Routing::new(build, store, members.clone(), window, leaves), mishaps.clone())
    });
    debug_assert_eq!(added, router);
    for n in 1..=consumers {
        let joins = if n == consumers { Time::millis(setting.number(JOINS)) } else { Time::ZERO };
        world.add(&consumer(n), Role::Consumer, move || Member::new(router, store, joins));
    }
    let added = world.add(STORE, Role::Store, FencedStore::default);
    debug_assert_eq!(added, store);
    // Each of these is one connection, in which nothing overtakes.
    let near = |to| {
        let latency = Dist::Uniform { from: Time::millis(1), to: Time::millis(to) };
        LinkConfig { latency, ..LinkConfig::default() }
    };
    for member in members {
        for (from, to) in [(router, member), (member, router)] {
            world.link(from, to, near(4));
        }
        for (from, to) in [(member, store), (store, member)] {
            world.link(from, to, near(2));
        }
    }
    for (from, to) in [(router, store), (store, router)] {
        world.link(from, to, near(2));
    }
    let played = played(world, address, &setting)?;
    let (findings, tally) = judge::judge(&played.0);
    let cost = Cost { messages: tally.done, spent: [tally.hand_outs + tally.fences, tally.moves] };
    Ok(Run::of(played, findings, tally.reached, cost, &mishaps))
}

fn bounds(address: &Address, setting: &Setting) -> Bounds {
    staging::bounds(address, setting, QUIET, MOST_STEPS + MOST_STEPS_PER_MESSAGE * setting.number("messages"))
}
