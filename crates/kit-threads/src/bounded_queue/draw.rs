// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: how many threads and items, and which schedule.

use kit::making::written;
use sim::{Address, Stream};

use super::world::{CHOICES, WAKES};

/// A run in which a thread goes on until it waits: what it costs does not hang on a schedule's luck.
pub(super) fn calm(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "calm", 0, 0);
    let (producers, consumers) = (1 + dice.below(3), 1 + dice.below(3));
    setting(seed, producers, consumers, 6 + dice.below(10), 1 + dice.below(4))
}

/// A run whose schedule is drawn.
pub(super) fn rough(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "rough", 0, 0);
    let (producers, consumers) = (1 + dice.below(3), 1 + dice.below(3));
    let (items, bound) = (2 + dice.below(6), 1 + dice.below(3));
    let closer = [0, 0, 1, 2][dice.below(4) as usize];
    // More that wait for room than a consumer can wake on its way out, and then it is closed.
    let crowd = closer == 1 && dice.below(2) == 0;
    let (producers, consumers, items, bound) =
        if crowd { (4, 1, items.max(6), 1) } else { (producers, consumers, items, bound) };
    let address = setting(seed, producers, consumers, items, bound);
    // One half is drawn at every step, the other by priorities that change up to four times.
    let schedule = if dice.below(2) == 0 { 1 } else { 2 + dice.below(4) };
    let address = address.with("closer", &closer.to_string()).with("schedule", &schedule.to_string());
    let mut wakes: Vec<u64> = (0..dice.below(3)).map(|_| 1 + dice.below(6)).collect();
    wakes.sort_unstable();
    wakes.dedup();
    if wakes.is_empty() { address } else { address.with(WAKES, &written(&wakes)) }
}

/// The cases all of whose schedules are tried that have at most so many switches which nothing forces.
pub(super) fn small() -> [(Address, usize); 2] {
    [(setting(1, 1, 1, 2, 1), 4), (setting(1, 2, 2, 2, 2).with("closer", "2"), 2)]
}

/// What they are.
pub(super) const SMALL: &str = "schedules of two items in which nothing forces more than four switches (one producer, one \
                                consumer, one place) or two (two of each)";

fn setting(seed: u64, producers: u64, consumers: u64, items: u64, bound: u64) -> Address {
    let choices = [("producers", producers), ("consumers", consumers), ("items", items), ("bound", bound)];
    choices.iter().fold(Address::new(CHOICES.scenario, seed), |address, (name, value)| {
        address.with(name, &value.to_string())
    })
}
