// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a thread of its own, which the exam's scheduler does not know.
//!
//! Comes out as: did not compile

use kit_threads::bounded_queue::prelude::*;

struct Queue {
    state: Mutex<VecDeque<Item>>,
}

impl BoundedQueue for Queue {
    fn new(_: usize) -> Queue {
        Queue { state: Mutex::default() }
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        std::thread::spawn(|| loop {});
        self.state.lock().unwrap().push_back(item);
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        self.state.lock().unwrap().pop_front()
    }

    fn close(&self) {}
}

exam!(bounded_queue => Queue);
