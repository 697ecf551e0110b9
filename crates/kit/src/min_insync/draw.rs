// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: its size, its elections, and which kinds of faults happen in it, how often and when.

use sim::{Address, Fault, FaultScript, PacketFault, Stream};
use trace::Time;

use super::world::{CHOICES, CLIENT, CONTROLLER, ELECTIONS, replica};
use crate::draw::{Draw, Outage};
use crate::exhaustive::{Peril, Small};
use crate::setting::written;

/// Longer than most epochs of a run.
const LONGEST_DELAY_MS: u64 = 600;
const LONGEST_OUTAGE_MS: u64 = 300;
const LONGEST_PAUSE_MS: u64 = 600;
/// Shorter than it takes to be put out of those in sync, or longer.
const LONGEST_CUT_MS: u64 = 900;
const SHORTEST_CUT_MS: u64 = 100;

/// The small runs that are searched exhaustively.
pub(super) const SMALL: Small = Small {
    runs: &[
        "exam/min-insync?seed=1&messages=3&rate=200",
        "exam/min-insync?seed=1&messages=3&rate=200&elections=14",
    ],
    perils: &[
        Peril::Packet { kind: "fetch", way: ["replica-2", "replica-1"], what: PacketFault::Drop },
        Peril::Packet { kind: "fetch", way: ["replica-2", "replica-1"], what: PacketFault::Duplicate },
        Peril::Packet {
            kind: "fetch",
            way: ["replica-2", "replica-1"],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet { kind: "copy", way: ["replica-1", "replica-2"], what: PacketFault::Drop },
        Peril::Packet { kind: "role", way: [CONTROLLER, "replica-1"], what: PacketFault::Drop },
        Peril::Packet {
            kind: "role",
            way: [CONTROLLER, "replica-1"],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_OUTAGE_MS / 2);
            vec![Fault::Crash(replica(1), at), Fault::Restart(replica(1), back)]
        }),
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_PAUSE_MS);
            vec![Fault::Pause(replica(2), at), Fault::Resume(replica(2), back)]
        }),
        Peril::Moment(|at| cut(vec![replica(1)], vec![replica(2), replica(3)], at, LONGEST_CUT_MS)),
    ],
};

/// A run without faults.
pub(super) fn calm(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "calm", 0, 0);
    setting(seed, &mut dice)
}

/// A run with faults.
pub(super) fn rough(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "rough", 0, 0);
    let address = setting(seed, &mut dice);
    let number = |name: &str, usual| address.parameters.get(name).and_then(|n| n.parse().ok()).unwrap_or(usual);
    let (messages, rate, replicas) = (number("messages", 6), number("rate", 50), number("replicas", 3));
    let span_ms = messages * 1_000 / rate + 60;
    let mut draw = Draw { dice, faults: Vec::new(), messages: 2 * messages, span_ms };
    for _ in 0..2 {
        let (a, b) = two(&mut draw, replicas);
        draw.packets("fetch", &replica(a), &replica(b), LONGEST_DELAY_MS);
        draw.packets("copy", &replica(b), &replica(a), LONGEST_DELAY_MS);
    }
    let told = 1 + draw.dice.below(replicas);
    draw.messages = 6;
    draw.packets("role", CONTROLLER, &replica(told), LONGEST_DELAY_MS);
    draw.packets("propose", &replica(told), CONTROLLER, LONGEST_DELAY_MS);
    for number in 1..=2 {
        draw.outages(&replica(number), Outage::Process, 6, LONGEST_OUTAGE_MS);
        draw.outages(&replica(number), Outage::Pause, 6, LONGEST_PAUSE_MS);
    }
    cuts(&mut draw, replicas);
    let elections = elections(&mut draw);
    let address = Address { faults: FaultScript { faults: draw.faults }, ..address };
    if elections.is_empty() { address } else { address.with(ELECTIONS, &written(&elections)) }
}

fn setting(seed: u64, dice: &mut Stream) -> Address {
    let replicas = [3, 3, 3, 4, 5][dice.below(5) as usize];
    let min = if replicas > 3 { 2 + dice.below(2) } else { 2 };
    let choices = [
        ("messages", 3 + dice.below(10)),
        ("rate", [10, 30, 100][dice.below(3) as usize]),
        ("replicas", replicas),
        ("min", min),
    ];
    choices.iter().fold(Address::new(CHOICES.scenario, seed), |address, (name, value)| {
        address.with(name, &value.to_string())
    })
}

/// Two replicas; the first leader is one of them more often than chance would have it.
fn two(draw: &mut Draw, replicas: u64) -> (u64, u64) {
    let b = if draw.yes(2) { 1 } else { 1 + draw.dice.below(replicas) };
    let a = 1 + (b + draw.dice.below(replicas - 1)) % replicas;
    (a, b)
}

/// Elections come when they come: the controller needs no reason.
fn elections(draw: &mut Draw) -> Vec<u64> {
    let many = draw.dice.below(4);
    let mut all: Vec<u64> = (0..many).map(|_| 5 + draw.dice.below(draw.span_ms + 600)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Some are cut off from the others, with or without the controller, and sometimes in one direction only.
fn cuts(draw: &mut Draw, replicas: u64) {
    if !draw.yes(2) {
        return;
    }
    for _ in 0..1 + draw.dice.below(2) {
        let (other, one) = two(draw, replicas);
        let far = (1..=replicas).filter(|number| *number != one);
        let far: Vec<String> = match draw.dice.below(4) {
            0 => vec![replica(other)],
            1 => vec![CONTROLLER.to_owned()],
            2 => far.map(replica).collect(),
            _ => far.map(replica).chain([CONTROLLER.to_owned(), CLIENT.to_owned()]).collect(),
        };
        let at = Time::millis(1 + draw.dice.below(draw.span_ms));
        let lasts_ms = SHORTEST_CUT_MS + draw.dice.below(LONGEST_CUT_MS - SHORTEST_CUT_MS);
        draw.faults.extend(cut(vec![replica(one)], far, at, lasts_ms));
    }
}

fn cut(from: Vec<String>, to: Vec<String>, at: Time, lasts_ms: u64) -> Vec<Fault> {
    let healed = at + Time::millis(lasts_ms);
    vec![
        Fault::Cut { from: from.clone(), to: to.clone(), one_way: false, at },
        Fault::Heal { from, to, one_way: false, at: healed },
    ]
}
