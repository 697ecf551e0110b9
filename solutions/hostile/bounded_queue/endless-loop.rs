// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a loop without an end, which asks for no lock: no schedule ever gets to see it.
//!
//! Comes out as: timed out

use kit_threads::bounded_queue::prelude::*;

struct Queue {
    state: Mutex<VecDeque<Item>>,
}

impl BoundedQueue for Queue {
    fn new(_: usize) -> Queue {
        Queue { state: Mutex::default() }
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        self.state.lock().unwrap().push_back(item);
        loop {}
    }

    fn pop(&self) -> Option<Item> {
        self.state.lock().unwrap().pop_front()
    }

    fn close(&self) {}
}

exam!(bounded_queue => Queue);
