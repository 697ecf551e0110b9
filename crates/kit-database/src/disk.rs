// SPDX-License-Identifier: MIT OR Apache-2.0
//! A disk that forgets: what was written is there for everybody, and only what was flushed outlives the power.
//!
//! Of writes that were not flushed each may be kept, lost, or torn: some of its sectors are there and others are not. They
//! are independent of each other, for a drive orders them as it likes. A file that was created or removed is on the disk
//! when its folder was flushed; the first flush of a new file does that, too, as SQLite's own layer for Unix does it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sim::Stream;

/// What a drive writes in one piece, in bytes.
pub(crate) const SECTOR: usize = 512;

/// So many bytes its files have room for, together,
const MOST: usize = 16 << 20;
/// and so many wait to be flushed.
const MOST_PENDING: usize = 16 << 20;

/// All files of one machine.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Disk {
    /// Names as programs see them, and the files they lead to.
    names: BTreeMap<String, u64>,
    /// Names as they are after the power was lost.
    flushed_names: BTreeMap<String, u64>,
    files: BTreeMap<u64, File>,
    next: u64,
    /// Grows with every change.
    pub version: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct File {
    /// As programs see it.
    now: Vec<u8>,
    /// As it is on the platter.
    flushed: Vec<u8>,
    /// What lies between the two, in order.
    pending: Vec<Change>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Length(usize),
}

/// What became of the writes that were not flushed when the power was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Toll {
    pub kept: u32,
    pub lost: u32,
    pub torn: u32,
    /// Files whose creation or removal is undone.
    pub names: u32,
}

impl Disk {
    /// The file of this name; a new one where there is none.
    pub fn open(&mut self, name: &str, create: bool) -> Option<u64> {
        if let Some(file) = self.names.get(name) {
            return Some(*file);
        }
        if !create {
            return None;
        }
        self.next += 1;
        self.version += 1;
        self.names.insert(name.to_owned(), self.next);
        self.files.insert(self.next, File::default());
        Some(self.next)
    }

    pub fn exists(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// Takes a name away; whether it was there.
    pub fn remove(&mut self, name: &str, flush_folder: bool) -> bool {
        let was_there = self.names.remove(name).is_some();
        self.version += u64::from(was_there);
        if flush_folder {
            self.flushed_names.clone_from(&self.names);
            let kept: Vec<u64> = self.names.values().copied().collect();
            self.files.retain(|file, _| kept.contains(file));
        }
        was_there
    }

    pub fn length(&self, file: u64) -> usize {
        self.files.get(&file).map_or(0, |file| file.now.len())
    }

    /// Fills what it can, and says how much that was.
    pub fn read(&self, file: u64, at: usize, into: &mut [u8]) -> usize {
        let Some(rest) = self.files.get(&file).and_then(|file| file.now.get(at..)) else { return 0 };
        let length = rest.len().min(into.len());
        into[..length].copy_from_slice(&rest[..length]);
        length
    }

    /// Writes, if there is room; whether there was.
    #[must_use]
    pub fn write(&mut self, file: u64, at: usize, bytes: &[u8]) -> bool {
        let has_room = self.has_room(file, at.saturating_add(bytes.len()), bytes.len());
        if has_room {
            self.change(file, Change::Write { at, bytes: bytes.to_vec() });
        }
        has_room
    }

    /// Cuts a file, or makes it longer, if there is room; whether there was.
    #[must_use]
    pub fn set_length(&mut self, file: u64, length: usize) -> bool {
        let has_room = self.has_room(file, length, 0);
        if has_room {
            self.change(file, Change::Length(length));
        }
        has_room
    }

    /// Whether a file may get so long, with so many bytes more that are not flushed.
    fn has_room(&self, file: u64, length: usize, more: usize) -> bool {
        let others = self.files.iter().filter(|(number, _)| **number != file);
        let others: usize = others.map(|(_, file)| file.now.len()).sum();
        let own = self.files.get(&file).map_or(0, |file| file.now.len());
        let pending: usize = self.files.values().flat_map(|file| &file.pending).map(Change::bytes).sum();
        length.max(own).saturating_add(others) <= MOST && pending + more <= MOST_PENDING
    }

    fn change(&mut self, file: u64, change: Change) {
        if let Some(file) = self.files.get_mut(&file) {
            self.version += 1;
            change.apply(&mut file.now, |_| true);
            file.pending.push(change);
        }
    }

    /// Everything of this file is on the platter, and its name, if it is new there.
    pub fn flush(&mut self, file: u64) {
        if !self.flushed_names.values().any(|flushed| *flushed == file) {
            self.flushed_names.clone_from(&self.names);
        }
        if let Some(file) = self.files.get_mut(&file) {
            for change in file.pending.drain(..) {
                change.apply(&mut file.flushed, |_| true);
            }
        }
    }

    /// How many writes a loss of power would put at risk.
    pub fn unflushed(&self) -> u32 {
        self.files.values().map(|file| file.pending.len() as u32).sum()
    }

    /// Everything is on the platter.
    pub fn settle(&mut self) {
        let files: Vec<u64> = self.files.keys().copied().collect();
        for file in files {
            self.flush(file);
        }
        self.flushed_names.clone_from(&self.names);
    }

    /// What a program would find that started now: another disk with the same files.
    pub fn snapshot(&self) -> Disk {
        let file = |file: &File| File { now: file.now.clone(), ..File::default() };
        Disk {
            names: self.names.clone(),
            files: self.files.iter().map(|(number, own)| (*number, file(own))).collect(),
            next: self.next,
            ..Disk::default()
        }
    }

    /// The power is lost and comes back.
    pub fn lose_power(&mut self, dice: &mut Stream) -> Toll {
        let mut toll = Toll::default();
        // Sometimes all of it is lost, sometimes none: in between, each write has its own fate.
        let mood = dice.below(6);
        if self.names != self.flushed_names && (mood <= 1 || dice.below(2) == 0) {
            toll.names =
                self.flushed_names.iter().filter(|(name, file)| self.names.get(*name) != Some(file)).count()
                    as u32;
            self.names.clone_from(&self.flushed_names);
        }
        self.flushed_names.clone_from(&self.names);
        let kept: Vec<u64> = self.names.values().copied().collect();
        self.files.retain(|file, _| kept.contains(file));
        for file in self.files.values_mut() {
            for change in file.pending.drain(..) {
                let fate = match mood {
                    0 | 1 => 0,
                    2 => 2,
                    _ => dice.below(4),
                };
                match fate {
                    0 | 1 => toll.lost += 1,
                    2 => {
                        toll.kept += 1;
                        change.apply(&mut file.flushed, |_| true);
                    }
                    _ => {
                        toll.torn += 1;
                        change.apply(&mut file.flushed, |_| dice.below(2) == 0);
                    }
                }
            }
            file.now.clone_from(&file.flushed);
        }
        self.version += 1;
        toll
    }
}

impl Change {
    fn bytes(&self) -> usize {
        match self {
            Change::Write { bytes, .. } => bytes.len(),
            Change::Length(_) => 0,
        }
    }

