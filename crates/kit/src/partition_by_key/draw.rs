// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: its size, who comes and goes, and which kinds of faults happen, how often and when.

use sim::{Address, Fault, FaultScript, PacketFault, Stream};
use trace::Time;

use super::judge::KEYS_FOR_LOAD;
use super::world::{CHOICES, JOINS, LEAVES, ROUTER, STORE, consumer};
use crate::draw::{Draw, Outage};
use crate::exhaustive::{Peril, Small};

/// Longer than a member may leave a message without an answer.
const LONGEST_DELAY_MS: u64 = 900;
const LONGEST_PAUSE_MS: u64 = 1_200;
const LONGEST_OUTAGE_MS: u64 = 60;
const LONGEST_CUT_MS: u64 = 900;

/// One run with faults in so many is a large one, in which the load can be judged.
const ONE_LARGE_IN: u64 = 16;
/// So often each key comes in a large run: in each of three generations once, and a little more.
const ROUNDS: u64 = 4;

/// The small runs that are searched exhaustively.
pub(super) const SMALL: Small = Small {
    runs: &[
        "exam/partition-by-key?seed=1&messages=3&keys=1&consumers=2&window=2&rate=400&joins=10",
        "exam/partition-by-key?seed=1&messages=4&keys=2&consumers=2&window=4&rate=400&leaves=10",
    ],
    perils: &[
        Peril::Packet { kind: "deliver", way: [ROUTER, "consumer-1"], what: PacketFault::Drop },
        Peril::Packet { kind: "deliver", way: [ROUTER, "consumer-1"], what: PacketFault::Duplicate },
        Peril::Packet {
            kind: "deliver",
            way: [ROUTER, "consumer-1"],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet { kind: "ack", way: ["consumer-1", ROUTER], what: PacketFault::Drop },
        Peril::Packet { kind: "ack", way: ["consumer-1", ROUTER], what: PacketFault::Duplicate },
        Peril::Packet {
            kind: "ack",
            way: ["consumer-1", ROUTER],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet {
            kind: "effect",
            way: ["consumer-1", STORE],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_OUTAGE_MS / 2);
            vec![Fault::Crash("consumer-1".to_owned(), at), Fault::Restart("consumer-1".to_owned(), back)]
        }),
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_PAUSE_MS);
            vec![Fault::Pause("consumer-1".to_owned(), at), Fault::Resume("consumer-1".to_owned(), back)]
        }),
        Peril::Packet { kind: "deliver", way: [ROUTER, "consumer-2"], what: PacketFault::Drop },
        Peril::Packet { kind: "deliver", way: [ROUTER, "consumer-2"], what: PacketFault::Duplicate },
        Peril::Packet {
            kind: "deliver",
            way: [ROUTER, "consumer-2"],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet { kind: "ack", way: ["consumer-2", ROUTER], what: PacketFault::Drop },
        Peril::Packet { kind: "ack", way: ["consumer-2", ROUTER], what: PacketFault::Duplicate },
        Peril::Packet {
            kind: "ack",
            way: ["consumer-2", ROUTER],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet {
            kind: "effect",
            way: ["consumer-2", STORE],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_OUTAGE_MS / 2);
            vec![Fault::Crash("consumer-2".to_owned(), at), Fault::Restart("consumer-2".to_owned(), back)]
        }),
        Peril::Moment(|at| {
            let back = at + Time::millis(LONGEST_PAUSE_MS);
            vec![Fault::Pause("consumer-2".to_owned(), at), Fault::Resume("consumer-2".to_owned(), back)]
        }),
        Peril::Packet {
            kind: "fence",
            way: [ROUTER, STORE],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Packet {
            kind: "fenced",
            way: [STORE, ROUTER],
            what: PacketFault::Delay(Time::millis(LONGEST_DELAY_MS)),
        },
        Peril::Moment(|at| {
            let (from, to) = (vec![consumer(1)], vec![ROUTER.to_owned()]);
            let healed = at + Time::millis(LONGEST_CUT_MS);
            vec![
                Fault::Cut { from: from.clone(), to: to.clone(), one_way: false, at },
                Fault::Heal { from, to, one_way: false, at: healed },
            ]
        }),
    ],
};

