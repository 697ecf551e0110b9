// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: its size, and which kinds of faults happen in it, how often and when.
//!
//! Each run draws its own mix. A run in which everything goes wrong at once hides what one kind of fault alone would
//! show (swarm testing: Groce et al., ISSTA 2012).

use sim::{Address, Fault, FaultScript, PacketFault, Stream};
use trace::Time;

use super::world::{PROCESS, SCENARIO};

/// A run without faults. Deliveries may overtake one another: that is the queue's right and no fault.
pub(super) fn calm(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "calm", 0, 0);
    setting(seed, &mut dice)
}

/// A run with faults.
pub(super) fn rough(seed: u64) -> Address {
    let mut dice = Stream::new(seed, "rough", 0, 0);
    let mut address = setting(seed, &mut dice);
    let number = |name: &str| address.parameters[name].parse::<u64>().unwrap_or(1);
    let (messages, rate) = (number("messages"), number("rate"));
    let mut draw = Draw { dice, faults: Vec::new(), messages, span_ms: messages * 1_000 / rate + 60 };
    draw.packets("deliver", "queue", PROCESS);
    draw.packets("ack", PROCESS, "queue");
    draw.outages();
    let dead = draw.dead_letters();
    address.faults = FaultScript { faults: draw.faults };
    if !dead.is_empty() {
        let list: Vec<String> = dead.iter().map(u64::to_string).collect();
        address = address.with("dead-letters", &list.join(","));
    }
    address
}

fn setting(seed: u64, dice: &mut Stream) -> Address {
    let buffer = 2 + dice.below(4);
    let choices = [
        ("messages", 6 + dice.below(19)),
        ("keys", 1 + dice.below(4)),
        ("buffer", buffer),
        ("prefetch", buffer + 2 + dice.below(2 * buffer)),
        ("rate", [50, 100, 200, 400][dice.below(4) as usize]),
        ("jitter", [0, 50, 100, 200][dice.below(4) as usize]),
    ];
    choices
        .iter()
        .fold(Address::new(SCENARIO, seed), |address, (name, value)| address.with(name, &value.to_string()))
}

struct Draw {
    dice: Stream,
    faults: Vec<Fault>,
    messages: u64,
    /// How long messages come, roughly, in milliseconds.
    span_ms: u64,
}

impl Draw {
    fn yes(&mut self, one_in: u64) -> bool {
        self.dice.below(one_in) == 0
    }

    fn moment_ms(&mut self) -> u64 {
        1 + self.dice.below(self.span_ms)
    }

    /// Single packets lost, copied or held up.
    fn packets(&mut self, kind: &str, from: &str, to: &str) {
        for what in [PacketFault::Drop, PacketFault::Duplicate, PacketFault::Delay(Time::ZERO)] {
            if !self.yes(3) {
                continue;
            }
            for _ in 0..1 + self.dice.below(3) {
                let nth = 1 + self.dice.below(self.messages) as u32;
                let what = match what {
                    PacketFault::Delay(_) => PacketFault::Delay(Time::millis(10 * (1 + self.dice.below(40)))),
                    other => other,
                };
                let (from, to, kind) = (from.to_owned(), to.to_owned(), kind.to_owned());
                self.faults.push(Fault::Packet { from, to, kind, nth, what });
            }
        }
    }

    /// Crashes and pauses, each with its end.
    fn outages(&mut self) {
        let process = PROCESS.to_owned();
        for kind in 0..3 {
            if !self.yes(if kind == 2 { 5 } else { 2 }) {
                continue;
            }
            for _ in 0..1 + self.dice.below(2) {
                let at = Time::millis(self.moment_ms());
                let back = at + Time::millis(5 + self.dice.below(60));
                let (harm, mend) = match kind {
                    0 => (Fault::Crash(process.clone(), at), Fault::Restart(process.clone(), back)),
                    1 => (Fault::CrashMachine(process.clone(), at), Fault::Restart(process.clone(), back)),
                    _ => (Fault::Pause(process.clone(), at), Fault::Resume(process.clone(), back)),
                };
                self.faults.push(harm);
                self.faults.push(mend);
            }
        }
    }

    /// Messages that the queue will put aside.
    fn dead_letters(&mut self) -> Vec<u64> {
        if !self.yes(3) {
            return Vec::new();
        }
        let mut dead: Vec<u64> =
            (0..1 + self.dice.below(3)).map(|_| 1 + self.dice.below(self.messages)).collect();
        dead.sort_unstable();
        dead.dedup();
        dead
    }
}
