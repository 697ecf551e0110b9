// SPDX-License-Identifier: MIT OR Apache-2.0
//! The compiler's message with the colours that it gave it.

use crate::markdown::{Face, Piece};
use crate::text;

/// A line with escape sequences as pieces. Sequences that say nothing of colours are left out.
pub fn pieces(line: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut face = Face::Plain;
    for (n, part) in line.split("\u{1b}[").enumerate() {
        let shown = if n == 0 {
            part
        } else {
            // A sequence ends with its first letter; `m` is that of colours.
            let end = part.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(part.len());
            let (codes, rest) = part.split_at(end);
            if rest.starts_with('m') {
                face = face_after(face, codes);
            }
            rest.get(1..).unwrap_or_default()
        };
        if !shown.is_empty() {
            pieces.push((text::tabs(shown), face));
        }
    }
    pieces
}

/// A colour says more than boldness: where both are meant, it counts.
fn face_after(before: Face, codes: &str) -> Face {
    codes.split(';').fold(before, |face, code| match code {
        "" | "0" => Face::Plain,
        "1" if face == Face::Plain => Face::Strong,
        "31" | "91" => Face::Fault,
        "32" | "92" => Face::Code,
        "33" | "93" => Face::Number,
        "34" | "94" | "36" | "96" => Face::Quiet,
        _ => face,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_faces_and_other_sequences_vanish() {
        let line = "\u{1b}[1m\u{1b}[91merror[E0308]\u{1b}[0m\u{1b}[1m: mismatched\u{1b}[0m \u{1b}[2Ktypes";
        let expected = [
            ("error[E0308]", Face::Fault),
            (": mismatched", Face::Strong),
            (" ", Face::Plain),
            ("types", Face::Plain),
        ];
        let pieces = pieces(line);
        let pieces: Vec<(&str, Face)> = pieces.iter().map(|(text, face)| (text.as_str(), *face)).collect();
        assert_eq!(pieces, expected);
        assert!(super::pieces("\u{1b}[").is_empty());
        assert_eq!(super::pieces("a\u{1b}[31").len(), 1);
    }
}