/// A run without faults. Members join and leave: that is what they are free to do, and no fault.
pub(super) fn calm(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "calm", 0, 0);
    setting(seed, &mut dice, seed.is_multiple_of(2))
}

/// A run with faults.
pub(super) fn rough(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "rough", 0, 0);
    let large = dice.below(ONE_LARGE_IN) == 0;
    let mut address = setting(seed, &mut dice, large);
    let number = |name: &str| address.parameters[name].parse::<u64>().unwrap_or(1);
    let (messages, rate, consumers) = (number("messages"), number("rate"), number("consumers"));
    let span_ms = messages * 1_000 / rate + 60;
    // One link carries a part of the messages.
    let mut draw = Draw { dice, faults: Vec::new(), messages: messages.div_ceil(consumers), span_ms };
    for n in 1..=consumers {
        let name = consumer(n);
        if draw.yes(2) {
            draw.packets("deliver", ROUTER, &name, LONGEST_DELAY_MS);
            draw.packets("ack", &name, ROUTER, LONGEST_DELAY_MS);
        }
        late(&mut draw, "effect", &name, STORE);
        draw.outages(&name, Outage::Process, 4, LONGEST_OUTAGE_MS);
        draw.outages(&name, Outage::Pause, 4, LONGEST_PAUSE_MS);
        cut(&mut draw, &name);
    }
    late(&mut draw, "fence", ROUTER, STORE);
    late(&mut draw, "fenced", STORE, ROUTER);
    address.faults = FaultScript { faults: draw.faults };
    address
}

fn setting(seed: u64, dice: &mut Stream, large: bool) -> Address {
    let least_keys = KEYS_FOR_LOAD as u64;
    let (messages, keys, consumers, rate) = if large {
        (ROUNDS * least_keys, least_keys, 3 + dice.below(2), [400, 600][dice.below(2) as usize])
    } else {
        (
            5 + dice.below(16),
            1 + dice.below(4),
            1 + dice.below(4),
            [50, 100, 200, 400][dice.below(4) as usize],
        )
    };
    let span_ms = messages * 1_000 / rate;
    let mut address = Address::new(CHOICES.scenario, seed);
    for (name, value) in [
        ("messages", messages),
        ("keys", keys),
        ("consumers", consumers),
        ("rate", rate),
        ("window", 4 + dice.below(9)),
    ] {
        address = address.with(name, &value.to_string());
    }
    // In thirds, so that in large runs each generation is long enough to see who has which key.
    let moment = |dice: &mut Stream| if large { span_ms / 3 } else { 1 + dice.below(span_ms) };
    if consumers > 1 && dice.below(3) > 0 {
        address = address.with(JOINS, &moment(dice).to_string());
    }
    if consumers > 1 && dice.below(3) > 0 {
        let moment = if large { 2 * span_ms / 3 } else { moment(dice) };
        address = address.with(LEAVES, &moment.to_string());
    }
    address
}

/// A packet of a connection that loses nothing is late, and everything behind it.
fn late(draw: &mut Draw, kind: &str, from: &str, to: &str) {
    if !draw.yes(5) {
        return;
    }
    let what = PacketFault::Delay(Time::millis(10 * (1 + draw.dice.below(LONGEST_DELAY_MS / 10))));
    let nth = 1 + draw.dice.below(draw.messages.min(6)) as u32;
    let (from, to, kind) = (from.to_owned(), to.to_owned(), kind.to_owned());
    draw.faults.push(Fault::Packet { from, to, kind, nth, what });
}

/// A consumer does not reach the router for a while, and works on: the store it does reach.
fn cut(draw: &mut Draw, consumer: &str) {
    if !draw.yes(6) {
        return;
    }
    let at = Time::millis(1 + draw.dice.below(draw.span_ms));
    let healed = at + Time::millis(50 + draw.dice.below(LONGEST_CUT_MS));
    let (from, to) = (vec![consumer.to_owned()], vec![ROUTER.to_owned()]);
    draw.faults.push(Fault::Cut { from: from.clone(), to: to.clone(), one_way: false, at });
    draw.faults.push(Fault::Heal { from, to, one_way: false, at: healed });
}
