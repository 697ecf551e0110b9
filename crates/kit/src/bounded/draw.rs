// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: how much comes, how long it may wait, and when the consumer slows down.

use sim::{Address, Fault, FaultScript, Stream};
use trace::Time;

use super::world::{CHOICES, CONSUMER};
use crate::exhaustive::{Peril, Small};

/// The small runs that are searched exhaustively.
pub(super) const SMALL: Small = Small {
    runs: &[
        "exam/bounded?seed=1&messages=4&producers=2&rate=60&burst=2&places=2&target=120&worst=40&service=20",
        "exam/bounded?seed=1&messages=4&rate=100&places=3&target=90&worst=40&service=20",
    ],
    perils: &[
        // As slow as it may get in these runs, which is half as fast; and at its own pace again.
        Peril::Moment(|at| vec![Fault::Slow(CONSUMER.to_owned(), 1_950, at)]),
        Peril::Moment(|at| vec![Fault::Slow(CONSUMER.to_owned(), 1_000, at)]),
    ],
};

/// A run without faults: the consumer keeps its usual pace, which is enough for what comes on average, and a burst alone
/// fills no queue. What is shed then costs points, and how much that is must not hang on the seed.
pub(super) fn calm(seed: u64) -> Address {
    let address = setting(seed, &mut Stream::new(seed, "calm", 0, 0), 30, 95);
    let number = |name: &str| address.parameters[name].parse::<u64>().unwrap_or(1);
    let room = number("places").min(number("target") / number("worst"));
    let burst = number("burst").min(room);
    address.with("burst", &burst.to_string()).with("spike", "0")
}

/// A run with faults: more may come than can be done, and the consumer slows down, by some or to its worst.
pub(super) fn rough(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "rough", 0, 0);
    let mut address = setting(seed, &mut dice, 40, 300);
    let number = |name: &str| address.parameters[name].parse::<u64>().unwrap_or(1);
    let slowest = (number("worst") - 1) * 1_000 / number("service");
    let span_ms = 1 + number("messages") * 1_000 / number("rate");
    let mut faults = Vec::new();
    for _ in 0..1 + dice.below(2) {
        let slow =
            |permille: u64, at: u64| Fault::Slow(CONSUMER.to_owned(), permille as u32, Time::millis(at));
        let permille = if dice.below(3) > 0 { slowest } else { 1_000 + dice.below(slowest - 999) };
        let at = 1 + dice.below(span_ms);
        faults.push(slow(permille, at));
        if dice.below(2) == 0 {
            faults.push(slow(1_000, at + 1 + dice.below(2 * span_ms)));
        }
    }
    // At last it keeps its usual pace again, and what waits must drain.
    let last = faults.iter().max_by_key(|fault| fault.at());
    if !matches!(last, Some(Fault::Slow(_, 1_000, _))) {
        faults.push(Fault::Slow(CONSUMER.to_owned(), 1_000, Time::millis(4 * span_ms)));
    }
    address.faults = FaultScript { faults };
    address
}

/// One run in so many is a large one.
const ONE_LARGE_IN: u64 = 16;

/// The load lies between these two percentages of what the consumer usually does.
fn setting(seed: u64, dice: &mut Stream, least: u64, most: u64) -> Address {
    let large = dice.below(ONE_LARGE_IN) == 0;
    let service = [9, 19, 29, 49][dice.below(4) as usize];
    let worst = (service + 1) * (120 + dice.below(281)) / 100;
    let rate = (10 * (least + dice.below(most - least + 1)) / (service + 1)).max(1);
    let places = if large { 4 + dice.below(47) } else { 1 + dice.below(8) };
    // In one half of the runs there is time for fewer than there are places, in the other for more.
    let in_time = if dice.below(2) == 0 { 1 + dice.below(places) } else { places + dice.below(places + 1) };
    // Now and then the last place is in time to the very millisecond.
    let more = if dice.below(4) == 0 { 0 } else { dice.below(worst) };
    let burst = [1, 1, 1 + dice.below(6), 2 + dice.below(3 * places)][dice.below(4) as usize];
    let spike = if burst == 1 && dice.below(3) == 0 { rate * (2 + dice.below(9)) } else { 0 };
    let choices = [
        ("messages", if large { 110 + dice.below(91) } else { 6 + dice.below(35) }),
        ("producers", 1 + dice.below(3)),
        ("rate", rate),
        ("burst", burst),
        ("spike", spike),
        ("places", places),
        ("target", in_time * worst + more),
        ("worst", worst),
        ("service", service),
    ];
    choices.iter().fold(Address::new(CHOICES.scenario, seed), |address, (name, value)| {
        address.with(name, &value.to_string())
    })
}
