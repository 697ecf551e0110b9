// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is still to happen, in order.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use trace::Time;

const SLOT_BITS: u32 = 24;
const SEQUENCE_BITS: u32 = 40;
const SLOT_MASK: u128 = (1 << SLOT_BITS) - 1;
/// Entries of one moment with this bit come after all others of that moment, whenever they were put in.
const LAST: u64 = 1 << (SEQUENCE_BITS - 1);
/// A lane for each of the few constant delays a model uses; a further delay goes to the heap, which is never wrong.
const MAX_LANES: usize = 8;

/// Entries ordered by time, ties by insertion.
///
/// A binary heap of packed keys `time:64 | sequence:40 | slot:24` over a slab: comparing two entries is comparing two
/// integers, and the payload never moves. Entries put in with one constant delay are already in order; they wait in a
/// FIFO lane of their own, which costs no heap work (leases, heartbeats, fixed latencies). Measured best for this load
/// among eight structures.
///
/// Complexity: `insert` and `pop` *O*(log n) through the heap and *O*(1) through a lane; `cancel` *O*(1) amortised: the
/// entry dies in its slot, and dead keys are swept out once they are the majority.
#[derive(Debug)]
pub struct Agenda<T> {
    heap: BinaryHeap<Reverse<u128>>,
    /// The heap's top has happened already. Most handlers put in what follows from it, and overwriting the top costs
    /// one sift instead of two; whoever looks at the heap settles this first.
    stale_top: bool,
    lanes: Vec<Lane>,
    slab: Vec<Slot<T>>,
    free: Vec<u32>,
    sequence: u64,
    last_sequence: u64,
    dead: usize,
}

#[derive(Debug)]
struct Lane {
    delay: Time,
    keys: VecDeque<u128>,
}

#[derive(Debug)]
struct Slot<T> {
    sequence: u64,
    entry: Option<T>,
}

/// Names an entry for [`Agenda::cancel`]. One that has happened already names nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerId {
    slot: u32,
    sequence: u64,
}

impl TimerId {
    /// Names nothing, ever.
    pub(crate) const NONE: TimerId = TimerId { slot: u32::MAX, sequence: u64::MAX };
}

impl<T> Default for Agenda<T> {
    fn default() -> Agenda<T> {
        Agenda {
            heap: BinaryHeap::new(),
            stale_top: false,
            lanes: Vec::new(),
            slab: Vec::new(),
            free: Vec::new(),
            sequence: 0,
            last_sequence: LAST,
            dead: 0,
        }
    }
}

impl<T> Agenda<T> {
    /// The most entries that can wait at once: what a key's slot can name.
    pub const CAPACITY: usize = 1 << SLOT_BITS;

    /// How many entries wait.
    pub fn len(&self) -> usize {
        self.slab.len() - self.free.len() - self.dead
    }

    /// Whether nothing is left to happen.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether one more entry fits.
    #[inline]
    pub fn has_room(&self) -> bool {
        !self.free.is_empty() || self.slab.len() < Self::CAPACITY
    }

    /// Puts an entry in. The caller has asked [`Agenda::has_room`].
    // Inlined by force down to the slab, here and in `Core::insert`: else the entry is built on the stack, copied word
    // by word and read back at another width, and the processor waits for it (3 ns an event, measured).
    #[inline(always)]
    pub fn insert(&mut self, at: Time, entry: T) -> TimerId {
        let (key, id) = self.place(at, entry);
        self.push(key);
        id
    }

    /// Puts an entry in at `now + delay`, where `delay` is one of a few constants. `now` never goes back.
    #[inline]
    pub fn insert_after(&mut self, now: Time, delay: Time, entry: T) -> TimerId {
        let (key, id) = self.place(now + delay, entry);
        match self.lanes.iter().position(|lane| lane.delay == delay) {
            Some(lane) => self.lanes[lane].keys.push_back(key),
            None if self.lanes.len() < MAX_LANES => {
                self.lanes.push(Lane { delay, keys: VecDeque::from([key]) });
            }
            None => self.push(key),
        }
        id
    }

    /// Puts an entry in behind everything else of its moment, also behind what is put in later.
    pub fn insert_last(&mut self, at: Time, entry: T) {
        let slot = self.take_slot(self.last_sequence, entry);
        self.push(pack(at, self.last_sequence, slot));
        self.last_sequence += 1;
    }

