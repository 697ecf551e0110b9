// SPDX-License-Identifier: MIT OR Apache-2.0
//! Breaking a text of several faces into lines.

use super::{Face, Piece, Row, row_width};
use crate::text;

/// Breaks a text between its words. Pieces without a space between them stay together.
pub fn wrap(text: &[Piece], columns: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = vec![Vec::new()];
    let mut used = 0;
    for word in words(text).into_iter().flat_map(|word| broken(word, columns)) {
        let wide = row_width(&word);
        let row = match rows.last_mut() {
            Some(_) if used > 0 && used + 1 + wide > columns => {
                rows.push(Vec::new());
                used = 0;
                rows.last_mut()
            }
            row => row,
        };
        let Some(row) = row else { break };
        if used > 0 {
            // Between two pieces of one face the space is theirs, so that underlines do not break.
            let same = row.last().zip(word.first()).filter(|((_, a), (_, b))| a == b && *a != Face::Code);
            row.push((" ".to_owned(), same.map_or(Face::Plain, |((_, face), _)| *face)));
            used += 1;
        }
        used += wide;
        row.extend(word);
    }
    rows
}

/// Columns of the longest word of a text.
pub fn longest_word(text: &[Piece]) -> usize {
    words(text).iter().map(|word| row_width(word)).max().unwrap_or(0)
}

/// A word in parts of at most so many columns: nearly always one.
fn broken(word: Row, columns: usize) -> Vec<Row> {
    if row_width(&word) <= columns {
        return vec![word];
    }
    let parts = |(piece, face): &Piece| {
        text::wrap(piece, columns).into_iter().map(|part| vec![(part, *face)]).collect::<Vec<_>>()
    };
    word.iter().flat_map(parts).collect()
}

fn words(text: &[Piece]) -> Vec<Row> {
    let mut words: Vec<Row> = Vec::new();
    let mut open = false;
    for (piece, face) in text {
        for (n, part) in piece.split(char::is_whitespace).enumerate() {
            open &= n == 0;
            if part.is_empty() {
                continue;
            }
            match words.last_mut().filter(|_| open) {
                Some(word) => word.push((part.to_owned(), *face)),
                None => words.push(vec![(part.to_owned(), *face)]),
            }
            open = true;
        }
    }
    words
}
