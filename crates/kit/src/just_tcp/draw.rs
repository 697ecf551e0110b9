// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: its size, how the stream is cut up, and which kinds of faults happen, how often and when.

use sim::{Address, Fault, FaultScript, PacketFault, Stream};
use trace::Time;

use super::lines::{RECEIVER, SENDER};
use super::world::{CHOICES, ENDS, READS, SEGMENT};
use crate::draw::{Draw, Outage};
use crate::exhaustive::{Peril, Small};
use crate::setting::written_number;

/// Longer than it takes until a connection is given up.
const LONGEST_DELAY_MS: u64 = 300;
const LONGEST_OUTAGE_MS: u64 = 200;
const LONGEST_CUT_MS: u64 = 400;

const THERE: [&str; 2] = [ENDS[SENDER], ENDS[RECEIVER]];
const BACK: [&str; 2] = [ENDS[RECEIVER], ENDS[SENDER]];

/// The small runs that are searched exhaustively.
pub(super) const SMALL: Small = Small {
    runs: &[
        "exam/just-tcp?seed=1&messages=3&rate=100&window=2",
        "exam/just-tcp?seed=2&messages=3&rate=200&window=2&segment=12",
    ],
    perils: &[
        Peril::Packet { kind: "bytes", way: THERE, what: PacketFault::Drop },
        Peril::Packet { kind: "bytes", way: THERE, what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)) },
        Peril::Packet { kind: "reply", way: BACK, what: PacketFault::Drop },
        Peril::Packet { kind: "reply", way: BACK, what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)) },
        Peril::Packet { kind: "connect", way: THERE, what: PacketFault::Drop },
        Peril::Packet { kind: "connected", way: BACK, what: PacketFault::Drop },
        Peril::Packet { kind: "reset", way: THERE, what: PacketFault::Drop },
        Peril::Packet { kind: "reset", way: BACK, what: PacketFault::Drop },
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_OUTAGE_MS / 2);
            let receiver = || ENDS[RECEIVER].to_owned();
            vec![Fault::Crash(receiver(), at), Fault::Restart(receiver(), back)]
        }),
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_OUTAGE_MS);
            let receiver = || ENDS[RECEIVER].to_owned();
            vec![Fault::Pause(receiver(), at), Fault::Resume(receiver(), back)]
        }),
        Peril::Moment(|at| cut(THERE, false, at, LONGEST_CUT_MS)),
    ],
};

/// A run without faults, in which each read is what was written at once.
pub(super) fn calm(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "calm", 0, 0);
    setting(seed, &mut dice)
}

/// A run with faults.
pub(super) fn rough(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "rough", 0, 0);
    let mut address = setting(seed, &mut dice);
    let number = |name: &str| written_number(&address, name);
    let messages = number("messages");
    let many = messages > 20;
    let span_ms = messages * 1_000 / number("rate") + 20 * messages.min(10);
    let reads = if many { [0, 0, 0, 0, 100, 1_000] } else { [0, 1, 1, 6, 30, 1_000] }[dice.below(6) as usize];
    let segment = if many { [0; 6] } else { [0, 0, 0, 2, 8, 40] }[dice.below(6) as usize];
    let mut draw = Draw { dice, faults: Vec::new(), messages, span_ms };
    // In one third of the runs the stream is cut up and nothing fails.
    if !draw.yes(3) {
        faults(&mut draw, segment);
    }
    address.faults = FaultScript { faults: draw.faults };
    let pieces = [(READS, reads), (SEGMENT, segment)];
    pieces
        .iter()
        .filter(|(_, most)| *most > 0)
        .fold(address, |address, (name, most)| address.with(name, &most.to_string()))
}

fn faults(draw: &mut Draw, segment: u64) {
    let packets = draw.messages * if segment > 0 { 6 } else { 2 };
    for (kind, [from, to], most) in [("bytes", THERE, packets), ("reply", BACK, 2 * draw.messages)] {
        if draw.yes(2) {
            lose(draw, kind, from, to, most);
        }
        if draw.yes(5) {
            let late = Time::millis(10 * (1 + draw.dice.below(LONGEST_DELAY_MS / 10)));
            one(draw, kind, from, to, most, PacketFault::Delay(late));
        }
    }
    for (kind, [from, to]) in [("connect", THERE), ("connected", BACK), ("reset", THERE), ("reset", BACK)] {
        if draw.yes(5) {
            one(draw, kind, from, to, 3, PacketFault::Drop);
        }
    }
    draw.outages(ENDS[RECEIVER], Outage::Process, 2, LONGEST_OUTAGE_MS);
    draw.outages(ENDS[RECEIVER], Outage::Pause, 4, LONGEST_OUTAGE_MS);
    draw.outages(ENDS[SENDER], Outage::Pause, 6, LONGEST_OUTAGE_MS);
    if draw.yes(3) {
        let at = Time::millis(1 + draw.dice.below(draw.span_ms));
        let lasts_ms = 20 + draw.dice.below(LONGEST_CUT_MS - 20);
        let way = if draw.yes(2) { THERE } else { BACK };
        let one_way = draw.yes(2);
        draw.faults.extend(cut(way, one_way, at, lasts_ms));
    }
}

/// Some packets of a kind are lost; now and then several that follow each other, so that one connection after the other breaks.
fn lose(draw: &mut Draw, kind: &str, from: &str, to: &str, most: u64) {
    let first = 1 + draw.dice.below(most) as u32;
    let row = if draw.yes(3) { 2 + draw.dice.below(5) as u32 } else { 1 };
    for nth in first..first + row {
        let (from, to, kind) = (from.to_owned(), to.to_owned(), kind.to_owned());
        draw.faults.push(Fault::Packet { from, to, kind, nth, what: PacketFault::Drop });
    }
    if draw.yes(3) {
        one(draw, kind, from, to, most, PacketFault::Drop);
    }
}

fn one(draw: &mut Draw, kind: &str, from: &str, to: &str, most: u64, what: PacketFault) {
    let nth = 1 + draw.dice.below(most) as u32;
    let (from, to, kind) = (from.to_owned(), to.to_owned(), kind.to_owned());
    draw.faults.push(Fault::Packet { from, to, kind, nth, what });
}

/// One run in so many has more messages than one byte can count.
const ONE_LARGE_IN: u64 = 40;

fn setting(seed: u64, dice: &mut Stream) -> Address {
    let large = dice.below(ONE_LARGE_IN) == 0;
    let choices = [
        ("messages", if large { 260 + dice.below(60) } else { 2 + dice.below(7) }),
        ("rate", if large { 1_000 } else { [20, 50, 200, 1_000][dice.below(4) as usize] }),
        ("window", if large { 8 + dice.below(20) } else { 1 + dice.below(4) }),
    ];
    choices.iter().fold(Address::new(CHOICES.scenario, seed), |address, (name, value)| {
        address.with(name, &value.to_string())
    })
}

fn cut([from, to]: [&str; 2], one_way: bool, at: Time, lasts_ms: u64) -> Vec<Fault> {
    let (from, to) = (vec![from.to_owned()], vec![to.to_owned()]);
    let healed = at + Time::millis(lasts_ms);
    vec![
        Fault::Cut { from: from.clone(), to: to.clone(), one_way, at },
        Fault::Heal { from, to, one_way, at: healed },
    ]
}
