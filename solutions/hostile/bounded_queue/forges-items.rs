// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a forger of items: it makes the one that it is asked for.
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
        let _ = item;
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        Some(Item(1))
    }

    fn close(&self) {}
}

exam!(bounded_queue => Queue);
