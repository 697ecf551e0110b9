// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: its size, which work goes wrong, and which kinds of faults happen, how often and when.

use sim::{Address, Fault, FaultScript, PacketFault, Stream};
use trace::Time;

use super::world::{CHOICES, FAILS, QUEUE, STORE, STUCK, worker};
use crate::draw::{Draw, Outage};
use crate::exhaustive::{Peril, Small};
use crate::setting::written_number;

/// Longer than a lease, two times over.
const LONGEST_DELAY_MS: u64 = 1_200;
const LONGEST_OUTAGE_MS: u64 = 300;
const LONGEST_PAUSE_MS: u64 = 1_600;
const LONGEST_CUT_MS: u64 = 1_500;
/// How long a job is at work at the longest, and somewhat more.
const WORK_MS: u64 = 2_000;

/// The small runs that are searched exhaustively.
pub(super) const SMALL: Small = Small {
    runs: &[
        "exam/lease?seed=1&messages=1&rate=100&workers=1",
        "exam/lease?seed=1&messages=2&rate=100&workers=2",
    ],
    perils: &[
        Peril::Packet { kind: "extend", way: ["worker-1", QUEUE], what: PacketFault::Drop },
        Peril::Packet { kind: "extended", way: [QUEUE, "worker-1"], what: PacketFault::Drop },
        Peril::Packet { kind: "effect", way: ["worker-1", STORE], what: PacketFault::Drop },
        Peril::Packet { kind: "effect", way: ["worker-1", STORE], what: PacketFault::Duplicate },
        Peril::Packet {
            kind: "effect",
            way: ["worker-1", STORE],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet { kind: "done", way: [STORE, "worker-1"], what: PacketFault::Drop },
        Peril::Packet { kind: "ack", way: ["worker-1", QUEUE], what: PacketFault::Drop },
        Peril::Packet {
            kind: "ack",
            way: ["worker-1", QUEUE],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet { kind: "removed", way: [QUEUE, "worker-1"], what: PacketFault::Drop },
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_OUTAGE_MS / 2);
            vec![Fault::Crash(worker(1), at), Fault::Restart(worker(1), back)]
        }),
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_PAUSE_MS);
            vec![Fault::Pause(worker(1), at), Fault::Resume(worker(1), back)]
        }),
        Peril::Moment(|at| cut(vec![worker(1)], vec![QUEUE.to_owned()], at, LONGEST_CUT_MS)),
        Peril::Listed(STUCK),
        Peril::Listed(FAILS),
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
    let mut address = setting(seed, &mut dice);
    let number = |name: &str| written_number(&address, name);
    let (messages, workers) = (number("messages"), number("workers"));
    let span_ms = messages * 1_000 / number("rate") + WORK_MS;
    let mut draw = Draw { dice, faults: Vec::new(), messages, span_ms };
    for number in 1..=workers {
        let worker = worker(number);
        // There are as many heartbeats as pieces of a lease.
        draw.messages = 6 * messages;
        draw.packets("extend", &worker, QUEUE, LONGEST_DELAY_MS);
        draw.messages = messages.min(4);
        draw.packets("extended", QUEUE, &worker, LONGEST_DELAY_MS);
        draw.packets("effect", &worker, STORE, LONGEST_DELAY_MS);
        draw.packets("done", STORE, &worker, LONGEST_DELAY_MS);
        draw.packets("ack", &worker, QUEUE, LONGEST_DELAY_MS);
        draw.packets("removed", QUEUE, &worker, LONGEST_DELAY_MS);
        draw.outages(&worker, Outage::Process, 4, LONGEST_OUTAGE_MS);
        draw.outages(&worker, Outage::Pause, 2, LONGEST_PAUSE_MS);
        draw.clock_jumps(&worker, 0);
        if draw.yes(3) {
            let far = if draw.yes(2) { QUEUE } else { STORE };
            let at = Time::millis(1 + draw.dice.below(span_ms));
            let lasts_ms = 100 + draw.dice.below(LONGEST_CUT_MS - 100);
            draw.faults.extend(cut(vec![worker], vec![far.to_owned()], at, lasts_ms));
        }
    }
    // Where nothing else fails it can be seen who lets a lease run out.
    if draw.yes(4) {
        draw.faults.retain(|fault| matches!(fault, Fault::Skew(..)));
    }
    for list in [STUCK, FAILS] {
        if draw.yes(3) {
            address = address.with(list, &(1 + draw.dice.below(messages)).to_string());
        }
    }
    Address { faults: FaultScript { faults: draw.faults }, ..address }
}

fn setting(seed: u64, dice: &mut Stream) -> Address {
    let choices = [
        ("messages", 2 + dice.below(5)),
        ("rate", [2, 5, 20][dice.below(3) as usize]),
        ("workers", 2 + dice.below(2)),
    ];
    choices.iter().fold(Address::new(CHOICES.scenario, seed), |address, (name, value)| {
        address.with(name, &value.to_string())
    })
}

fn cut(from: Vec<String>, to: Vec<String>, at: Time, lasts_ms: u64) -> Vec<Fault> {
    let healed = at + Time::millis(lasts_ms);
    vec![
        Fault::Cut { from: from.clone(), to: to.clone(), one_way: false, at },
        Fault::Heal { from, to, one_way: false, at: healed },
    ]
}
