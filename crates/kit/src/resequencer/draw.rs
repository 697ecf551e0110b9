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
    let (messages, keys, rate) = (number("messages"), number("keys"), number("rate"));
    let mut draw = Draw { dice, faults: Vec::new(), messages, keys, span_ms: messages * 1_000 / rate + 60 };
    draw.packets("deliver", "queue", PROCESS);
    draw.packets("ack", PROCESS, "queue");
    draw.late_publishes();
    draw.outages();
    draw.clock_jumps();
    let dead = draw.dead_letters();
    address.faults = FaultScript { faults: draw.faults };
    if !dead.is_empty() {
        let list: Vec<String> = dead.iter().map(u64::to_string).collect();
        address = address.with("dead-letters", &list.join(","));
    }
    address
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
    choices
        .iter()
        .fold(Address::new(SCENARIO, seed), |address, (name, value)| address.with(name, &value.to_string()))
}

/// One run in so many is a large one.
const ONE_LARGE_IN: u64 = 16;
/// A large run has at least so many messages.
const LEAST_LARGE: u64 = 100;
/// By how much clocks jump, in seconds: past a lease, an hour either way, a year. There is no timeout that is long enough.
const JUMPS_S: [i64; 4] = [3, 3_600, -3_600, 365 * 86_400];
/// Many keys in one half of the large runs, long ones in the other.
const LARGE_KEYS: [u64; 8] = [1, 1, 2, 3, 5, 6, 7, 8];

/// How many tries of a late publish are lost, beyond the first: each costs a second.
const MOST_LOST_AGAIN: u64 = 4;

struct Draw {
    dice: Stream,
    faults: Vec<Fault>,
    messages: u64,
    keys: u64,
    /// How long messages come, roughly, in milliseconds.
    span_ms: u64,
}

impl Draw {
    fn yes(&mut self, one_in: u64) -> bool {
        self.dice.below(one_in) == 0
    }

    fn is_large(&self) -> bool {
        self.messages >= LEAST_LARGE
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

    /// A message that reaches the queue late, because its publish is lost and the producer waits a second before it
    /// tries again; and the next tries, too. Its gap stays open longer than any lease, and it is no dead letter.
    fn late_publishes(&mut self) {
        if !self.yes(if self.is_large() { 2 } else { 5 }) {
            return;
        }
        let producer = self.dice.below(self.keys);
        let share = self.messages / self.keys + u64::from(producer < self.messages % self.keys);
        let lost = 1 + self.dice.below(share.max(1));
        // What is sent again comes behind the first tries of all its siblings, where those do not take longer.
        let again = self.dice.below(MOST_LOST_AGAIN + 1);
        for nth in std::iter::once(lost).chain((1..=again).map(|n| share + n)) {
            self.faults.push(Fault::Packet {
                from: format!("producer-{}", producer + 1),
                to: "queue".to_owned(),
                kind: "publish".to_owned(),
                nth: nth as u32,
                what: PacketFault::Drop,
            });
        }
    }

    /// The clock of the machine is set: whoever measures how long something took reads nonsense.
    fn clock_jumps(&mut self) {
        if !self.yes(3) {
            return;
        }
        for _ in 0..1 + self.dice.below(2) {
            let seconds = JUMPS_S[self.dice.below(4) as usize];
            // Also while the last gaps are waited for, which is after the last message came.
            let at = Time::millis(1 + self.dice.below(self.span_ms + 1_000));
            self.faults.push(Fault::Skew(PROCESS.to_owned(), seconds * 1_000_000_000, at));
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
        let large = self.is_large();
        let some = if large { !self.yes(4) } else { self.yes(3) };
        if !some {
            return Vec::new();
        }
        let most = if large { 16 } else { 3 };
        let mut dead: Vec<u64> =
            (0..1 + self.dice.below(most)).map(|_| 1 + self.dice.below(self.messages)).collect();
        dead.sort_unstable();
        dead.dedup();
        dead
    }
}
