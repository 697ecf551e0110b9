// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a gigabyte of output.
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
        let line = "x".repeat(1 << 20);
        for _ in 0..1_024 {
            println!("{line}");
        }
        self.state.lock().unwrap().push_back(item);
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        self.state.lock().unwrap().pop_front()
    }

    fn close(&self) {}
}

exam!(bounded_queue => Queue);
