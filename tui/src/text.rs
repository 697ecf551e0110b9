// SPDX-License-Identifier: MIT OR Apache-2.0
//! Breaking sentences into lines.

use crate::pen::width;

/// A text in lines of at most so many columns, broken between words; a longer word is broken where it must be.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word = word;
        let needed = usize::from(width(&line)) + usize::from(!line.is_empty()) + usize::from(width(word));
        if needed > columns && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while usize::from(width(word)) > columns {
            let at = break_at(word, columns);
            lines.push(word[..at].to_owned());
            word = &word[at..];
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The byte before which at most so many columns of a text end; at least one character. Where an address can be broken
/// behind one of its parts without leaving the line half empty, it is.
fn break_at(text: &str, columns: usize) -> usize {
    let (mut used, mut part) = (0, 0);
    for (at, c) in text.char_indices() {
        let mut bytes = [0; 4];
        used += usize::from(width(c.encode_utf8(&mut bytes)));
        if used > columns && at > 0 {
            return if part > 0 { part } else { at };
        }
        if "/?&;".contains(c) && used * 2 > columns {
            part = at + c.len_utf8();
        }
    }
    text.len()
}

/// A line in parts of at most so many columns, broken anywhere; whether each is the first.
pub fn broken(line: &str, columns: usize) -> Vec<(bool, String)> {
    let mut parts = vec![(true, String::new())];
    let mut used = 0;
    for c in line.chars() {
        let wide = usize::from(width(c.encode_utf8(&mut [0; 4])));
        if used + wide > columns.max(1) && used > 0 {
            parts.push((false, String::new()));
            used = 0;
        }
        used += wide;
        if let Some((_, part)) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

/// A line with spaces where it has tabs, as far as the next column of four: a screen's cell cannot hold a tab.
pub fn tabs(line: &str) -> String {
    let mut spaced = String::new();
    for c in line.chars() {
        match c {
            '\t' => spaced.push_str(&" ".repeat(4 - usize::from(width(&spaced)) % 4)),
            c => spaced.push(c),
        }
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_break_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("", 7), [""]);
    }

    #[test]
    fn a_word_that_is_too_long_is_broken() {
        assert_eq!(wrap("abcdefghijk x", 8), ["abcdefgh", "ijk x"]);
    }

    #[test]
    fn an_address_is_broken_behind_a_part_of_it() {
        assert_eq!(wrap("a/very/long/address x", 8), ["a/very/", "long/", "address", "x"]);
        assert_eq!(wrap("a/veryverylong", 8), ["a/veryve", "rylong"]);
    }

    #[test]
    fn listings_are_broken_anywhere() {
        let parts = broken("  let a = b;", 8);
        assert_eq!(parts, [(true, "  let a ".to_owned()), (false, "= b;".to_owned())]);
        assert_eq!(broken("", 8), [(true, String::new())]);
    }

    #[test]
    fn tabs_are_as_wide_as_they_must_be() {
        assert_eq!(tabs("9 |\tlet\tx"), "9 | let x");
        assert_eq!(tabs("\ta"), "    a");
    }

    #[test]
    fn no_line_is_wider_than_asked_for() {
        let text = "c1 finished 14 while c2 still holds 13 – ⚡ and ◆ are wide or narrow";
        for columns in 1..30 {
            let wide = wrap(text, columns).iter().map(|line| usize::from(width(line))).max();
            assert!(wide <= Some(columns.max(2)), "{columns}");
        }
    }
}
