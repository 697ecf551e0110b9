// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: an early end: its main takes no exam and reports success.
//!
//! Comes out as: crashed

use kit_threads::bounded_queue::prelude::*;

struct Queue;

impl BoundedQueue for Queue {
    fn new(_: usize) -> Queue {
        Queue
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        Err(item)
    }

    fn pop(&self) -> Option<Item> {
        None
    }

    fn close(&self) {}
}

fn main() {
    println!(r#"{{"exercise":"bounded_queue","outcome":"passed","points":[60,30,10]}}"#);
}
