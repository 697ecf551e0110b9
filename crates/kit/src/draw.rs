// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which faults a seed stands for: the kinds that more than one exam draws.
//!
//! Each run draws its own mix. A run in which everything goes wrong at once hides what one kind of fault alone would
//! show (swarm testing: Groce et al., ISSTA 2012).

use sim::{Fault, PacketFault, Stream};
use trace::Time;

/// By how much clocks jump, in seconds: past a lease, an hour either way, a year. There is no timeout that is long enough.
const JUMPS_S: [i64; 4] = [3, 3_600, -3_600, 365 * 86_400];

/// Dice, and the faults that they came to.
pub(crate) struct Draw {
    pub dice: Stream,
    pub faults: Vec<Fault>,
    /// How many messages the run has.
    pub messages: u64,
    /// How long messages come, roughly, in milliseconds.
    pub span_ms: u64,
}

/// How a process stops for a while.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outage {
    /// Its process crashes.
    Process,
    /// Its machine crashes.
    Machine,
    /// It stands still.
    Pause,
}

impl Draw {
    /// Yes in one case of so many.
    pub fn yes(&mut self, one_in: u64) -> bool {
        self.dice.below(one_in) == 0
    }

    fn moment_ms(&mut self) -> u64 {
        1 + self.dice.below(self.span_ms)
    }

    /// Single packets lost, copied or held up, the last by so many milliseconds at most.
    pub fn packets(&mut self, kind: &str, from: &str, to: &str, longest_ms: u64) {
        for what in [PacketFault::Drop, PacketFault::Duplicate, PacketFault::Delay(Time::ZERO)] {
            if !self.yes(3) {
                continue;
            }
            for _ in 0..1 + self.dice.below(3) {
                let nth = 1 + self.dice.below(self.messages) as u32;
                let what = match what {
                    PacketFault::Delay(_) => {
                        PacketFault::Delay(Time::millis(10 * (1 + self.dice.below(longest_ms / 10))))
                    }
                    other => other,
                };
                let (from, to, kind) = (from.to_owned(), to.to_owned(), kind.to_owned());
                self.faults.push(Fault::Packet { from, to, kind, nth, what });
            }
        }
    }

    /// One or two outages of a process, each with its end, in one run of so many.
    pub fn outages(&mut self, process: &str, kind: Outage, one_in: u64, longest_ms: u64) {
        if !self.yes(one_in) {
            return;
        }
        for _ in 0..1 + self.dice.below(2) {
            let at = Time::millis(self.moment_ms());
            let back = at + Time::millis(5 + self.dice.below(longest_ms));
            let process = process.to_owned();
            let (harm, mend) = match kind {
                Outage::Process => (Fault::Crash(process.clone(), at), Fault::Restart(process, back)),
                Outage::Machine => (Fault::CrashMachine(process.clone(), at), Fault::Restart(process, back)),
                Outage::Pause => (Fault::Pause(process.clone(), at), Fault::Resume(process, back)),
            };
            self.faults.push(harm);
            self.faults.push(mend);
        }
    }

    /// The clock of a machine is set: whoever measures how long something took reads nonsense. Up to so many milliseconds
    /// after the last message came.
    pub fn clock_jumps(&mut self, process: &str, after_ms: u64) {
        if !self.yes(3) {
            return;
        }
        for _ in 0..1 + self.dice.below(2) {
            let seconds = JUMPS_S[self.dice.below(4) as usize];
            let at = Time::millis(1 + self.dice.below(self.span_ms + after_ms));
            self.faults.push(Fault::Skew(process.to_owned(), seconds * 1_000_000_000, at));
        }
    }

    /// A publish is lost, so that its message reaches the queue late: the producer waits a second before it tries again.
    /// Up to so many tries more are lost, too. `producer` counts from 0 and has `share` messages.
    pub fn late_publish(&mut self, producer: u64, share: u64, most_again: u64) {
        let lost = 1 + self.dice.below(share.max(1));
        let again = self.dice.below(most_again + 1);
        // What is sent again comes behind the first tries of all its siblings, where those do not take longer.
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
}
