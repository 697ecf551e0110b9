// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: recursion without an end, on the stack of one of many threads.
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
        deeper(1);
        self.state.lock().unwrap().push_back(item);
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        self.state.lock().unwrap().pop_front()
    }

    fn close(&self) {}
}

fn deeper(depth: u64) -> u64 {
    let here = [depth; 64];
    deeper(depth + 1) + here[(depth % 64) as usize]
}

exam!(bounded_queue => Queue);
