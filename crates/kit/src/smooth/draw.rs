// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: its envelope, and how timers and clocks behave in it.

use sim::{Address, Fault, FaultScript, Stream};
use trace::Time;

use super::world::{CHOICES, EARLY, SHAPER};
use crate::exhaustive::{Peril, Small};
use crate::setting::written;

/// The small runs that are searched exhaustively.
pub(super) const SMALL: Small = Small {
    runs: &[
        "exam/smooth?seed=1&messages=4&burst=3&interval=15&service=10&places=2",
        "exam/smooth?seed=1&messages=4&burst=4&interval=15&service=10&places=2&late=10",
    ],
    perils: &[
        Peril::Moment(|at| vec![Fault::Skew(SHAPER.to_owned(), 3_600_000_000_000, at)]),
        Peril::Listed(EARLY),
    ],
};

/// A run without faults: bursts come, and every wake-up is on time.
pub(super) fn calm(seed: u64) -> Address {
    setting(seed, &mut Stream::new(seed, "calm", 0, 0))
}

/// A run with faults.
pub(super) fn rough(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "rough", 0, 0);
    let mut address = setting(seed, &mut dice);
    let number = |name: &str| address.parameters[name].parse::<u64>().unwrap_or(1);
    let (messages, interval) = (number("messages"), number("interval"));
    let most_late = (number("places") - 1) * number("service");
    // Each kind of fault has runs of its own: one hides what another alone would show (swarm testing: Groce et al.,
    // ISSTA 2012).
    if dice.below(3) > 0 {
        let late = most_late - dice.below(most_late / 2 + 1);
        address = address.with("late", &late.to_string());
    }
    if dice.below(2) == 0 {
        let early = early(messages, &mut dice);
        address = address.with(EARLY, &written(&early));
    }
    if dice.below(3) == 0 {
        address.faults = FaultScript { faults: jumps(messages * interval, &mut dice) };
    }
    address
}

/// One run in so many is a large one.
const ONE_LARGE_IN: u64 = 16;

fn setting(seed: u64, dice: &mut Stream) -> Address {
    let large = dice.below(ONE_LARGE_IN) == 0;
    let (burst, messages) = if large {
        (20 + dice.below(81), 110 + dice.below(91))
    } else {
        (4 + dice.below(17), 8 + dice.below(41))
    };
    let service = [4, 6, 10, 20][dice.below(4) as usize];
    // From nine tenths of what downstream can do to a half.
    let interval = service + (service * (10 + dice.below(91))).div_ceil(100);
    let choices = [
        ("messages", messages),
        ("burst", burst),
        ("interval", interval),
        ("service", service),
        ("places", 1 + dice.below(5)),
        ("late", 0),
    ];
    choices.iter().fold(Address::new(CHOICES.scenario, seed), |address, (name, value)| {
        address.with(name, &value.to_string())
    })
}

/// Wake-ups that come too early: some here and there, or one after the other.
fn early(messages: u64, dice: &mut Stream) -> Vec<u64> {
    let first = 1 + dice.below(messages);
    let step = 1 + dice.below(3);
    (0..1 + dice.below(12)).map(|n| first + n * step).collect()
}

/// The clock on the wall is set, and perhaps put right again, which is a jump as well.
fn jumps(span_ms: u64, dice: &mut Stream) -> Vec<Fault> {
    let by = [60_000, 3_600_000, 86_400_000][dice.below(3) as usize] + dice.below(1_000);
    let at = 1 + dice.below(span_ms);
    let set = |offset_ms: u64, at: u64| {
        Fault::Skew(SHAPER.to_owned(), offset_ms as i64 * 1_000_000, Time::millis(at))
    };
    let mut faults = vec![set(by, at)];
    if dice.below(2) == 0 {
        faults.push(set(0, at + 1 + dice.below(span_ms)));
    }
    faults
}
