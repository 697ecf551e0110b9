// SPDX-License-Identifier: MIT OR Apache-2.0
//! Short texts without an allocation.

use std::fmt;

/// The longest label has 65 bytes (a test makes it).
const LABEL_BYTES: usize = 72;

/// A short text on the stack: hundreds are made for every picture, and none should be an allocation.
#[derive(Clone, Copy)]
pub struct Label {
    bytes: [u8; LABEL_BYTES],
    len: u8,
}

impl Default for Label {
    fn default() -> Label {
        Label { bytes: [0; LABEL_BYTES], len: 0 }
    }
}

impl Label {
    /// The text.
    pub fn as_str(&self) -> &str {
        // Only whole `str`s are ever pushed.
        std::str::from_utf8(&self.bytes[..self.len as usize]).unwrap_or("")
    }

    /// Appends a text; what no longer fits as a whole is left out.
    pub fn push(&mut self, text: &str) {
        let (from, to) = (self.len as usize, self.len as usize + text.len());
        if to <= LABEL_BYTES {
            self.bytes[from..to].copy_from_slice(text.as_bytes());
            self.len = to as u8;
        }
    }

    /// Appends a number.
    pub fn number(&mut self, number: u64) {
        let mut digits = [0u8; 20];
        let mut first = digits.len();
        let mut rest = number;
        loop {
            first -= 1;
            digits[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.push(std::str::from_utf8(&digits[first..]).unwrap_or(""));
    }
}

impl std::ops::Deref for Label {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for Label {
    fn eq(&self, other: &Label) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Label {}
