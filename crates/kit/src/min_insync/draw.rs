// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: its size, its elections, and which kinds of faults happen in it, how often and when.

use std::collections::BTreeSet;

use sim::{Address, Fault, FaultScript, PacketFault, Stream};
use trace::Time;

use super::world::{CHOICES, CLIENT, CONTROLLER, ELECTIONS, replica};
use crate::draw::{Draw, Outage};
use crate::exhaustive::{Peril, Small};
use crate::setting::{written, written_number};

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

/// A run with faults: of all kinds, or such as let an epoch's remains be seen in the ones after it. There the lead goes to and fro
/// while somebody is slow, or who leads hears of none of that, or somebody leaves those in sync for long, or comes back soon.
pub(super) fn rough(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "rough", 0, 0);
    let address = setting(seed, &mut dice);
    let kind = dice.below(6);
    let address = match kind {
        0 => address,
        1 => address.with("messages", &(30 + dice.below(30)).to_string()).with("rate", "100"),
        _ => address.with("messages", &(15 + dice.below(15)).to_string()).with("rate", "30"),
    };
    let number = |name: &str| written_number(&address, name);
    let (messages, replicas) = (number("messages"), number("replicas"));
    let span_ms = messages * 1_000 / number("rate") + 60;
    let mut draw = Draw { dice, faults: Vec::new(), messages: 2 * messages, span_ms };
    let elections = match kind {
        0 => mixed(&mut draw, replicas),
        1 => to_and_fro(&mut draw, replicas),
        2 => unaware(&mut draw, replicas),
        3 => one_away(&mut draw, replicas),
        _ => away_and_back(&mut draw, replicas),
    };
    let address = Address { faults: FaultScript { faults: draw.faults }, ..address };
    if elections.is_empty() { address } else { address.with(ELECTIONS, &written(&elections)) }
}

/// All kinds of faults, and a few elections.
fn mixed(draw: &mut Draw, replicas: u64) -> BTreeSet<u64> {
    for _ in 0..2 {
        let (a, b) = two(draw, replicas);
        draw.packets("fetch", &replica(a), &replica(b), LONGEST_DELAY_MS);
        draw.packets("copy", &replica(b), &replica(a), LONGEST_DELAY_MS);
    }
    let told = 1 + draw.dice.below(replicas);
    let messages = std::mem::replace(&mut draw.messages, 6);
    draw.packets("role", CONTROLLER, &replica(told), LONGEST_DELAY_MS);
    draw.packets("propose", &replica(told), CONTROLLER, LONGEST_DELAY_MS);
    draw.messages = messages;
    for number in 1..=2 {
        draw.outages(&replica(number), Outage::Process, 6, LONGEST_OUTAGE_MS);
        draw.outages(&replica(number), Outage::Pause, 6, LONGEST_PAUSE_MS);
    }
    cuts(draw, replicas);
    let many = draw.dice.below(4);
    (0..many).map(|_| 5 + draw.dice.below(draw.span_ms + 600)).collect()
}

/// Elections one after the other, while now this one is cut off from its mates and now that one, too shortly to be put out of those
/// in sync; and what replicas say to each other is late.
fn to_and_fro(draw: &mut Draw, replicas: u64) -> BTreeSet<u64> {
    let mut elections = BTreeSet::new();
    let mut at_ms = 20 + draw.dice.below(100);
    while at_ms < draw.span_ms {
        let (one, other) = two(draw, replicas);
        let lasts_ms = 40 + draw.dice.below(220);
        let at = Time::millis(at_ms);
        if draw.yes(2) {
            let far = (1..=replicas).filter(|number| *number != one).map(replica).collect();
            draw.faults.extend(cut(vec![replica(one)], far, at, lasts_ms));
        } else {
            // In one direction: it still hears what the other says, which gets nothing any more.
            draw.faults.extend(cut_ways(vec![replica(other)], vec![replica(one)], at, lasts_ms, true));
        }
        for _ in 0..1 + draw.dice.below(3) {
            elections.insert(at_ms + draw.dice.below(lasts_ms + 40));
        }
        at_ms += lasts_ms + draw.dice.below(200);
    }
    // Sent in one epoch, heard in another.
    for _ in 0..10 {
        let (a, b) = two(draw, replicas);
        draw.faults.push(Fault::Packet {
            from: replica(a),
            to: replica(b),
            kind: "fetch".to_owned(),
            nth: 1 + draw.dice.below(draw.messages) as u32,
            what: PacketFault::Delay(Time::millis(40 + draw.dice.below(300))),
        });
    }
    elections
}

