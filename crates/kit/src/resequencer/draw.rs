// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: its size, and which kinds of faults happen in it, how often and when.
//!
//! Each run draws its own mix. A run in which everything goes wrong at once hides what one kind of fault alone would
//! show (swarm testing: Groce et al., ISSTA 2012).

use sim::{Address, Fault, FaultScript, PacketFault, Stream};
use trace::Time;

use super::world::{CHOICES, DEAD_LETTERS, PROCESS};
use crate::draw::{Draw, Outage};
use crate::exhaustive::{Peril, Small};
use crate::setting::written;

/// The small runs that are searched exhaustively.
pub(super) const SMALL: Small = Small {
    runs: &[
        "exam/resequencer?seed=1&messages=3&keys=1&buffer=1&prefetch=3&rate=200",
        "exam/resequencer?seed=1&messages=4&keys=2&buffer=2&prefetch=4&rate=400&jitter=200",
    ],
    perils: &[
        Peril::Packet { kind: "deliver", way: ["queue", PROCESS], what: PacketFault::Drop },
        Peril::Packet { kind: "deliver", way: ["queue", PROCESS], what: PacketFault::Duplicate },
        Peril::Packet {
            kind: "deliver",
            way: ["queue", PROCESS],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet { kind: "ack", way: [PROCESS, "queue"], what: PacketFault::Drop },
        Peril::Packet { kind: "ack", way: [PROCESS, "queue"], what: PacketFault::Duplicate },
        Peril::Packet {
            kind: "ack",
            way: [PROCESS, "queue"],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet { kind: "publish", way: ["producer-1", "queue"], what: PacketFault::Drop },
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_OUTAGE_MS / 2);
            vec![Fault::Crash(PROCESS.to_owned(), at), Fault::Restart(PROCESS.to_owned(), back)]
        }),
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_OUTAGE_MS / 2);
            vec![Fault::CrashMachine(PROCESS.to_owned(), at), Fault::Restart(PROCESS.to_owned(), back)]
        }),
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_OUTAGE_MS);
            vec![Fault::Pause(PROCESS.to_owned(), at), Fault::Resume(PROCESS.to_owned(), back)]
        }),
        Peril::Moment(|at| vec![Fault::Skew(PROCESS.to_owned(), 3_600_000_000_000, at)]),
        Peril::Listed(DEAD_LETTERS),
    ],
};

/// A run without faults. Deliveries may overtake one another: that is the queue's right and no fault. What is under way fits
/// into the buffer: the cost of these runs counts, and a full buffer costs hand-outs whatever the answer does.
pub(super) fn calm(seed: u64) -> Address {
    let address = setting(seed, &mut Stream::new(seed, "calm", 0, 0));
    let buffer: u64 = address.parameters["buffer"].parse().unwrap_or(1);
    address.with("prefetch", &(buffer + 1).to_string())
}

/// A run with faults.
pub(super) fn rough(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "rough", 0, 0);
    let mut address = setting(seed, &mut dice);
    let number = |name: &str| address.parameters[name].parse::<u64>().unwrap_or(1);
    let (messages, keys, rate) = (number("messages"), number("keys"), number("rate"));
    let large = messages >= LEAST_LARGE;
    let mut draw = Draw { dice, faults: Vec::new(), messages, span_ms: messages * 1_000 / rate + 60 };
    draw.packets("deliver", "queue", PROCESS, LONGEST_DELAY_MS);
    draw.packets("ack", PROCESS, "queue", LONGEST_DELAY_MS);
    late_publish(&mut draw, keys, large);
    draw.outages(PROCESS, Outage::Process, 2, LONGEST_OUTAGE_MS);
    draw.outages(PROCESS, Outage::Machine, 2, LONGEST_OUTAGE_MS);
    draw.outages(PROCESS, Outage::Pause, 5, LONGEST_OUTAGE_MS);
    // Also while the last gaps are waited for, which is after the last message came.
    draw.clock_jumps(PROCESS, 1_000);
    let dead = dead_letters(&mut draw, large);
    address.faults = FaultScript { faults: draw.faults };
    if dead.is_empty() { address } else { address.with(DEAD_LETTERS, &written(&dead)) }
}

/// Mostly small, because small runs tell short stories; now and then one that no table of fixed size and no window of
/// a few places gets through.
fn setting(seed: u64, dice: &mut Stream) -> Address {
    let large = dice.below(ONE_LARGE_IN) == 0;
    let (messages, keys, buffer, rates) = if large {
        (
            LEAST_LARGE + dice.below(61),
            LARGE_KEYS[dice.below(8) as usize],
            3 + dice.below(14),
            [200, 400, 800, 1_600],
        )
    } else {
        (6 + dice.below(19), 1 + dice.below(4), 2 + dice.below(4), [50, 100, 200, 400])
    };
    let choices = [
        ("messages", messages),
        ("keys", keys),
        ("buffer", buffer),
        // What is held takes its part of the prefetch; what waits comes round through the rest, the faster the more.
        ("prefetch", if large { 2 * buffer } else { buffer } + 2 + dice.below(2 * buffer)),
        ("rate", rates[dice.below(4) as usize]),
        ("jitter", [0, 50, 100, 200][dice.below(4) as usize]),
    ];
    choices.iter().fold(Address::new(CHOICES.scenario, seed), |address, (name, value)| {
        address.with(name, &value.to_string())
    })
}

/// One run in so many is a large one.
const ONE_LARGE_IN: u64 = 16;
/// A large run has at least so many messages.
const LEAST_LARGE: u64 = 100;
/// The longest delay of a packet: shorter than a lease.
const LONGEST_DELAY_MS: u64 = 400;
const LONGEST_OUTAGE_MS: u64 = 60;
/// Many keys in one half of the large runs, long ones in the other.
const LARGE_KEYS: [u64; 8] = [1, 1, 2, 3, 5, 6, 7, 8];

/// How many tries of a late publish are lost, beyond the first: each costs a second.
const MOST_LOST_AGAIN: u64 = 4;

/// A message that reaches the queue late: its gap stays open longer than any lease, and it is no dead letter.
fn late_publish(draw: &mut Draw, keys: u64, large: bool) {
    if !draw.yes(if large { 2 } else { 5 }) {
        return;
    }
    let producer = draw.dice.below(keys);
    let share = draw.messages / keys + u64::from(producer < draw.messages % keys);
    draw.late_publish(producer, share, MOST_LOST_AGAIN);
}

/// Messages that the queue will put aside.
fn dead_letters(draw: &mut Draw, large: bool) -> Vec<u64> {
    let some = if large { !draw.yes(4) } else { draw.yes(3) };
    if !some {
        return Vec::new();
    }
    let most = if large { 16 } else { 3 };
    let mut dead: Vec<u64> =
        (0..1 + draw.dice.below(most)).map(|_| 1 + draw.dice.below(draw.messages)).collect();
    dead.sort_unstable();
    dead.dedup();
    dead
}