    /// Applies those sectors of it that are wanted.
    fn apply(&self, to: &mut Vec<u8>, mut wanted: impl FnMut(usize) -> bool) {
        match self {
            Change::Length(length) => {
                if wanted(0) {
                    to.resize(*length, 0);
                }
            }
            Change::Write { at, bytes } => {
                let mut done = 0;
                while done < bytes.len() {
                    let place = at + done;
                    let length = (SECTOR - place % SECTOR).min(bytes.len() - done);
                    if wanted(place / SECTOR) {
                        if to.len() < place + length {
                            to.resize(place + length, 0);
                        }
                        to[place..place + length].copy_from_slice(&bytes[done..done + length]);
                    }
                    done += length;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(disk: &Disk, name: &str) -> Option<Vec<u8>> {
        Some(disk.files[disk.names.get(name)?].now.clone())
    }

    #[test]
    fn what_was_flushed_outlives_the_power() {
        for seed in 0..50 {
            let mut disk = Disk::default();
            let file = disk.open("a", true).expect("it is made");
            assert!(disk.write(file, 0, b"old"));
            disk.flush(file);
            assert!(disk.write(file, 0, b"new"));
            assert_eq!(
                content(&disk, "a").as_deref(),
                Some(b"new".as_slice()),
                "programs see what is written"
            );
            let toll = disk.lose_power(&mut Stream::new(seed, "power", 0, 0));
            let left = content(&disk, "a").expect("it was flushed");
            assert!(left == b"old" || left == b"new", "{left:?}");
            assert_eq!(toll.kept + toll.lost + toll.torn, 1);
        }
    }

    #[test]
    fn writes_are_torn_between_sectors_and_nowhere_else() {
        let mut torn = 0;
        for seed in 0..200 {
            let mut disk = Disk::default();
            let file = disk.open("a", true).expect("it is made");
            assert!(disk.write(file, 0, &[1; 4 * SECTOR]));
            disk.flush(file);
            assert!(disk.write(file, 0, &[2; 4 * SECTOR]));
            disk.lose_power(&mut Stream::new(seed, "power", 0, 0));
            let left = content(&disk, "a").expect("it was flushed");
            assert!(left.chunks(SECTOR).all(|sector| sector.iter().all(|byte| *byte == sector[0])));
            torn += u32::from(left.contains(&1) && left.contains(&2));
        }
        assert!(torn > 10, "{torn}");
    }

    #[test]
    fn a_removed_file_may_come_back_unless_its_folder_was_flushed() {
        let back = |flush_folder| {
            (0..50).filter(move |seed| {
                let mut disk = Disk::default();
                let file = disk.open("journal", true).expect("it is made");
                assert!(disk.write(file, 0, b"x"));
                disk.flush(file);
                disk.remove("journal", flush_folder);
                disk.lose_power(&mut Stream::new(*seed, "power", 0, 0));
                content(&disk, "journal").is_some_and(|content| content == b"x")
            })
        };
        assert!(back(false).count() > 5);
        assert_eq!(back(true).count(), 0);
    }

    #[test]
    fn it_has_room_for_so_much_and_no_more() {
        let mut disk = Disk::default();
        let [one, two] = ["one", "two"].map(|name| disk.open(name, true).expect("it is made"));
        assert!(!disk.write(one, usize::MAX, b"x") && !disk.set_length(one, MOST + 1), "far behind its end");
        assert!(disk.set_length(one, MOST - 1));
        assert!(disk.write(two, 0, b"x") && !disk.write(two, 1, b"x"), "the files share the room");
        assert!(disk.set_length(one, 0) && disk.write(two, 1, b"x"));
        let piece = vec![0; MOST_PENDING / 4];
        let taken = (0..5).filter(|_| disk.write(one, 0, &piece)).count();
        assert_eq!(taken, 3, "two bytes waited before");
        disk.flush(one);
        assert!(disk.write(one, 0, &piece));
    }
}
