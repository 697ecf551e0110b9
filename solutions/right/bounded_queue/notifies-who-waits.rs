// SPDX-License-Identifier: MIT OR Apache-2.0
//! As ours, but it knows how many wait, and notifies only when there is somebody.

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
    /// How many wait for an item, and for room.
    hungry: usize,
    blocked: usize,
}

impl BoundedQueue for Guarded {
    fn new(bound: usize) -> Guarded {
        Guarded { bound, state: Mutex::default(), items: Condvar::new(), room: Condvar::new() }
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        let mut state = self.state.lock().unwrap();
        // Asked again after each wait: another may have been faster, and one may wake up for no reason.
        while state.waiting.len() >= self.bound && !state.closed {
            state.blocked += 1;
            state = self.room.wait(state).unwrap();
            state.blocked -= 1;
        }
        if state.closed {
            return Err(item);
        }
        state.waiting.push_back(item);
        // Nobody to wake: nothing to do.
        if state.hungry > 0 {
            self.items.notify_one();
        }
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        let mut state = self.state.lock().unwrap();
        while state.waiting.is_empty() && !state.closed {
            state.hungry += 1;
            state = self.items.wait(state).unwrap();
            state.hungry -= 1;
        }
        let item = state.waiting.pop_front();
        if state.blocked > 0 {
            self.room.notify_one();
        }
        item
    }

    fn close(&self) {
        self.state.lock().unwrap().closed = true;
        self.items.notify_all();
        self.room.notify_all();
    }
}

exam!(bounded_queue => Guarded);
