// SPDX-License-Identifier: MIT OR Apache-2.0
//! From an address to a run: producers, queue and the learner's process.

use std::cell::RefCell;
use std::rc::Rc;

use queues::{Broker, Plan, Producer, Requeue};
use sim::{Address, AddressError, Bounds, DiskConfig, Dist, LinkConfig};
use trace::{MessageId, Role, Set, Time};

use super::Build;
use super::judge;
use super::process::{Reader, Resequencing};
use super::queue::DeadLetterQueue;
use crate::host::{Mishaps, Process};
use crate::reproducible::{Cost, Run};
use crate::setting::{Choice, Choices, ListChoice, Setting};
use crate::staging::{self, played, staged};
use crate::subscription::Subscription;

/// The node that runs the learner's code.
pub(super) const PROCESS: &str = "resequencer";

/// After the last fault everything must be over within this long: a lease runs out many times. And so much longer for
/// each message, because what does not fit into the buffer comes round slowly, and may move one by one.
const QUIET: Time = Time::secs(20);
const QUIET_PER_MESSAGE: Time = Time::millis(500);
const MOST_STEPS: u64 = 30_000;
const MOST_STEPS_PER_MESSAGE: u64 = 2_000;

/// What an address of this exam can choose.
pub(super) const CHOICES: Choices = Choices {
    scenario: "exam/resequencer",
    numbers: &[
        Choice { name: "messages", least: 1, most: 200, usual: 12 },
        Choice { name: "keys", least: 1, most: 8, usual: 2 },
        Choice { name: "buffer", least: 1, most: 50, usual: 3 },
        Choice { name: "prefetch", least: 2, most: 100, usual: 8 },
        Choice { name: "rate", least: 1, most: 10_000, usual: 200 },
        // How uneven the latency of deliveries is, in hundredths of its mean.
        Choice { name: "jitter", least: 0, most: 300, usual: 0 },
    ],
    lists: &[ListChoice { name: DEAD_LETTERS, of: "message numbers" }],
};
pub(super) const DEAD_LETTERS: &str = "dead-letters";

fn plan(setting: &Setting) -> Plan {
    let keys = setting.number("keys");
    Plan {
        // One producer for each key: a message's place among its producer's is its place in its key.
        producers: keys,
        keys,
        messages: setting.number("messages"),
        rate: setting.number("rate"),
        prefetch: setting.number("prefetch"),
        lease: Some(Time::secs(1)),
        requeue: Requeue::Tail,
        ..Plan::default()
    }
}

fn deliveries(setting: &Setting) -> LinkConfig {
    let latency = Dist::with_variation(Time::millis(5), setting.number("jitter") as u32);
    LinkConfig { latency, reorders: true, ..LinkConfig::default() }
}

/// Runs an address with the learner's code.
pub(super) fn run(address: &Address, build: Build) -> Result<Run, AddressError> {
    let setting = CHOICES.read(address)?;
    let (mishaps, reader) = (Mishaps::new(), Rc::new(RefCell::new(Reader::default())));
    let mut world = staged(address, bounds(address, &setting));
    let plan = Rc::new(RefCell::new(plan(&setting)));
    let queue = world.add("queue", Role::Queue, {
        let (plan, poison) =
            (plan.clone(), setting.list(DEAD_LETTERS).into_iter().map(MessageId).collect::<Set<_>>());
        move || DeadLetterQueue::new(Broker::new(plan.clone()), poison.clone())
    });
    for index in 0..setting.number("keys") {
        let plan = plan.clone();
        let name = format!("producer-{}", index + 1);
        world.add(&name, Role::Producer, move || Producer::new(plan.clone(), queue, index));
    }
    let buffer = setting.number("buffer") as usize;
    let process = world.add(PROCESS, Role::Consumer, {
        let (mishaps, reader) = (mishaps.clone(), reader.clone());
        let prefetch = setting.number("prefetch") as u32;
        move || {
            let subscription = Subscription::to(queue, prefetch);
            Process::new(Resequencing::new(build, reader.clone(), buffer, subscription), mishaps.clone())
        }
    });
    world.link(queue, process, deliveries(&setting));
    world.disk(process, DiskConfig { flush: Dist::Uniform { from: Time::millis(3), to: Time::millis(9) } });
    let played = played(world, address, &setting)?;
    let (findings, tally) = judge::judge(&played.0, buffer);
    let reader = reader.borrow();
    let cost = Cost { messages: reader.read, spent: [tally.hand_outs, reader.commits] };
    Ok(Run::of(played, findings, tally.reached, cost, &mishaps))
}

fn bounds(address: &Address, setting: &Setting) -> Bounds {
    let messages = setting.number("messages");
    let quiet = QUIET + Time(QUIET_PER_MESSAGE.0 * messages);
    staging::bounds(address, setting, quiet, MOST_STEPS + MOST_STEPS_PER_MESSAGE * messages)
}
