// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: its size, and which kinds of faults happen in it, how often and when.

use sim::{Address, Fault, FaultScript, PacketFault, Stream};
use trace::Time;

use super::world::{CHOICES, DOWNSTREAM, FULL, LASTS, PROCESS};
use crate::draw::{Draw, Outage};
use crate::exhaustive::{Peril, Small};

/// Longer than anybody waits for an answer at first.
const LONGEST_DELAY_MS: u64 = 900;
const LONGEST_OUTAGE_MS: u64 = 60;
const LONGEST_PAUSE_MS: u64 = 400;
/// How long downstream can be away: a few tries, or a minute.
const CUTS_S: [u64; 4] = [1, 5, 30, 60];
/// How long downstream can be full: a try or two, or longer than anybody may knock without a pause.
const FULL_MS: [u64; 4] = [50, 200, 1_000, 5_000];

/// One run without faults in so many is a large one: with faults the short ones tell more.
const ONE_LARGE_IN: u64 = 5;

/// The small runs that are searched exhaustively.
pub(super) const SMALL: Small = Small {
    runs: &[
        "exam/at-least-once?seed=1&messages=2&prefetch=2&rate=100",
        "exam/at-least-once?seed=1&messages=3&prefetch=1&rate=50",
    ],
    perils: &[
        Peril::Packet { kind: "effect", way: [PROCESS, DOWNSTREAM], what: PacketFault::Drop },
        Peril::Packet { kind: "effect", way: [PROCESS, DOWNSTREAM], what: PacketFault::Duplicate },
        Peril::Packet {
            kind: "effect",
            way: [PROCESS, DOWNSTREAM],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet { kind: "done", way: [DOWNSTREAM, PROCESS], what: PacketFault::Drop },
        Peril::Packet { kind: "done", way: [DOWNSTREAM, PROCESS], what: PacketFault::Duplicate },
        Peril::Packet {
            kind: "done",
            way: [DOWNSTREAM, PROCESS],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet { kind: "deliver", way: ["queue", PROCESS], what: PacketFault::Duplicate },
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_OUTAGE_MS / 2);
            vec![Fault::Crash(PROCESS.to_owned(), at), Fault::Restart(PROCESS.to_owned(), back)]
        }),
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_PAUSE_MS);
            vec![Fault::Pause(PROCESS.to_owned(), at), Fault::Resume(PROCESS.to_owned(), back)]
        }),
        Peril::Moment(|at| {
            let (from, to) = (vec![PROCESS.to_owned()], vec![DOWNSTREAM.to_owned()]);
            let healed = at + Time::secs(1);
            vec![
                Fault::Cut { from: from.clone(), to: to.clone(), one_way: false, at },
                Fault::Heal { from, to, one_way: false, at: healed },
            ]
        }),
    ],
};

/// A run without faults.
pub(super) fn calm(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "calm", 0, 0);
    let address = setting(seed, &mut dice);
    if seed.is_multiple_of(ONE_LARGE_IN) {
        address.with("messages", &(65 + dice.below(36)).to_string())
    } else {
        address
    }
}

/// A run with faults.
pub(super) fn rough(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "rough", 0, 0);
    let address = setting(seed, &mut dice);
    let number = |name: &str| address.parameters[name].parse::<u64>().unwrap_or(1);
    let (messages, rate) = (number("messages"), number("rate"));
    let mut draw = Draw { dice, faults: Vec::new(), messages, span_ms: messages * 1_000 / rate + 60 };
    draw.packets("effect", PROCESS, DOWNSTREAM, LONGEST_DELAY_MS);
    draw.packets("done", DOWNSTREAM, PROCESS, LONGEST_DELAY_MS);
    second_deliveries(&mut draw);
    draw.outages(PROCESS, Outage::Process, 2, LONGEST_OUTAGE_MS);
    draw.outages(PROCESS, Outage::Pause, 5, LONGEST_PAUSE_MS);
    cut(&mut draw);
    let full = full(&mut draw);
    let address = Address { faults: FaultScript { faults: draw.faults }, ..address };
    full.map_or(address.clone(), |(at, lasts)| {
        address.with(FULL, &at.to_string()).with(LASTS, &lasts.to_string())
    })
}

fn setting(seed: u64, dice: &mut Stream) -> Address {
    let choices = [
        ("messages", 3 + dice.below(8)),
        ("prefetch", 1 + dice.below(5)),
        ("rate", [20, 50, 100][dice.below(3) as usize]),
    ];
    choices.iter().fold(Address::new(CHOICES.scenario, seed), |address, (name, value)| {
        address.with(name, &value.to_string())
    })
}

/// The connection to the queue loses nothing while it stands, and may say a thing twice.
fn second_deliveries(draw: &mut Draw) {
    if !draw.yes(3) {
        return;
    }
    for _ in 0..1 + draw.dice.below(3) {
        draw.faults.push(Fault::Packet {
            from: "queue".to_owned(),
            to: PROCESS.to_owned(),
            kind: "deliver".to_owned(),
            nth: 1 + draw.dice.below(draw.messages) as u32,
            what: PacketFault::Duplicate,
        });
    }
}

/// Downstream is out of reach for a while, and meanwhile the process may crash: what was tried for long is forgotten.
fn cut(draw: &mut Draw) {
    if !draw.yes(4) {
        return;
    }
    let at = Time::millis(1 + draw.dice.below(draw.span_ms));
    let lasts_ms = 1_000 * CUTS_S[draw.dice.below(4) as usize];
    let healed = at + Time::millis(lasts_ms);
    let (from, to) = (vec![PROCESS.to_owned()], vec![DOWNSTREAM.to_owned()]);
    draw.faults.push(Fault::Cut { from: from.clone(), to: to.clone(), one_way: false, at });
    draw.faults.push(Fault::Heal { from, to, one_way: false, at: healed });
    if draw.yes(2) {
        let at = at + Time::millis(draw.dice.below(lasts_ms));
        let back = at + Time::millis(5 + draw.dice.below(LONGEST_OUTAGE_MS));
        draw.faults.push(Fault::Crash(PROCESS.to_owned(), at));
        draw.faults.push(Fault::Restart(PROCESS.to_owned(), back));
    }
}

/// From when downstream is full, and for how long.
fn full(draw: &mut Draw) -> Option<(u64, u64)> {
    if !draw.yes(3) {
        return None;
    }
    Some((draw.dice.below(draw.span_ms), FULL_MS[draw.dice.below(4) as usize]))
}
