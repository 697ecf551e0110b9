// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: producers and consumers wait in one place, and one of them is woken: it may be one that waits for something else.
//!
//! Breaks: no-lost-wake-up

use kit_threads::bounded_queue::prelude::*;

struct Guarded {
    bound: usize,
    state: Mutex<State>,
    /// Notified when anything has changed.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Item>,
    closed: bool,
}

impl BoundedQueue for Guarded {
    fn new(bound: usize) -> Guarded {
        Guarded { bound, state: Mutex::default(), changed: Condvar::new() }
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        let mut state = self.state.lock().unwrap();
        while state.waiting.len() >= self.bound && !state.closed {
            state = self.changed.wait(state).unwrap();
        }
        if state.closed {
            return Err(item);
        }
        state.waiting.push_back(item);
        self.changed.notify_one();
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        let mut state = self.state.lock().unwrap();
        while state.waiting.is_empty() && !state.closed {
            state = self.changed.wait(state).unwrap();
        }
        let item = state.waiting.pop_front();
        self.changed.notify_one();
        item
    }

    fn close(&self) {
        self.state.lock().unwrap().closed = true;
        self.changed.notify_all();
    }
}

exam!(bounded_queue => Guarded);
