// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: push notifies only when the queue was empty; two items that come before the first consumer wakes wake one of two.
//!
//! Breaks: no-lost-wake-up

use kit_threads::bounded_queue::prelude::*;

struct Guarded {
    bound: usize,
    state: Mutex<State>,
    /// Notified when an item is put in.
    items: Condvar,
    /// Notified when an item is taken out.
    room: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Item>,
    closed: bool,
}

impl BoundedQueue for Guarded {
    fn new(bound: usize) -> Guarded {
        Guarded { bound, state: Mutex::default(), items: Condvar::new(), room: Condvar::new() }
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        let mut state = self.state.lock().unwrap();
        while state.waiting.len() >= self.bound && !state.closed {
            state = self.room.wait(state).unwrap();
        }
        if state.closed {
            return Err(item);
        }
        let was_empty = state.waiting.is_empty();
        state.waiting.push_back(item);
        if was_empty {
            self.items.notify_one();
        }
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        let mut state = self.state.lock().unwrap();
        while state.waiting.is_empty() && !state.closed {
            state = self.items.wait(state).unwrap();
        }
        let item = state.waiting.pop_front();
        self.room.notify_one();
        item
    }

    fn close(&self) {
        self.state.lock().unwrap().closed = true;
        self.items.notify_all();
        self.room.notify_all();
    }
}

exam!(bounded_queue => Guarded);
