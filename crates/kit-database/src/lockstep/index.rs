// SPDX-License-Identifier: MIT OR Apache-2.0
//! The memory that connections to a write-ahead log share, in two processes: each side knows what the other has seen.

use std::sync::atomic::Ordering::Relaxed;

use super::envelope::Changed;
use crate::files::Region;

/// A region as the other side has it.
pub(super) struct Seen(Box<[u64; 4096]>);

impl Seen {
    /// It has an empty one.
    pub fn empty() -> Seen {
        Seen(Box::new([0; 4096]))
    }

    /// What the other side has to be told of this region; it counts as told.
    pub fn tell(&mut self, file: u64, number: usize, region: &Region) -> Option<Changed> {
        let mut words = Vec::new();
        for (at, (now, seen)) in region.iter().zip(self.0.iter_mut()).enumerate() {
            let now = now.load(Relaxed);
            if now != *seen {
                *seen = now;
                words.push((at, now));
            }
        }
        (!words.is_empty()).then_some(Changed { file, region: number, words })
    }

    /// Does what the other side has told; `None`, if the region has no such place.
    pub fn take(&mut self, words: &[(usize, u64)], region: &Region) -> Option<()> {
        for (at, word) in words {
            *self.0.get_mut(*at)? = *word;
            region[*at].store(*word, Relaxed);
        }
        Some(())
    }
}
