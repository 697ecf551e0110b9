// SPDX-License-Identifier: MIT OR Apache-2.0
//! One place to wait in for everybody, and everybody is woken: right, and dear.

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
        // Asked again after each wait: another may have been faster, and one may wake up for no reason.
        while state.waiting.len() >= self.bound && !state.closed {
            state = self.changed.wait(state).unwrap();
        }
        if state.closed {
            return Err(item);
        }
        state.waiting.push_back(item);
        self.changed.notify_all();
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        let mut state = self.state.lock().unwrap();
        while state.waiting.is_empty() && !state.closed {
            state = self.changed.wait(state).unwrap();
        }
        let item = state.waiting.pop_front();
        self.changed.notify_all();
        item
    }

    fn close(&self) {
        self.state.lock().unwrap().closed = true;
        self.changed.notify_all();
    }
}

exam!(bounded_queue => Guarded);