/// The first leader does not hear what the controller says, while it loses the lead and maybe gets it back.
fn unaware(draw: &mut Draw, replicas: u64) -> BTreeSet<u64> {
    let at_ms = 1 + draw.dice.below(draw.span_ms / 2);
    // Sometimes it hears of nobody but clients, and for longer than those may wait.
    let alone = draw.yes(3);
    let lasts_ms = if alone { 1_100 + draw.dice.below(400) } else { 100 + draw.dice.below(500) };
    let mates = (2..=replicas).filter(|_| alone).map(replica);
    let far = mates.chain([CONTROLLER.to_owned()]).collect();
    draw.faults.extend(cut(vec![replica(1)], far, Time::millis(at_ms), lasts_ms));
    if draw.yes(2) {
        let (one, other) = two(draw, replicas);
        let at = Time::millis(at_ms + draw.dice.below(lasts_ms));
        draw.faults.extend(cut(vec![replica(one)], vec![replica(other)], at, SHORTEST_CUT_MS));
    }
    (0..2 + draw.dice.below(3)).map(|_| at_ms + draw.dice.below(lasts_ms)).collect()
}

/// All but as many as must be in sync are away, for long enough that work goes on without them.
fn one_away(draw: &mut Draw, replicas: u64) -> BTreeSet<u64> {
    let lasts_ms = 1_500 + draw.dice.below(1_000);
    let first = if draw.yes(2) { replicas } else { 3 };
    let away = (first..=replicas).map(replica).collect();
    let stay = (1..first).map(replica).chain([CONTROLLER.to_owned()]).collect();
    let at = Time::millis(1 + draw.dice.below(60));
    draw.faults.extend(cut(away, stay, at, lasts_ms));
    BTreeSet::new()
}

/// Somebody is cut off for so long that it leaves those in sync, comes back, and is cut off for a short time once more, when an
/// election is near; what the controller says is late.
fn away_and_back(draw: &mut Draw, replicas: u64) -> BTreeSet<u64> {
    // Seldom the first leader, which is alone then.
    let one = if draw.yes(4) { 1 } else { 2 + draw.dice.below(replicas - 1) };
    let far: Vec<String> = (1..=replicas).filter(|number| *number != one).map(replica).collect();
    let (at_ms, lasts_ms) = (1 + draw.dice.below(60), 420 + draw.dice.below(150));
    draw.faults.extend(cut(vec![replica(one)], far.clone(), Time::millis(at_ms), lasts_ms));
    let elected_ms = at_ms + lasts_ms + draw.dice.below(250);
    let again_ms = elected_ms + 20 + draw.dice.below(150);
    let again_lasts_ms = 150 + draw.dice.below(150);
    draw.faults.extend(cut(vec![replica(one)], far, Time::millis(again_ms), again_lasts_ms));
    // Said when it had left, heard when it is back.
    for number in 1..=replicas {
        for nth in 3..7 {
            if draw.yes(3) {
                draw.faults.push(Fault::Packet {
                    from: CONTROLLER.to_owned(),
                    to: replica(number),
                    kind: "role".to_owned(),
                    nth,
                    what: PacketFault::Delay(Time::millis(150 + draw.dice.below(LONGEST_DELAY_MS - 150))),
                });
            }
        }
    }
    let mut elections = BTreeSet::from([elected_ms, again_ms + 40 + draw.dice.below(again_lasts_ms)]);
    if draw.yes(2) {
        elections.insert(at_ms + lasts_ms + draw.dice.below(400));
    }
    elections
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
    cut_ways(from, to, at, lasts_ms, false)
}

fn cut_ways(from: Vec<String>, to: Vec<String>, at: Time, lasts_ms: u64, one_way: bool) -> Vec<Fault> {
    let healed = at + Time::millis(lasts_ms);
    vec![
        Fault::Cut { from: from.clone(), to: to.clone(), one_way, at },
        Fault::Heal { from, to, one_way, at: healed },
    ]
}
