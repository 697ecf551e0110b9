// SPDX-License-Identifier: MIT OR Apache-2.0
//! From an address to a run: two ends, and a network on which connections break.

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Address, AddressError, DiskConfig, Dist, Fault, LinkConfig, PacketFault};
use trace::{NodeId, Role, Time};

use super::lines::{Outside, RECEIVER, SENDER};
use super::process::{Offers, Pieces, Socketed};
use super::texts::texts;
use super::{Build, judge};
use crate::host::{Mishaps, Process};
use crate::reproducible::{Cost, Run};
use crate::setting::{Choice, Choices, Setting};
use crate::staging::{bounds, played, staged};

/// The two ends by their places.
pub(super) const ENDS: [&str; 2] = ["sender", "receiver"];

/// Into pieces of at most how many bytes what is written is cut, and of how many what arrives is read: 0 leaves it as it was written.
pub(super) const SEGMENT: &str = "segment";
pub(super) const READS: &str = "reads";

/// After the last fault everything must be over within this long.
const QUIET: Time = Time::secs(20);
const QUIET_PER_MESSAGE: Time = Time::millis(100);
const MOST_STEPS: u64 = 20_000;
const MOST_STEPS_PER_MESSAGE: u64 = 4_000;

/// What an address of this exam can choose.
pub(super) const CHOICES: Choices = Choices {
    scenario: "exam/just-tcp",
    numbers: &[
        Choice { name: "messages", least: 1, most: 400, usual: 4 },
        Choice { name: "rate", least: 1, most: 10_000, usual: 100 },
        Choice { name: "window", least: 1, most: 100, usual: 2 },
        Choice { name: SEGMENT, least: 0, most: 1_000, usual: 0 },
        Choice { name: READS, least: 0, most: 1_000, usual: 0 },
    ],
    lists: &[],
};

/// What TCP sees to, and what the statement says does not fail, must not.
fn check(address: &Address) -> Result<(), AddressError> {
    let allowed = |fault: &&Fault| match fault {
        Fault::Packet { what, .. } => *what != PacketFault::Duplicate,
        Fault::Crash(node, _) | Fault::CrashMachine(node, _) => node == ENDS[RECEIVER],
        Fault::Slow(..) | Fault::Skew(..) => false,
        Fault::Cut { .. } | Fault::Pause(..) => true,
        other => !other.is_harm(),
    };
    match address.faults.faults.iter().find(|fault| !allowed(fault)) {
        Some(fault) => {
            let why = "in this exam packets are lost or late, the network is cut, both ends stand still, and the receiver crashes";
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
    let number = |name: &str| setting.number(name);
    let (messages, window) = (number("messages"), number("window"));
    let outside = Rc::new(RefCell::new(Outside::new(texts(address.seed, messages))));
    let mut world = staged(address, bounds_of(address, &setting));
    let offers = Offers { messages, each: Time(1_000_000_000 / number("rate")), window: window as usize };
    let pieces = Pieces { segment: number(SEGMENT), reads: number(READS) };
    for (side, role) in [(SENDER, Role::Producer), (RECEIVER, Role::Consumer)] {
        let (mishaps, outside) = (mishaps.clone(), outside.clone());
        let peer = NodeId(1 - side as u16);
        world.add(ENDS[side], role, move || {
            let socketed = Socketed::new(side, peer, build, offers, pieces, outside.clone());
            Process::new(socketed, mishaps.clone())
        });
    }
    let link = LinkConfig { latency: Dist::Constant(Time::millis(2)), ..LinkConfig::default() };
    let [sender, receiver] = [SENDER, RECEIVER].map(|side| NodeId(side as u16));
    world.link(sender, receiver, link);
    world.link(receiver, sender, link);
    world.disk(receiver, DiskConfig { flush: Dist::Uniform { from: Time::millis(3), to: Time::millis(9) } });
    let played = played(world, address, &setting)?;
    let findings = judge::judge(&played.0, window);
    let outside = outside.borrow();
    let own: u64 = outside.texts.iter().take(outside.taken as usize).map(|text| text.len() as u64).sum();
    let beyond = outside.written[SENDER].saturating_sub(own);
    let cost = Cost { messages: outside.done(), spent: [beyond, outside.written[RECEIVER]] };
    Ok(Run::of(played, findings, outside.reached.clone(), cost, &mishaps))
}

fn bounds_of(address: &Address, setting: &Setting) -> sim::Bounds {
    let messages = setting.number("messages");
    let quiet = QUIET + Time(QUIET_PER_MESSAGE.0 * messages);
    bounds(address, setting, quiet, MOST_STEPS + MOST_STEPS_PER_MESSAGE * messages)
}
