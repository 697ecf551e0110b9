// SPDX-License-Identifier: MIT OR Apache-2.0
//! Entries as text: JSON, one a line, each with a sum of itself, in a file that is only ever appended to.
//!
//! What is appended is written in one piece and flushed to the disk before anything else happens.
//! What a crash, a full disk or a bad sector does to the file costs the entry that it hits and no other: entries are
//! found by how they begin and not by the ends of lines, and one whose sum is wrong is passed over.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Deserializer;

/// Every entry begins so: it is an enum with a tag `event`. Inside a text its quotes would be escaped, so nothing else does.
const BEGIN: &str = "{\"event\":";
/// Before the sum of what comes before.
const SUM: &str = ",\"sum\":\"";
/// Behind the sum.
const END: &str = "\"}";

/// Appends entries, all of them in one piece.
///
/// # Errors
/// When the file cannot be made or written.
pub(crate) fn append(path: &Path, entries: &[impl Serialize]) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    let mut lines = String::new();
    if !ends_a_line(&mut file)? {
        lines.push('\n');
    }
    for entry in entries {
        lines += &line(entry)?;
    }
    file.write_all(lines.as_bytes())?;
    file.sync_data()
}

/// Whether the file is empty or its last line is whole.
fn ends_a_line(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// An entry as a line, its end included.
fn line(entry: &impl Serialize) -> serde_json::Result<String> {
    let json = serde_json::to_string(entry)?;
    let body = json.strip_suffix('}').unwrap_or(&json);
    Ok(format!("{body}{SUM}{:016x}{END}\n", trace::hash_bytes(body.as_bytes())))
}

/// The entries of a text, in order. What is none is passed over.
pub(crate) fn entries<E: DeserializeOwned>(text: &str) -> impl Iterator<Item = E> {
    let begins: Vec<usize> = text.match_indices(BEGIN).map(|(at, _)| at).collect();
    let ends: Vec<usize> = begins.iter().skip(1).copied().chain([text.len()]).collect();
    begins.into_iter().zip(ends).filter_map(|(from, to)| entry(&text[from..to]))
}

/// The entry that a text begins with.
fn entry<E: DeserializeOwned>(text: &str) -> Option<E> {
    let mut values = Deserializer::from_str(text).into_iter::<E>();
    let entry = values.next()?.ok()?;
    let (written, rest) = text.split_at(values.byte_offset());
    let sealed = written.strip_suffix(END).and_then(|text| text.rsplit_once(SUM));
    let whole = match sealed {
        Some((body, sum)) => sum == format!("{:016x}", trace::hash_bytes(body.as_bytes())),
        // Without a sum, as a person may write it: then nothing else may stand in its line.
        None => rest.lines().next().is_none_or(|rest| rest.trim().is_empty()),
    };
    whole.then_some(entry)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::journal::Entry;

    /// Few texts, so that entries repeat each other; some that JSON has to escape.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("resequencer".to_owned()),
            Just("not-in-order".to_owned()),
            Just("„ü“ \"}\n{\"event\":".to_owned()),
            "[ -~]{0,12}",
        ]
    }

    fn any_entry() -> impl Strategy<Value = Entry> {
        let outcome = prop_oneof![Just(kit::verdict::Outcome::Passed), Just(kit::verdict::Outcome::Failed)];
        let checked = (texts(), outcome, proptest::option::of(texts()), any::<u64>()).prop_map(
            |(exercise, outcome, promise, at)| Entry::Checked {
                exercise,
                outcome,
                promise,
                seed: Some(at.to_string()),
                source: String::new(),
                at,
            },
        );
        prop_oneof![
            checked,
            (texts(), proptest::option::of(texts()), 1..4u8)
                .prop_map(|(exercise, promise, level)| Entry::Hinted { exercise, promise, level }),
            texts().prop_map(|exercise| Entry::Reset { exercise }),
            (texts(), 0..=100u8).prop_map(|(chapter, percent)| Entry::Read { chapter, percent }),
        ]
    }

    fn lines(entries: &[Entry]) -> Vec<String> {
        entries.iter().map(|entry| line(entry).expect("plain data")).collect()
    }

    fn read(bytes: &[u8]) -> Vec<Entry> {
        entries(&String::from_utf8_lossy(bytes)).collect()
    }

    /// Which entry has this byte, its line's end not counted.
    fn at(lines: &[String], byte: usize) -> Option<usize> {
        let mut from = 0;
        lines
            .iter()
            .position(|line| {
                from += line.len();
                byte < from
            })
            .filter(|n| byte + 1 != lines[..=*n].iter().map(String::len).sum::<usize>())
    }

    proptest! {
        #[test]
        fn entries_read_back(all in proptest::collection::vec(any_entry(), 0..8)) {
            prop_assert_eq!(read(lines(&all).concat().as_bytes()), all);
        }

        #[test]
        fn a_cut_costs_the_last_entry_at_most(
            all in proptest::collection::vec(any_entry(), 1..6),
            next in any_entry(),
            cut in any::<proptest::sample::Index>(),
        ) {
            let lines = lines(&all);
            let text = lines.concat();
            let cut = cut.index(text.len() + 1);
            let mut left = text.as_bytes()[..cut].to_vec();
            let whole = lines.iter().scan(0, |end, line| { *end += line.len(); Some(*end) });
            // The end of a line is no part of its entry.
            let whole = whole.filter(|end| *end - 1 <= cut).count();
            prop_assert_eq!(read(&left), &all[..whole]);
            // Appended as it stands, without so much as a new line.
            left.extend(line(&next).expect("plain data").bytes());
            let mut then = all[..whole].to_vec();
            then.push(next);
            prop_assert_eq!(read(&left), then);
        }

        #[test]
        fn a_damaged_byte_costs_its_own_entry_at_most(
            all in proptest::collection::vec(any_entry(), 1..6),
            place in any::<proptest::sample::Index>(),
            damage in 1..=255u8,
        ) {
            let lines = lines(&all);
            let mut bytes = lines.concat().into_bytes();
            let place = place.index(bytes.len());
            bytes[place] ^= damage;
            let found = read(&bytes);
            let mut without = all.clone();
            let hit = at(&lines, place);
            if let Some(hit) = hit {
                without.remove(hit);
            }
            // The entry itself survives where the damage cannot be seen in it, and then as it was.
            prop_assert!(found == all || hit.is_some() && found == without, "{found:?} of {all:?}");
        }

        #[test]
        fn anything_at_all_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
            let mut noisy = b"{\"event\":".to_vec();
            noisy.extend(bytes);
            let _ = read(&noisy);
        }
    }

    #[test]
    fn an_entry_without_a_sum_counts_where_it_stands_alone() {
        let text = "{\"event\":\"reset\",\"exercise\":\"a\"}\n";
        assert_eq!(read(text.as_bytes()), [Entry::Reset { exercise: "a".to_owned() }]);
        assert!(read(text.replace('\n', "x").as_bytes()).is_empty());
    }
}
