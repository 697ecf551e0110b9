// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: its size, and which kinds of faults happen in it, how often and when.

use sim::{Address, Fault, FaultScript, PacketFault, Stream};
use trace::Time;

use super::world::{CHOICES, DOWNSTREAM, FULL, PROCESS};
use crate::draw::{Draw, Outage};
use crate::setting::written;

/// Longer than anybody waits for an answer at first.
const LONGEST_DELAY_MS: u64 = 900;
const LONGEST_OUTAGE_MS: u64 = 60;
const LONGEST_PAUSE_MS: u64 = 400;
/// How long downstream can be away: a few tries, or a minute.
const CUTS_S: [u64; 4] = [1, 5, 30, 60];

/// A run without faults.
pub(super) fn calm(seed: u64) -> Address {
    setting(seed, &mut Stream::new(seed, "calm", 0, 0))
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
    if full.is_empty() { address } else { address.with(FULL, &written(&full)) }
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

/// Downstream is out of reach for a while.
fn cut(draw: &mut Draw) {
    if !draw.yes(4) {
        return;
    }
    let at = Time::millis(1 + draw.dice.below(draw.span_ms));
    let healed = at + Time::secs(CUTS_S[draw.dice.below(4) as usize]);
    let (from, to) = (vec![PROCESS.to_owned()], vec![DOWNSTREAM.to_owned()]);
    draw.faults.push(Fault::Cut { from: from.clone(), to: to.clone(), one_way: false, at });
    draw.faults.push(Fault::Heal { from, to, one_way: false, at: healed });
}

/// The publishes that find downstream full: some in a row.
fn full(draw: &mut Draw) -> Vec<u64> {
    if !draw.yes(3) {
        return Vec::new();
    }
    let first = 1 + draw.dice.below(draw.messages);
    (first..=first + draw.dice.below(4)).collect()
}
