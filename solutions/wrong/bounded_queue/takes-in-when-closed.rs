// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: push asks whether the queue is closed before it waits and not behind it: what it puts in then nobody takes out.
//!
//! Breaks: nothing-lost

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
        if state.closed {
            return Err(item);
        }
        while state.waiting.len() >= self.bound {
            state = self.room.wait(state).unwrap();
        }
        state.waiting.push_back(item);
        self.items.notify_one();
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
