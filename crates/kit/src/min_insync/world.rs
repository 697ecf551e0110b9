// SPDX-License-Identifier: MIT OR Apache-2.0
//! From an address to a run: a client, replicas that run the learner's code while they lead, and a controller.

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Address, AddressError, Dist, Fault, LinkConfig};
use trace::{NodeId, Role, Time};

use super::client::Client;
use super::controller::Controller;
use super::judge::{self, Given};
use super::process::{Books, Log, Others, Replicating};
use super::{ANSWER_WITHIN_MS, Build, Terms};
use crate::host::{Mishaps, Process};
use crate::reproducible::{Cost, Run};
use crate::setting::{Choice, Choices, ListChoice, Setting};
use crate::staging::{bounds, played, staged};

/// The controller's name; it does not fail.
pub(super) const CONTROLLER: &str = "controller";
pub(super) const CLIENT: &str = "client";

/// The replica of this number, from 1.
pub(super) fn replica(number: u64) -> String {
    format!("replica-{number}")
}

/// When elections are held, in milliseconds.
pub(super) const ELECTIONS: &str = "elections";

/// So long after the last fault and the last election all replicas are in sync again.
const MENDED: Time = Time::millis(1_500);
/// So many more records come then.
const MORE: u64 = 3;
const BETWEEN: Time = Time::millis(60);
/// And so long they have until the replicas fall silent.
const LAST: Time = Time::millis(1_200);
/// Timers that still run then have so long to end.
const QUIET: Time = Time::secs(30);
const MOST_STEPS: u64 = 20_000;

/// What an address of this exam can choose.
pub(super) const CHOICES: Choices = Choices {
    scenario: "exam/min-insync",
    numbers: &[
        Choice { name: "messages", least: 1, most: 100, usual: 6 },
        Choice { name: "rate", least: 1, most: 1_000, usual: 50 },
        Choice { name: "replicas", least: 3, most: 5, usual: 3 },
        Choice { name: "min", least: 2, most: 3, usual: 2 },
    ],
    lists: &[ListChoice { name: ELECTIONS, of: "milliseconds" }],
};

/// What the statement says does not fail must not.
fn check(address: &Address) -> Result<(), AddressError> {
    let fails = |fault: &&Fault| match fault {
        Fault::LoseDisk(..) | Fault::Skew(..) => true,
        Fault::Crash(node, _) | Fault::CrashMachine(node, _) | Fault::Pause(node, _) => {
            node == CONTROLLER || node == CLIENT
        }
        _ => false,
    };
    match address.faults.faults.iter().find(fails) {
        Some(fault) => {
            let why = "in this exam only replicas fail, they keep their disks, and nobody looks at a clock";
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
    let elections: Vec<Time> = setting.list(ELECTIONS).into_iter().map(Time::millis).collect();
    let (moments, well, until) = times(address, &setting, &elections);
    let mut bounds = bounds(address, &setting, QUIET, MOST_STEPS);
    bounds.time = until + QUIET;
    let mut world = staged(address, bounds);
    let replicas = setting.number("replicas") as u16;
    let min_insync = setting.number("min") as usize;
    let (controller, client) = (NodeId(replicas), NodeId(replicas + 1));
    let logs = vec![Log::default(); replicas.into()];
    let books = Rc::new(RefCell::new(Books { logs, ..Books::default() }));
    let others = Others { replicas, controller, client, until };
    for number in 1..=u64::from(replicas) {
        let terms = Terms { me: number, min_insync, answer_within_ms: ANSWER_WITHIN_MS };
        let (mishaps, books) = (mishaps.clone(), books.clone());
        world.add(&replica(number), Role::Queue, move || {
            Process::new(Replicating::new(build, terms, others, books.clone()), mishaps.clone())
        });
    }
    let calm = address.faults.is_empty() && elections.is_empty();
    let added = world.add(CONTROLLER, Role::Other, {
        let books = books.clone();
        move || Controller::new(replicas, client, elections.clone(), until, books.clone())
    });
    debug_assert_eq!(added, controller);
    let added = world.add(CLIENT, Role::Producer, move || Client::new(moments.clone()));
    debug_assert_eq!(added, client);
    // What replicas hear comes by many connections: one thing may overtake another.
    let latency = Dist::Uniform { from: Time::millis(1), to: Time::millis(4) };
    let link = LinkConfig { latency, reorders: true, ..LinkConfig::default() };
    for from in (0..replicas + 2).map(NodeId) {
        for to in (0..replicas + 2).map(NodeId).filter(|to| *to != from) {
            world.link(from, to, link);
        }
    }
    let played = played(world, address, &setting)?;
    let given = Given { min_insync, well: if calm { Time::ZERO } else { well } };
    let (findings, reached, confirmed) = judge::judge(&played.0, given);
    let books = books.borrow();
    let cost = Cost { messages: confirmed, spent: [books.answers, books.timers] };
    Ok(Run::of(played, findings, reached, cost, &mishaps))
}

/// When each record is sent; from when on nothing fails; and when the replicas fall silent.
fn times(address: &Address, setting: &Setting, elections: &[Time]) -> (Vec<Time>, Time, Time) {
    let between = Time(1_000_000_000 / setting.number("rate"));
    let nth = |n: u64| Time(between.0 * n);
    let mut moments: Vec<Time> = (1..=setting.number("messages")).map(nth).collect();
    let faults = address.faults.faults.iter().filter_map(Fault::at);
    let last = faults.chain(elections.iter().copied()).chain(moments.iter().copied()).max();
    let well = last.unwrap_or(Time::ZERO) + MENDED;
    moments.extend((0..MORE).map(|n| well + Time(BETWEEN.0 * n)));
    (moments, well, well + LAST)
}
