// SPDX-License-Identifier: MIT OR Apache-2.0
//! What rustlings is given to check: as long as our answer to `resequencer`, on the same subject, with tests of its own.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
struct Ordered {
    /// Of each key, the message that comes next; what is not in it waits for 0.
    next: BTreeMap<u32, u64>,
    held: BTreeSet<(u32, u64)>,
    /// What was emitted, in its order.
    emitted: Vec<(u32, u64)>,
    buffer: usize,
}

impl Ordered {
    fn new(buffer: usize) -> Ordered {
        Ordered { buffer, ..Ordered::default() }
    }

    fn next(&self, key: u32) -> u64 {
        self.next.get(&key).copied().unwrap_or(0)
    }

    /// Whether there was a place for the message.
    fn on(&mut self, key: u32, seq: u64) -> bool {
        let next = self.next(key);
        if seq < next {
            return true;
        }
        if seq > next && self.held.len() >= self.buffer {
            return false;
        }
        self.held.insert((key, seq));
        self.advance(key);
        true
    }

    fn advance(&mut self, key: u32) {
        let mut next = self.next(key);
        while self.held.remove(&(key, next)) {
            self.emitted.push((key, next));
            next += 1;
        }
        self.next.insert(key, next);
    }
}

fn main() {
    let mut ordered = Ordered::new(4);
    let taken = [2, 0, 1].into_iter().filter(|seq| ordered.on(7, *seq)).count();
    println!("{taken} taken, {:?} emitted", ordered.emitted);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_early_waits() {
        let mut ordered = Ordered::new(4);
        assert!([2, 0, 1, 1].into_iter().all(|seq| ordered.on(7, seq)));
        assert_eq!(ordered.emitted, [(7, 0), (7, 1), (7, 2)]);
    }

    #[test]
    fn a_full_buffer_has_a_place_for_what_comes_next() {
        let mut ordered = Ordered::new(1);
        assert!(ordered.on(7, 2));
        assert!(!ordered.on(7, 3));
        assert!(ordered.on(7, 0) && ordered.on(7, 1));
        assert_eq!(ordered.emitted, [(7, 0), (7, 1), (7, 2)]);
    }
}
