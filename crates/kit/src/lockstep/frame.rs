// SPDX-License-Identifier: MIT OR Apache-2.0
//! What travels between an exam and an answer's process: lists of numbers, no longer than a bound.
//!
//! A frame is the count of its numbers in four bytes, then each in eight, the lowest byte first.

use std::io::{self, Read, Write};
use std::time::Duration;

/// The longest frame, in numbers.
pub const MOST: usize = 1 << 16;

/// Numbers, read from the front.
pub struct Numbers<'a>(pub &'a [u64]);

/// The next one is `None` when there is none: who reads a frame then finds that it is none.
impl Iterator for Numbers<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }
}

impl Numbers<'_> {
    /// A count, and so many numbers.
    pub fn list(&mut self) -> Option<Vec<u64>> {
        let count = usize::try_from(self.next()?).ok()?;
        let (list, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(list.to_vec())
    }

    /// Whether all were read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Adds a count and so many numbers.
pub(crate) fn put_list(to: &mut Vec<u64>, list: &[u64]) {
    to.push(list.len() as u64);
    to.extend(list);
}

/// Adds a span of time: seconds, and nanoseconds.
pub(crate) fn put_span(to: &mut Vec<u64>, span: Duration) {
    to.extend([span.as_secs(), span.subsec_nanos().into()]);
}

/// Reads what [`put_span`] wrote.
pub(crate) fn span(from: &mut Numbers<'_>) -> Option<Duration> {
    let (secs, nanos) = (from.next()?, u32::try_from(from.next()?).ok()?);
    (nanos < 1_000_000_000).then(|| Duration::new(secs, nanos))
}

/// Adds a text, cut where it is longer than a kilobyte: a count of bytes, and eight of them in each number.
pub fn put_text(to: &mut Vec<u64>, text: &str) {
    let fits = (0..=text.len().min(1_024)).rev().find(|end| text.is_char_boundary(*end));
    let end = fits.unwrap_or(0);
    put_bytes(to, &text.as_bytes()[..end]);
}

/// Appends bytes: how many, then eight to a number.
pub(crate) fn put_bytes(to: &mut Vec<u64>, bytes: &[u8]) {
    to.push(bytes.len() as u64);
    to.extend(bytes.chunks(8).map(|eight| {
        let mut bytes = [0; 8];
        bytes[..eight.len()].copy_from_slice(eight);
        u64::from_le_bytes(bytes)
    }));
}

/// Reads what [`put_bytes`] wrote.
pub(crate) fn bytes(from: &mut Numbers<'_>) -> Option<Vec<u8>> {
    let length = usize::try_from(from.next()?).ok()?;
    let (eights, rest) = from.0.split_at_checked(length.div_ceil(8))?;
    from.0 = rest;
    let mut bytes: Vec<u8> = eights.iter().flat_map(|eight| eight.to_le_bytes()).collect();
    bytes.truncate(length);
    Some(bytes)
}

/// Reads what [`put_text`] wrote. What is no text is replaced, and so is what would be an order to a terminal.
pub fn text(from: &mut Numbers<'_>) -> Option<String> {
    let bytes = bytes(from).filter(|bytes| bytes.len() <= 1_024)?;
    Some(shown(&String::from_utf8_lossy(&bytes)))
}

/// A text as it can be shown without harm: no characters that give orders to a terminal.
pub fn shown(text: &str) -> String {
    let harmless = |letter: char| !letter.is_control() || letter == '\n' || letter == '\t';
    text.chars().map(|letter| if harmless(letter) { letter } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// Writes a frame.
///
/// # Errors
/// When it is too long, or cannot be written.
pub fn write(to: &mut impl Write, numbers: &[u64]) -> io::Result<()> {
    if numbers.len() > MOST {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("more than {MOST} numbers")));
    }
    to.write_all(&encoded(numbers))
}

// These two are no generic functions: they are compiled here, optimised, and not in each crate that sends frames.
fn encoded(numbers: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(4 + 8 * numbers.len());
    bytes.extend((numbers.len() as u32).to_le_bytes());
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

fn decoded(bytes: &[u8]) -> Vec<u64> {
    let eights = bytes.chunks_exact(8);
    eights.map(|eight| u64::from_le_bytes(eight.try_into().expect("eight bytes"))).collect()
}

/// Reads a frame.
///
/// # Errors
/// [`io::ErrorKind::InvalidData`] when what comes is no frame, or a longer one; else when it cannot be read.
pub fn read(from: &mut impl Read) -> io::Result<Vec<u64>> {
    let mut count = [0; 4];
    from.read_exact(&mut count)?;
    let count = u32::from_le_bytes(count) as usize;
    if count > MOST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("{count} numbers; {MOST} at most")));
    }
    let mut bytes = vec![0; 8 * count];
    from.read_exact(&mut bytes)?;
    Ok(decoded(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        let mut numbers = vec![1, u64::MAX];
        put_list(&mut numbers, &[7, 8, 9]);
        put_text(&mut numbers, "what it said");
        let mut bytes = Vec::new();
        write(&mut bytes, &numbers).expect("a vector takes all");
        let read = read(&mut bytes.as_slice()).expect("as written");
        let mut left = Numbers(&read);
        assert_eq!((left.next(), left.next()), (Some(1), Some(u64::MAX)));
        assert_eq!(left.list(), Some(vec![7, 8, 9]));
        assert_eq!(text(&mut left).as_deref(), Some("what it said"));
        assert!(left.is_empty());
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        let too_long = (MOST as u32 + 1).to_le_bytes();
        let error = read(&mut too_long.as_slice()).expect_err("too long");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        let cut = [2, 0, 0, 0, 1, 1];
        assert_eq!(read(&mut cut.as_slice()).expect_err("cut").kind(), io::ErrorKind::UnexpectedEof);
        assert!(write(&mut io::sink(), &vec![0; MOST + 1]).is_err());
        assert_eq!(Numbers(&[3, 1, 2]).list(), None, "a list that is longer than the frame");
        assert_eq!(text(&mut Numbers(&[u64::MAX])), None, "a text longer than any");
    }

    #[test]
    fn a_text_gives_no_orders_to_a_terminal() {
        let mut numbers = Vec::new();
        put_text(&mut numbers, "\u{1b}[2Jall\twell\n");
        assert_eq!(text(&mut Numbers(&numbers)).as_deref(), Some("\u{fffd}[2Jall\twell\n"));
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        let mut numbers = Vec::new();
        put_text(&mut numbers, &"ö".repeat(600));
        assert_eq!(text(&mut Numbers(&numbers)), Some("ö".repeat(512)));
    }
}
