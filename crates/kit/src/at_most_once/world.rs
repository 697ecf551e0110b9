// SPDX-License-Identifier: MIT OR Apache-2.0
//! From an address to a run: a producer, the queue and the learner's process.

use std::cell::RefCell;
use std::rc::Rc;

use queues::{Broker, Plan, Producer, Requeue};
use sim::{Address, AddressError, Dist, LinkConfig};
use trace::{Role, Time};

use super::Build;
use super::judge;
use super::process::Consuming;
use crate::host::{Mishaps, Process};
use crate::reproducible::Run;
use crate::setting::{Choice, Choices};
use crate::staging::{bounds, played, staged};
use crate::subscription::Subscription;

/// The node that runs the learner's code.
pub(super) const PROCESS: &str = "consumer";

/// After the last fault everything must be over within this long: a lease runs out many times.
const QUIET: Time = Time::secs(10);
const MOST_STEPS: u64 = 20_000;
/// How long the queue leaves a message with its consumer.
const LEASE: Time = Time::millis(400);

/// What an address of this exam can choose.
pub(super) const CHOICES: Choices = Choices {
    scenario: "exam/at-most-once",
    numbers: &[
        Choice { name: "messages", least: 1, most: 100, usual: 8 },
        Choice { name: "rate", least: 1, most: 1_000, usual: 50 },
    ],
    lists: &[],
};

/// Runs an address with the learner's code.
pub(super) fn run(address: &Address, build: Build) -> Result<Run, AddressError> {
    let setting = CHOICES.read(address)?;
    let mishaps = Mishaps::new();
    let mut world = staged(address, bounds(address, &setting, QUIET, MOST_STEPS));
    let plan = Rc::new(RefCell::new(Plan {
        messages: setting.number("messages"),
        rate: setting.number("rate"),
        keys: 1,
        prefetch: 1,
        lease: Some(LEASE),
        requeue: Requeue::Tail,
        ..Plan::default()
    }));
    let queue = world.add("queue", Role::Queue, {
        let plan = plan.clone();
        move || Broker::new(plan.clone())
    });
    // The only name that `Draw::late_publish` needs to be right.
    world.add("producer-1", Role::Producer, move || Producer::new(plan.clone(), queue, 0));
    let process = world.add(PROCESS, Role::Consumer, {
        let mishaps = mishaps.clone();
        move || Process::new(Consuming::new(build, Subscription::to(queue, 1)), mishaps.clone())
    });
    // A packet that is held up keeps no other waiting: without faults none overtakes another all the same.
    let link =
        LinkConfig { latency: Dist::Constant(Time::millis(5)), reorders: true, ..LinkConfig::default() };
    world.link(queue, process, link);
    world.link(process, queue, link);
    let played = played(world, address, &setting)?;
    let (findings, reached, cost) = judge::judge(&played.0);
    Ok(Run::of(played, findings, reached, cost, &mishaps))
}
