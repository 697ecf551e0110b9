// SPDX-License-Identifier: MIT OR Apache-2.0
//! The ceiling: the queue as a loop with nothing around it, over the agenda that our engine has.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

use crate::workload::{INTERARRIVAL_NS, Outcome, Run, SERVERS, SERVICE_NS, Waits};

/// Bits of a key that name the slab's slot.
const SLOT_BITS: u32 = 24;

/// What happens at a moment.
#[derive(Clone, Copy)]
enum Happening {
    Arrival,
    Departure,
}

/// Keys in a heap, payloads in a slab: the heap moves 16 bytes whatever an event carries, and no two keys are equal, so
/// that events of one moment leave in the order in which they came.
#[derive(Default)]
struct Agenda {
    /// `time_ns: u64 | sequence: u40 | slot: u24`, smallest first.
    keys: BinaryHeap<Reverse<u128>>,
    slots: Vec<Happening>,
    free: Vec<u32>,
    sequence: u64,
}

impl Agenda {
    fn schedule(&mut self, at_ns: u64, happening: Happening) {
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = happening;
                slot
            }
            None => {
                self.slots.push(happening);
                self.slots.len() as u32 - 1
            }
        };
        let tie_and_slot = self.sequence << SLOT_BITS | u64::from(slot);
        self.sequence += 1;
        self.keys.push(Reverse(u128::from(at_ns) << 64 | u128::from(tie_and_slot)));
    }

    fn next(&mut self) -> Option<(u64, Happening)> {
        let Reverse(key) = self.keys.pop()?;
        let slot = key as u32 & ((1 << SLOT_BITS) - 1);
        self.free.push(slot);
        Some(((key >> 64) as u64, self.slots[slot as usize]))
    }
}

/// An exponential draw [ns], by inversion. `libm` and not `std`, as in the engine: the same bits on every target.
fn exponential_ns(rng: &mut Xoshiro256PlusPlus, mean_ns: f64) -> u64 {
    // 53 bits in (0, 1]: the logarithm never sees zero.
    let uniform = ((rng.next_u64() >> 11) + 1) as f64 * (-53f64).exp2();
    (-libm::log(uniform) * mean_ns) as u64
}

/// Runs the queue.
pub fn simulate(run: Run) -> Outcome {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(run.seed);
    let mut agenda = Agenda::default();
    let mut waiting: VecDeque<u64> = VecDeque::new();
    let mut waits = Waits::new(run);
    let (mut events, mut arrived, mut busy) = (0, 0, 0);

    agenda.schedule(exponential_ns(&mut rng, INTERARRIVAL_NS), Happening::Arrival);
    while let Some((now_ns, happening)) = agenda.next() {
        events += 1;
        match happening {
            Happening::Arrival => {
                arrived += 1;
                if arrived < run.customers {
                    agenda.schedule(now_ns + exponential_ns(&mut rng, INTERARRIVAL_NS), Happening::Arrival);
                }
                waiting.push_back(now_ns);
            }
            Happening::Departure => busy -= 1,
        }
        if busy < SERVERS
            && let Some(arrived_ns) = waiting.pop_front()
        {
            busy += 1;
            waits.note((now_ns - arrived_ns) as f64);
            agenda.schedule(now_ns + exponential_ns(&mut rng, SERVICE_NS), Happening::Departure);
        }
    }
    Outcome { events, waits, unit: SERVICE_NS }
}
