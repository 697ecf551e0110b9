// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercise: bounded_queue (chapter "Rule one")
//!
//! One machine gives you dependable primitives: a lock, and a place to wait in. Build a queue between threads of them that
//! never holds more than `bound` items.
//!
//! What you can count on:
//! - `push`, `pop` and `close` are called by several threads at once, in any order; every schedule of them can happen. The
//!   exam decides which thread goes on at each `lock`, `wait`, `notify` and `yield_now`, and makes every run again if it must.
//! - `Mutex` and `Condvar` are used as those of `std::sync`, and come with the prelude. `wait` lets go of the lock, sleeps,
//!   and takes the lock again. It may also come back although nobody notified; `notify_one` wakes one of those that wait at
//!   that moment, whichever it is, and is not remembered if nobody does.
//! - An `Item` cannot be copied. One that you drop is lost.
//! - `close` is called once.
//!
//! What is asked of you: `push` waits while the queue is full, `pop` while it is empty, and both without using time while they
//! wait; items come out in the order in which they were put in, each once; there are never more than `bound` inside. Once
//! the queue is closed nobody waits: `push` gives the item back, `pop` takes out what is left and then answers `None`. Wait
//! before you change something, not behind it. Costs: locks taken, and threads that are woken in vain.
//!
//! What the exam cannot see you may not use: `std::sync`, `std::thread` and whatever else runs or waits outside of its
//! schedules; the check says where. Passing takes 2,000 drawn schedules and every schedule of two small cases, about two
//! seconds.
//!
//! Ours took 44 lines. About 30 minutes. Check it with `cargo course check bounded_queue`, and when you are stuck ask
//! `cargo course hint bounded_queue`.

use kit_threads::bounded_queue::prelude::*;

struct MyQueue {
    inside: Mutex<VecDeque<Item>>,
}

impl BoundedQueue for MyQueue {
    fn new(bound: usize) -> MyQueue {
        let _ = bound;
        MyQueue { inside: Mutex::new(VecDeque::new()) }
    }

    fn push(&self, item: Item) -> Result<(), Item> {
        // Yours to write. As a beginning: what if it is full already?
        self.inside.lock().unwrap().push_back(item);
        Ok(())
    }

    fn pop(&self) -> Option<Item> {
        // And what if there is nothing to take out yet?
        self.inside.lock().unwrap().pop_front()
    }

    fn close(&self) {}
}

exam!(bounded_queue => MyQueue);
