// SPDX-License-Identifier: MIT OR Apache-2.0
//! Damaged trace files: no damage panics, none passes for another run, and every error names the line that is wrong.

use std::sync::LazyLock;

use proptest::prelude::*;
use queues::{Address, run};
use trace::{FileError, Trace};

/// A run in which nearly everything happens, as a file.
static FILE: LazyLock<String> = LazyLock::new(|| {
    let text = "order/concurrent-consumers?seed=3&messages=12&loss=0.1&duplication=0.1&effects=async\
                &faults=crash:consumer-1@300ms;restart:consumer-1@500ms;cut:queue/consumer-2@400ms;heal@600ms\
                ;skew:consumer-1/-5ms@100ms;pause:consumer-3@200ms;resume:consumer-3@250ms;set:rate=40@300ms;fork:1@700ms";
    let address: Address = text.parse().expect("it is well formed");
    run(&address).expect("it runs").to_json_lines()
});

/// The line that an error names, where it names one.
fn line_of(error: &FileError) -> Option<usize> {
    match *error {
        FileError::Empty | FileError::Header(_) | FileError::Version { .. } => Some(1),
        FileError::Damaged { line, .. }
        | FileError::Backwards { line }
        | FileError::UnknownNode { line, .. }
        | FileError::CutOff { line }
        | FileError::GoesOn { line }
        | FileError::TooLong { line } => Some(line),
    }
}

/// What was read of a damaged text: nothing, with an error inside the text, or a trace that is written as it was read.
fn check(text: &str) -> Result<(), TestCaseError> {
    match Trace::from_json_lines(text) {
        Ok(trace) => {
            let again = Trace::from_json_lines(&trace.to_json_lines());
            prop_assert_eq!(again.as_ref(), Ok(&trace));
        }
        Err(error) => {
            let lines = text.lines().count().max(1);
            let line = line_of(&error).expect("every error is about a line");
            prop_assert!((1..=lines).contains(&line), "{error}: there are {lines} lines");
            prop_assert!(!error.to_string().is_empty());
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_file_that_was_cut_anywhere_is_refused(at in any::<prop::sample::Index>()) {
        let at = at.index(FILE.len());
        let text = String::from_utf8_lossy(&FILE.as_bytes()[..at]).into_owned();
        check(&text)?;
        // Without its last line's newline it is whole; with less it is not.
        if at + 1 < FILE.len() {
            prop_assert!(Trace::from_json_lines(&text).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn bytes_that_changed_do_not_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = FILE.clone().into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        check(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn lines_that_moved_do_not_panic(from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), keep in any::<bool>()) {
        let mut lines: Vec<&str> = FILE.lines().collect();
        let (from, to) = (from.index(lines.len()), to.index(lines.len()));
        let line = lines[from];
        if !keep {
            lines.remove(from);
        }
        lines.insert(to.min(lines.len()), line);
        check(&lines.join("\n"))?;
    }

    #[test]
    fn numbers_of_any_size_do_not_panic(at in any::<prop::sample::Index>(), number in any::<u64>()) {
        // Another number in the place of one that stands there.
        let places: Vec<(usize, &str)> = FILE.match_indices(|c: char| c.is_ascii_digit()).collect();
        let (begin, _) = places[at.index(places.len())];
        let end = FILE[begin..].find(|c: char| !c.is_ascii_digit()).map_or(FILE.len(), |n| begin + n);
        check(&format!("{}{number}{}", &FILE[..begin], &FILE[end..]))?;
    }
}

#[test]
fn nothing_stands_behind_the_end() {
    let last = FILE.lines().last().expect("it has lines");
    let lines = FILE.lines().count();
    assert_eq!(
        Trace::from_json_lines(&format!("{}{last}\n", *FILE)),
        Err(FileError::GoesOn { line: lines + 1 })
    );
}
