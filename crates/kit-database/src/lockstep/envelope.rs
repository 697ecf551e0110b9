// SPDX-License-Identifier: MIT OR Apache-2.0
//! What travels, as numbers: what is asked or answered, and what has changed in shared memory since the last envelope.

use kit::lockstep::frame::Numbers;

/// To the answer: prepare a connection; do a request; this came of your operation.
pub(super) const OPEN: u64 = 0;
pub(super) const CALL: u64 = 1;
pub(super) const CAME: u64 = 2;

/// From the answer: what came of an open or a call. Operations have the numbers above.
pub(super) const OUTCOME: u64 = 0;
pub(super) const OPEN_FILE: u64 = 1;
pub(super) const CLOSE: u64 = 2;
pub(super) const REMOVE: u64 = 3;
pub(super) const EXISTS: u64 = 4;
pub(super) const LENGTH: u64 = 5;
pub(super) const READ: u64 = 6;
pub(super) const WRITE: u64 = 7;
pub(super) const SET_LENGTH: u64 = 8;
pub(super) const FLUSH: u64 = 9;
pub(super) const RAISE_LOCK: u64 = 10;
pub(super) const LOWER_LOCK: u64 = 11;
pub(super) const IS_RESERVED: u64 = 12;
pub(super) const INDEX_REGION: u64 = 13;
pub(super) const LOCK_INDEX: u64 = 14;
pub(super) const UNLOCK_INDEX: u64 = 15;
pub(super) const LEAVE_INDEX: u64 = 16;
pub(super) const RANDOM: u64 = 17;
pub(super) const SLEEP: u64 = 18;
pub(super) const NOW: u64 = 19;

/// Outcomes: replies begin above.
pub(super) const OPENED: u64 = 0;
pub(super) const PANICKED: u64 = 1;
pub(super) const REPLIED: u64 = 2;

/// The most that one operation reads or writes, in bytes: twice SQLite's largest page.
pub(super) const MOST_BYTES: usize = 128 << 10;
/// The longest name of a file, and the most random bytes at once.
pub(super) const MOST_NAME: usize = 512;

/// Words of one region that have changed: the file, the region, places and values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    pub file: u64,
    pub region: usize,
    pub words: Vec<(usize, u64)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Envelope {
    /// The grader counts its envelopes, and each is answered under its number.
    pub number: u64,
    pub kind: u64,
    pub body: Vec<u64>,
    pub changed: Vec<Changed>,
}

impl Envelope {
    pub fn written(&self) -> Vec<u64> {
        let mut numbers = vec![self.number, self.kind, self.body.len() as u64];
        numbers.extend(&self.body);
        for Changed { file, region, words } in &self.changed {
            numbers.extend([*file, *region as u64, words.len() as u64]);
            numbers.extend(words.iter().flat_map(|(at, word)| [*at as u64, *word]));
        }
        numbers
    }

    /// `None` for what nobody has written so.
    pub fn read(numbers: &[u64]) -> Option<Envelope> {
        let mut numbers = Numbers(numbers);
        let (number, kind, body) = (numbers.next()?, numbers.next()?, numbers.list()?);
        let mut changed = Vec::new();
        while !numbers.is_empty() {
            let (file, region) = (numbers.next()?, usize::try_from(numbers.next()?).ok()?);
            let mut words = Vec::new();
            for _ in 0..numbers.next()? {
                words.push((usize::try_from(numbers.next()?).ok()?, numbers.next()?));
            }
            changed.push(Changed { file, region, words });
        }
        Some(Envelope { number, kind, body, changed })
    }
}

/// Adds bytes: their count, and eight of them in each number.
pub(super) fn put_bytes(to: &mut Vec<u64>, bytes: &[u8]) {
    to.push(bytes.len() as u64);
    to.extend(bytes.chunks(8).map(|eight| {
        let mut number = [0; 8];
        number[..eight.len()].copy_from_slice(eight);
        u64::from_le_bytes(number)
    }));
}

/// Reads what [`put_bytes`] wrote, if it is not longer than this.
pub(super) fn bytes(from: &mut Numbers<'_>, most: usize) -> Option<Vec<u8>> {
    let length = usize::try_from(from.next()?).ok().filter(|length| *length <= most)?;
    let mut bytes = Vec::with_capacity(length + 8);
    for _ in 0..length.div_ceil(8) {
        bytes.extend(from.next()?.to_le_bytes());
    }
    bytes.truncate(length);
    Some(bytes)
}
