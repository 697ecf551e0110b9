// SPDX-License-Identifier: MIT OR Apache-2.0
use super::prelude::*;
use std::sync::Arc as StdArc;
struct Guarded {
    bound: usize,
    state: Mutex<(VecDeque<Item>, bool)>,
    items: Condvar,
    room: Condvar,
}
impl BoundedQueue for Guarded {
    fn new(bound: usize) -> Guarded {
        Guarded { bound, state: Mutex::default(), items: Condvar::new(), room: Condvar::new() }
    }
    fn push(&self, item: Item) -> Result<(), Item> {
        let mut state = self.state.lock().unwrap();
        while state.0.len() >= self.bound && !state.1 {
            state = self.room.wait(state).unwrap();
        }
        if state.1 {
            return Err(item);
        }
        state.0.push_back(item);
        self.items.notify_one();
        Ok(())
    }
    fn pop(&self) -> Option<Item> {
        let mut state = self.state.lock().unwrap();
        while state.0.is_empty() && !state.1 {
            state = self.items.wait(state).unwrap();
        }
        let item = state.0.pop_front();
        self.room.notify_one();
        item
    }
    fn close(&self) {
        self.state.lock().unwrap().1 = true;
        self.items.notify_all();
        self.room.notify_all();
    }
}
#[test]
fn count() {
    for a in [
        "exam/bounded-queue?seed=1&items=2",
        "exam/bounded-queue?seed=1&items=2&closer=1",
        "exam/bounded-queue?seed=1&items=2&consumers=2",
        "exam/bounded-queue?seed=1&items=2&consumers=2&producers=2",
    ] {
        for k in 1..=4 {
            let mut n = 0u64;
            let mut steps = 0;
            let mut longest = 0;
            let t = std::time::Instant::now();
            let all = super::world::every_schedule(
                &a.parse().unwrap(),
                8_000,
                k,
                |b| StdArc::new(Guarded::new(b)),
                &mut |address, run| {
                    n += 1;
                    steps += run.steps;
                    longest = longest.max(address.to_string().len());
                    true
                },
            );
            println!("{a} {k}: {n} {all} steps {} longest {longest} {:?}", steps / n, t.elapsed());
        }
    }
}
