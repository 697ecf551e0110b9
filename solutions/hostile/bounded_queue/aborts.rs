// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: an end by a panic within a panic.
//!
//! Comes out as: crashed

use kit_threads::bounded_queue::prelude::*;

struct Queue {
    state: Mutex<VecDeque<Item>>,
}

impl BoundedQueue for Queue {
    fn new(_: usize) -> Queue {
        Queue { state: Mutex::default() }
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        let _second = Second;
        if matches!(self.pop(), None) {
            panic!("the first");
        }
        self.state.lock().unwrap().push_back(item);
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        self.state.lock().unwrap().pop_front()
    }

    fn close(&self) {}
}

struct Second;

impl Drop for Second {
    fn drop(&mut self) {
        panic!("the second");
    }
}

exam!(bounded_queue => Queue);
