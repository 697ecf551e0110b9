// SPDX-License-Identifier: MIT OR Apache-2.0
//! Three locks: one for the items, one each for the permits to put in and to take out.

use kit_threads::bounded_queue::prelude::*;

/// How many may go on, or that nobody has to wait any more.
struct Permits {
    left: Mutex<(usize, bool)>,
    changed: Condvar,
}

impl Permits {
    fn new(left: usize) -> Permits {
        Permits { left: Mutex::new((left, false)), changed: Condvar::new() }
    }

    /// Whether there was one; without one it waits, until it is closed.
    fn take(&self) -> bool {
        let left = self.left.lock().unwrap();
        let mut left = self.changed.wait_while(left, |(left, closed)| *left == 0 && !*closed).unwrap();
        let got = left.0 > 0;
        left.0 -= usize::from(got);
        got
    }

    fn give(&self) {
        self.left.lock().unwrap().0 += 1;
        self.changed.notify_one();
    }

    fn close(&self) {
        self.left.lock().unwrap().1 = true;
        self.changed.notify_all();
    }
}

struct TwoSemaphores {
    room: Permits,
    items: Permits,
    /// What is inside, and whether it is closed.
    inside: Mutex<(VecDeque<Item>, bool)>,
}

impl BoundedQueue for TwoSemaphores {
    fn new(bound: usize) -> TwoSemaphores {
        TwoSemaphores { room: Permits::new(bound), items: Permits::new(0), inside: Mutex::default() }
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        if !self.room.take() {
            return Err(item);
        }
        let mut inside = self.inside.lock().unwrap();
        if inside.1 {
            return Err(item);
        }
        inside.0.push_back(item);
        // Before the next one can be put in, so that close comes behind all items.
        self.items.give();
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        if !self.items.take() {
            return None;
        }
        let item = self.inside.lock().unwrap().0.pop_front();
        self.room.give();
        item
    }

    fn close(&self) {
        self.inside.lock().unwrap().1 = true;
        self.room.close();
        self.items.close();
    }
}

exam!(bounded_queue => TwoSemaphores);
