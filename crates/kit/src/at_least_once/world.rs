// SPDX-License-Identifier: MIT OR Apache-2.0
//! From an address to a run: a producer, the queue, the learner's process and what lies downstream of it.

use std::cell::RefCell;
use std::rc::Rc;

use queues::{Broker, Plan, Producer};
use sim::{Address, AddressError, Dist, LinkConfig};
use trace::{Role, Time};

use super::Build;
use super::downstream::{Downstream, Kept};
use super::judge;
use super::process::{Outside, Relaying};
use crate::host::{Mishaps, Process};
use crate::reproducible::{Cost, Run};
use crate::setting::{Choice, Choices};
use crate::staging::{bounds, played, staged};
use crate::subscription::Subscription;

/// The node that runs the learner's code.
pub(super) const PROCESS: &str = "relay";
/// Where it publishes to.
pub(super) const DOWNSTREAM: &str = "downstream";

/// After the last fault everything must be over within this long. Who has doubled a pause for a minute may lose a few more
/// tries and double it again, and a timer that does not matter any more still runs: it costs nothing to wait for it.
const QUIET: Time = Time::secs(3_600);
const MOST_STEPS: u64 = 60_000;

/// When downstream begins to be full, and how long that lasts.
pub(super) const FULL: &str = "full";
pub(super) const LASTS: &str = "lasts";

/// What an address of this exam can choose. Moments and spans are in milliseconds.
pub(super) const CHOICES: Choices = Choices {
    scenario: "exam/at-least-once",
    numbers: &[
        Choice { name: "messages", least: 1, most: 100, usual: 8 },
        Choice { name: "prefetch", least: 1, most: 20, usual: 4 },
        Choice { name: "rate", least: 1, most: 1_000, usual: 50 },
        Choice { name: FULL, least: 0, most: 60_000, usual: 0 },
        Choice { name: LASTS, least: 0, most: 60_000, usual: 0 },
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
        // What is in flight comes back when the connection breaks, and only then.
        lease: None,
        ..Plan::default()
    }));
    let near =
        LinkConfig { latency: Dist::Constant(Time::millis(5)), reorders: true, ..LinkConfig::default() };
    let far = Dist::Uniform { from: Time::millis(5), to: Time::millis(20) };
    let far = LinkConfig { latency: far, ..near };
    let queue = world.add("queue", Role::Queue, {
        let plan = plan.clone();
        move || Broker::new(plan.clone())
    });
    world.add("producer-1", Role::Producer, move || Producer::new(plan.clone(), queue, 0));
    let kept = Rc::new(RefCell::new(Kept::default()));
    let full = Time::millis(setting.number(FULL));
    let full = full..full + Time::millis(setting.number(LASTS));
    let downstream = world.add(DOWNSTREAM, Role::Store, move || Downstream::new(kept.clone(), full.clone()));
    let outside = Rc::new(RefCell::new(Outside::default()));
    let process = world.add(PROCESS, Role::Consumer, {
        let (mishaps, outside) = (mishaps.clone(), outside.clone());
        let prefetch = setting.number("prefetch") as u32;
        move || {
            let subscription = Subscription::to(queue, prefetch);
            Process::new(Relaying::new(build, subscription, downstream, outside.clone()), mishaps.clone())
        }
    });
    for (from, to, link) in [
        (queue, process, near),
        (process, queue, near),
        (process, downstream, far),
        (downstream, process, far),
    ] {
        world.link(from, to, link);
    }
    let played = played(world, address, &setting)?;
    let (findings, reached, publishes, messages) = judge::judge(&played.0);
    let cost = Cost { messages, spent: [publishes, outside.borrow().timers] };
    Ok(Run::of(played, findings, reached, cost, &mishaps))
}
