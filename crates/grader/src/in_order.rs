// SPDX-License-Identifier: MIT OR Apache-2.0
//! Work on several cores whose results come in the order of the work: what is printed does not hang on who was faster.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// How many things to do at once: as many as there are cores.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Does `work` for each item on so many threads; `each` hears of the results one by one, in the order of the items.
///
/// An error of `each` ends it: what is being worked on is finished, and nothing new is begun.
///
/// # Errors
/// The first that `each` had.
pub fn in_order<T: Sync, R: Send, E>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
    mut each: impl FnMut(&T, R) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        // No more results than that wait for one that takes long.
        let (done, results) = mpsc::sync_channel(2 * threads.max(1));
        for _ in 0..threads.clamp(1, items.len().max(1)) {
            let (done, next, work) = (done.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(n) else { return };
                    if done.send((n, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let (mut early, mut due) = (BTreeMap::new(), 0);
        for (n, result) in results {
            early.insert(n, result);
            while let Some(result) = early.remove(&due) {
                each(&items[due], result)?;
                due += 1;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn results_come_in_order_and_each_once() {
        for threads in [0, 1, 2, 7] {
            let items: Vec<u64> = (0..200).collect();
            let mut seen = Vec::new();
            // The earlier an item, the longer it takes.
            let work =
                |n: &u64| (0..(200 - n) * 50).fold(*n, |sum, m| sum.wrapping_add(m * m)).max(*n).min(*n);
            let result: Result<(), Infallible> = in_order(&items, threads, work, |_, n| {
                seen.push(n);
                Ok(())
            });
            assert!(result.is_ok());
            assert_eq!(seen, items);
        }
    }

    #[test]
    fn an_error_ends_it() {
        let items: Vec<u64> = (0..10_000).collect();
        let mut seen = 0;
        let result = in_order(
            &items,
            2,
            |n| *n,
            |_, n| {
                seen += 1;
                if n == 3 { Err("enough") } else { Ok(()) }
            },
        );
        assert_eq!((result, seen), (Err("enough"), 4));
    }
}
