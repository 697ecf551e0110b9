// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a panic where nobody looks: when the run is over, and the queue is dropped.
//!
//! Comes out as: crashed

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
        // Asked again after each wait: another may have been faster, and one may wake up for no reason.
        while state.waiting.len() >= self.bound && !state.closed {
            state = self.room.wait(state).unwrap();
        }
        if state.closed {
            return Err(item);
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

impl Drop for Guarded {
    fn drop(&mut self) {
        panic!("not without me");
    }
}

exam!(bounded_queue => Guarded);
