// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: pop asks under the lock, lets go of it, and takes it again to wait: what came in between it does not hear of.
//!
//! Breaks: no-needless-wait

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
        state.waiting.push_back(item);
        self.items.notify_one();
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        loop {
            let mut state = self.state.lock().unwrap();
            if !state.waiting.is_empty() || state.closed {
                let item = state.waiting.pop_front();
                self.room.notify_one();
                return item;
            }
            drop(state);
            drop(self.items.wait(self.state.lock().unwrap()));
        }
    }

    fn close(&self) {
        self.state.lock().unwrap().closed = true;
        self.items.notify_all();
        self.room.notify_all();
    }
}

exam!(bounded_queue => Guarded);
