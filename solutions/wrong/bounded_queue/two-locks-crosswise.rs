// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: close takes the two locks in the other order than push and pop: each may hold one and wait for the other for ever.
//!
//! Breaks: no-deadlock

use kit_threads::bounded_queue::prelude::*;

struct Counted {
    bound: usize,
    waiting: Mutex<VecDeque<Item>>,
    closed: Mutex<bool>,
    changed: Condvar,
}

impl BoundedQueue for Counted {
    fn new(bound: usize) -> Counted {
        Counted { bound, waiting: Mutex::default(), closed: Mutex::default(), changed: Condvar::new() }
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        let mut waiting = self.waiting.lock().unwrap();
        loop {
            let closed = self.closed.lock().unwrap();
            if *closed {
                return Err(item);
            }
            if waiting.len() < self.bound {
                waiting.push_back(item);
                self.changed.notify_all();
                return Ok(());
            }
            drop(closed);
            waiting = self.changed.wait(waiting).unwrap();
        }
    }

    fn pop(&self) -> Option<Item> {
        let mut waiting = self.waiting.lock().unwrap();
        loop {
            if let Some(item) = waiting.pop_front() {
                self.changed.notify_all();
                return Some(item);
            }
            if *self.closed.lock().unwrap() {
                return None;
            }
            waiting = self.changed.wait(waiting).unwrap();
        }
    }

    fn close(&self) {
        let mut closed = self.closed.lock().unwrap();
        let waiting = self.waiting.lock().unwrap();
        *closed = true;
        self.changed.notify_all();
        drop(waiting);
    }
}

exam!(bounded_queue => Counted);
