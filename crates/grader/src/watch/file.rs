// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether a file was saved, found out by looking at it.
//!
//! A look costs next to nothing for one small file, and works where the system tells nobody of changes: on network file
//! systems, in containers, across the border of a virtual machine. So there is no second way.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often to look: a reader who saves does not notice it, nor does a battery.
pub const LOOK_EVERY: Duration = Duration::from_millis(30);
/// In so many looks the file is read though nothing seems to have changed: clocks of file systems are coarse.
const READ_EVERY: u32 = 16;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It holds something else now, and has settled.
    Saved,
    /// It is not there any more.
    Gone,
}

/// A file that is looked at.
#[derive(Debug)]
pub struct Watched {
    path: PathBuf,
    stamp: Option<(SystemTime, u64)>,
    looks: u32,
    /// The text's fingerprint at the last look.
    content: Option<u64>,
    settled: Settled,
}

impl Watched {
    /// Watches a file from what it holds now on.
    pub fn new(path: &Path) -> Watched {
        let content = fingerprint(path);
        let settled = Settled { told: content, last: content };
        Watched { path: path.to_owned(), stamp: stamp(path), looks: 0, content, settled }
    }

    /// Looks once more. A change is told when two looks agree on it: editors write in several steps.
    pub fn look(&mut self) -> Option<Change> {
        self.looks = (self.looks + 1) % READ_EVERY;
        let stamp = stamp(&self.path);
        if stamp != self.stamp || self.settled.is_open() || self.looks == 0 {
            self.stamp = stamp;
            self.content = fingerprint(&self.path);
        }
        self.settled.see(self.content)
    }
}

fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let known = fs::metadata(path).ok()?;
    Some((known.modified().ok()?, known.len()))
}

fn fingerprint(path: &Path) -> Option<u64> {
    fs::read(path).ok().map(|bytes| trace::hash_bytes(&bytes))
}

/// Looks, reduced to changes that last: a text's fingerprint each, none where there is no file.
#[derive(Debug)]
struct Settled {
    told: Option<u64>,
    last: Option<u64>,
}

impl Settled {
    /// Whether the last look saw something new that has yet to be seen again.
    fn is_open(&self) -> bool {
        self.last != self.told
    }

    fn see(&mut self, now: Option<u64>) -> Option<Change> {
        let lasts = now == self.last;
        self.last = now;
        if !lasts || now == self.told {
            return None;
        }
        self.told = now;
        Some(if now.is_some() { Change::Saved } else { Change::Gone })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(looks: &[Option<u64>]) -> Vec<Change> {
        let mut settled = Settled { told: Some(0), last: Some(0) };
        looks.iter().filter_map(|look| settled.see(*look)).collect()
    }

    #[test]
    fn a_save_in_several_steps_is_one_change() {
        use Change::{Gone, Saved};
        assert_eq!(changes(&[Some(0), Some(0)]), []);
        // Emptied, half written, written.
        assert_eq!(changes(&[Some(9), Some(5), Some(1), Some(1), Some(1)]), [Saved]);
        // Replaced by a rename, with a look in between.
        assert_eq!(changes(&[None, Some(1), Some(1)]), [Saved]);
        assert_eq!(changes(&[None, None, None, Some(1), Some(1)]), [Gone, Saved]);
        // Twice in no time, and undone.
        assert_eq!(changes(&[Some(1), Some(2), Some(2)]), [Saved]);
        assert_eq!(changes(&[Some(1), Some(0), Some(0)]), []);
    }

    #[test]
    fn a_file_on_disk_is_looked_at() {
        let path = std::env::temp_dir().join(format!("watched-{}.rs", std::process::id()));
        fs::write(&path, "one").expect("a place for files that do not last");
        let mut watched = Watched::new(&path);
        let mut looks = |n: u32| (0..n).filter_map(|_| watched.look()).collect::<Vec<_>>();
        assert_eq!(looks(2 * READ_EVERY), []);
        fs::write(&path, "two").expect("written");
        assert_eq!(looks(2 * READ_EVERY), [Change::Saved]);
        fs::remove_file(&path).expect("it is there");
        assert_eq!(looks(2 * READ_EVERY), [Change::Gone]);
    }
}