    /// Takes the next entry out, with its moment and the name it had.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, TimerId, T)> {
        loop {
            let key = self.pop_key()?;
            let slot = (key & SLOT_MASK) as u32;
            self.free.push(slot);
            match self.slab[slot as usize].entry.take() {
                Some(entry) => {
                    let at = Time((key >> (SLOT_BITS + SEQUENCE_BITS)) as u64);
                    return Some((at, TimerId { slot, sequence: key as u64 >> SLOT_BITS }, entry));
                }
                None => self.dead -= 1,
            }
        }
    }

    /// Takes an entry out before its time. Returns it, or `None` if it has happened or was cancelled already.
    pub fn cancel(&mut self, id: TimerId) -> Option<T> {
        let slot = self.slab.get_mut(id.slot as usize).filter(|slot| slot.sequence == id.sequence)?;
        let entry = slot.entry.take()?;
        self.dead += 1;
        if self.dead > 64 && self.dead * 2 > self.slab.len() - self.free.len() {
            self.sweep();
        }
        Some(entry)
    }

    #[inline(always)]
    fn push(&mut self, key: u128) {
        if !self.stale_top {
            self.heap.push(Reverse(key));
        } else if let Some(mut top) = self.heap.peek_mut() {
            *top = Reverse(key);
            self.stale_top = false;
        }
    }

    #[inline]
    fn settle(&mut self) {
        if self.stale_top {
            self.heap.pop();
            self.stale_top = false;
        }
    }

    #[inline]
    fn pop_key(&mut self) -> Option<u128> {
        self.settle();
        let top = self.heap.peek().map_or(u128::MAX, |Reverse(key)| *key);
        let mut best = (top, None);
        for (n, lane) in self.lanes.iter().enumerate() {
            if let Some(key) = lane.keys.front().filter(|key| **key < best.0) {
                best = (*key, Some(n));
            }
        }
        match best {
            (u128::MAX, None) => None,
            (key, None) => {
                self.stale_top = true;
                Some(key)
            }
            (_, Some(n)) => self.lanes[n].keys.pop_front(),
        }
    }

    #[inline(always)]
    fn place(&mut self, at: Time, entry: T) -> (u128, TimerId) {
        let sequence = self.sequence;
        self.sequence += 1;
        debug_assert!(sequence < LAST, "2^39 entries: the step bound is far below");
        let slot = self.take_slot(sequence, entry);
        (pack(at, sequence, slot), TimerId { slot, sequence })
    }

    #[inline(always)]
    fn take_slot(&mut self, sequence: u64, entry: T) -> u32 {
        let filled = Slot { sequence, entry: Some(entry) };
        match self.free.pop() {
            Some(slot) => {
                self.slab[slot as usize] = filled;
                slot
            }
            None => {
                assert!(self.slab.len() < Self::CAPACITY, "callers ask has_room first");
                self.slab.push(filled);
                (self.slab.len() - 1) as u32
            }
        }
    }

    /// Drops the keys of cancelled entries: acks leave their lease timers behind.
    fn sweep(&mut self) {
        self.settle();
        let (slab, free) = (&self.slab, &mut self.free);
        let mut keep = |key: &u128| {
            let slot = (*key & SLOT_MASK) as u32;
            let alive = slab[slot as usize].entry.is_some();
            if !alive {
                free.push(slot);
            }
            alive
        };
        self.heap.retain(|Reverse(key)| keep(key));
        for lane in &mut self.lanes {
            lane.keys.retain(&mut keep);
        }
        self.dead = 0;
    }
}

#[inline]
fn pack(at: Time, sequence: u64, slot: u32) -> u128 {
    (u128::from(at.0) << (SLOT_BITS + SEQUENCE_BITS)) | (u128::from(sequence) << SLOT_BITS) | u128::from(slot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u64),
        After(u64),
        Last(u64),
        Pop,
        Cancel(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0..50u64).prop_map(Step::Insert),
            3 => prop_oneof![Just(5), Just(7), 0..30u64].prop_map(Step::After),
            1 => (0..50u64).prop_map(Step::Last),
            4 => Just(Step::Pop),
            3 => (0..200usize).prop_map(Step::Cancel),
        ]
    }

    proptest! {
        /// Against the obvious structure: a list, sorted by (time, comes last, insertion).
        #[test]
        fn agrees_with_a_sorted_list(steps in prop::collection::vec(step(), 1..400)) {
            let mut agenda = Agenda::default();
            let mut list: Vec<(u64, bool, usize)> = Vec::new();
            let mut ids = Vec::new();
            let (mut now, mut count) = (0, 0);
            for step in steps {
                match step {
                    Step::Insert(delay) | Step::After(delay) => {
                        let at = now + delay;
                        ids.push((count, match step {
                            Step::Insert(_) => agenda.insert(Time(at), count),
                            _ => agenda.insert_after(Time(now), Time(delay), count),
                        }));
                        list.push((at, false, count));
                        count += 1;
                    }
                    Step::Last(delay) => {
                        agenda.insert_last(Time(now + delay), count);
                        list.push((now + delay, true, count));
                        count += 1;
                    }
                    Step::Pop => {
                        list.sort_unstable();
                        let expected = (!list.is_empty()).then(|| list.remove(0));
                        let popped = agenda.pop();
                        if let Some((_, id, entry)) = popped {
                            prop_assert!(ids.iter().all(|(known, named)| (*named == id) == (*known == entry)));
                        }
                        prop_assert_eq!(popped.map(|(at, _, n)| (at, n)), expected.map(|(at, _, n)| (Time(at), n)));
                        now = expected.map_or(now, |(at, _, _)| at);
                    }
                    Step::Cancel(n) if n < ids.len() => {
                        let (entry, id) = ids[n];
                        let waiting = list.iter().position(|(_, _, e)| *e == entry);
                        prop_assert_eq!(agenda.cancel(id), waiting.map(|_| entry));
                        waiting.map(|at| list.remove(at));
                    }
                    Step::Cancel(_) => {}
                }
                prop_assert_eq!(agenda.len(), list.len());
            }
        }
    }
}
