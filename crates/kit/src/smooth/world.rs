// SPDX-License-Identifier: MIT OR Apache-2.0
//! From an address to a run: producer, the learner's process, downstream.

use std::rc::Rc;
use std::time::Duration;

use sim::{Address, AddressError, Bounds, Fault};
use trace::{Role, Set, Time};

use super::arrivals::{Producer, arrivals};
use super::downstream::Downstream;
use super::process::Shaping;
use super::{Build, Limits, judge};
use crate::host::{Mishaps, Process};
use crate::reproducible::{Cost, Run};
use crate::setting::{Choice, Choices, ListChoice, Setting};
use crate::staging::{played, staged};

/// The node that runs the learner's code.
pub(super) const SHAPER: &str = "shaper";
/// The wake-ups that come too early.
pub(super) const EARLY: &str = "early";

/// After the last deadline it takes no longer than this to see that nothing more comes.
const QUIET: Time = Time::secs(1);
const MOST_STEPS: u64 = 2_000;
const MOST_STEPS_PER_MESSAGE: u64 = 60;

/// What an address of this exam can choose. Spans are in milliseconds.
pub(super) const CHOICES: Choices = Choices {
    scenario: "exam/smooth",
    numbers: &[
        Choice { name: "messages", least: 1, most: 300, usual: 12 },
        Choice { name: "burst", least: 1, most: 100, usual: 8 },
        Choice { name: "interval", least: 2, most: 200, usual: 15 },
        Choice { name: "service", least: 1, most: 100, usual: 10 },
        Choice { name: "places", least: 1, most: 10, usual: 3 },
        Choice { name: "late", least: 0, most: 900, usual: 0 },
    ],
    lists: &[ListChoice { name: EARLY, of: "numbers of wake-ups" }],
};

/// The terms of a run: what the learner's code can count on, and what is asked of it. Spans are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    pub messages: u64,
    pub burst: u64,
    pub interval: u64,
    pub service: u64,
    pub places: u64,
    pub late: u64,
}

impl Terms {
    fn of(address: &Address, setting: &Setting) -> Result<Terms, AddressError> {
        let [messages, burst, interval, service, places, late] =
            ["messages", "burst", "interval", "service", "places", "late"].map(|name| setting.number(name));
        if interval <= service {
            let why = "messages come faster than downstream works: `interval` must be longer than `service`";
            return Err(address.parameter_error("interval", why.to_owned()));
        }
        if late > (places - 1) * service {
            let why = "a wake-up is never later than `places - 1` times `service`";
            return Err(address.parameter_error("late", why.to_owned()));
        }
        let only_clocks = |fault: &&Fault| !matches!(fault, Fault::Skew(..));
        if let Some(fault) = address.faults.faults.iter().find(only_clocks) {
            let why = "in this exam nothing goes wrong but timers (`late`, `early`) and clocks (`skew:`)";
            return Err(address.fault_error(fault, why.to_owned()));
        }
        Ok(Terms { messages, burst, interval, service, places, late })
    }

    /// How long after it came a message is sent at the latest: see [`Limits::deadline`].
    pub fn deadline(&self) -> Time {
        Time::millis(self.burst * self.service + 2 * self.late + 2 * self.service)
    }

    fn limits(&self) -> Limits {
        Limits {
            burst: self.burst,
            interval: Duration::from_millis(self.interval),
            service: Duration::from_millis(self.service),
            places: self.places as usize,
            late: Duration::from_millis(self.late),
            deadline: Duration::from_nanos(self.deadline().as_nanos()),
        }
    }
}

/// Runs an address with the learner's code.
pub(super) fn run(address: &Address, build: Build) -> Result<Run, AddressError> {
    let setting = CHOICES.read(address)?;
    let terms = Terms::of(address, &setting)?;
    let moments = Rc::new(arrivals(address.seed, &terms));
    let last = moments.last().copied().unwrap_or(Time::ZERO);
    let steps = MOST_STEPS + MOST_STEPS_PER_MESSAGE * terms.messages;
    let mut world = staged(address, Bounds { steps, time: last + terms.deadline() + QUIET, pending: 10_000 });
    let mishaps = Mishaps::new();
    let downstream = world.add("downstream", Role::Consumer, move || {
        Downstream::new(terms.places as usize, Time::millis(terms.service))
    });
    let shaper = world.add(SHAPER, Role::Queue, {
        let (mishaps, early) = (mishaps.clone(), Set::from_iter(setting.list(EARLY)));
        move || Process::new(Shaping::new(build, terms.limits(), downstream, early.clone()), mishaps.clone())
    });
    world.add("producer", Role::Producer, move || Producer::new(shaper, moments.clone()));
    let played = played(world, address, &setting)?;
    let (findings, tally) = judge::judge(&played.0, &terms, shaper);
    let beyond = tally.peak.saturating_sub(terms.burst);
    let cost = Cost { messages: terms.messages, spent: [tally.wakes, beyond] };
    Ok(Run::of(played, findings, tally.reached, cost, &mishaps))
}
