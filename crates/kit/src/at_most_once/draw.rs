// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: its size, and which kinds of faults happen in it, how often and when.

use sim::{Address, Fault, FaultScript, PacketFault, Stream};
use trace::Time;

use super::world::{CHOICES, PROCESS};
use crate::draw::{Draw, Outage};
use crate::exhaustive::{Peril, Small};

/// Longer than a lease and an outage together: what is held up comes when its message was handed out again.
const LONGEST_DELAY_MS: u64 = 900;
const LONGEST_OUTAGE_MS: u64 = 60;
/// Longer than a lease: the process goes on with a message that is not its own any more.
const LONGEST_PAUSE_MS: u64 = 900;

/// One run without faults in so many is a large one: with faults the short ones tell more.
const ONE_LARGE_IN: u64 = 5;

/// The small runs that are searched exhaustively.
pub(super) const SMALL: Small = Small {
    runs: &["exam/at-most-once?seed=1&messages=2&rate=100", "exam/at-most-once?seed=1&messages=3&rate=20"],
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
        Peril::Packet { kind: "removed", way: ["queue", PROCESS], what: PacketFault::Drop },
        Peril::Packet { kind: "removed", way: ["queue", PROCESS], what: PacketFault::Duplicate },
        Peril::Packet {
            kind: "removed",
            way: ["queue", PROCESS],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet { kind: "publish", way: ["producer-1", "queue"], what: PacketFault::Drop },
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_OUTAGE_MS / 2);
            vec![Fault::Crash(PROCESS.to_owned(), at), Fault::Restart(PROCESS.to_owned(), back)]
        }),
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_PAUSE_MS);
            vec![Fault::Pause(PROCESS.to_owned(), at), Fault::Resume(PROCESS.to_owned(), back)]
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
    draw.packets("deliver", "queue", PROCESS, LONGEST_DELAY_MS);
    draw.packets("ack", PROCESS, "queue", LONGEST_DELAY_MS);
    draw.packets("removed", "queue", PROCESS, LONGEST_DELAY_MS);
    draw.outages(PROCESS, Outage::Process, 2, LONGEST_OUTAGE_MS);
    draw.outages(PROCESS, Outage::Pause, 4, LONGEST_PAUSE_MS);
    if draw.yes(4) {
        draw.late_publish(0, messages, 0);
    }
    Address { faults: FaultScript { faults: draw.faults }, ..address }
}

fn setting(seed: u64, dice: &mut Stream) -> Address {
    let (messages, rate) = (3 + dice.below(10), [20, 50, 100][dice.below(3) as usize]);
    Address::new(CHOICES.scenario, seed)
        .with("messages", &messages.to_string())
        .with("rate", &rate.to_string())
}
