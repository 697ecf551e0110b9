// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a keeper of what it learns in a static, from one run to the next.
//!
//! Comes out as: did not compile

use std::sync::atomic::{AtomicU64, Ordering};

use kit_threads::bounded_queue::prelude::*;

static CALLS: AtomicU64 = AtomicU64::new(0);

struct Queue {
    state: Mutex<VecDeque<Item>>,
}

impl BoundedQueue for Queue {
    fn new(_: usize) -> Queue {
        Queue { state: Mutex::default() }
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        CALLS.fetch_add(1, Ordering::Relaxed);
        self.state.lock().unwrap().push_back(item);
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        self.state.lock().unwrap().pop_front()
    }

    fn close(&self) {}
}

exam!(bounded_queue => Queue);
