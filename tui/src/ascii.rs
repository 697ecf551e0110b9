// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same picture with the signs of ASCII alone.

use ratatui::buffer::Buffer;

/// Signs and what stands for them. States of messages stay apart from each other.
const SIGNS: &[(&str, char)] = &[
    ("●", 'o'),
    ("◐", '%'),
    ("○", '.'),
    ("◎", '@'),
    ("◆", '#'),
    ("▲", '^'),
    ("✕╳×", 'x'),
    ("⚡", '!'),
    ("★", '*'),
    ("═", '='),
    ("▒", '!'),
    ("▓", '#'),
    ("╱", '/'),
    ("▁", '_'),
    ("┆", ':'),
    ("┼", '+'),
    ("•·", '.'),
    ("…", '~'),
    ("─╌━", '-'),
    ("│┃", '|'),
    ("├┤", '|'),
    ("▸▶→›⇧", '>'),
    ("‹←", '<'),
    ("↑", '^'),
    ("↓", 'v'),
    ("↪", '>'),
    ("⌫", '<'),
    ("‖", '='),
    ("█▉▊▋▌", '='),
    ("▍▎▏░", '-'),
    ("’‘", '\''),
    ("“”", '"'),
    ("–—−‑", '-'),
    ("µ", 'u'),
    ("¹", '1'),
    ("²", '2'),
    ("³", '3'),
    ("†", '+'),
    ("‡", '#'),
    ("§", '$'),
];

/// What stands for a character; a question mark for one that nobody thought of.
fn plain(c: char) -> char {
    match c {
        ' '..='~' => c,
        // A dot of a finely drawn line.
        '\u{2800}' => ' ',
        '\u{2801}'..='\u{28FF}' => '.',
        _ => SIGNS.iter().find(|(signs, _)| signs.contains(c)).map_or('?', |(_, plain)| *plain),
    }
}

/// Replaces what is not ASCII. A sign of two columns leaves the second one empty.
pub fn translate(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let c = cell.symbol().chars().next().map_or(' ', plain);
            cell.set_char(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn states_of_messages_stay_apart() {
        let signs = stage::LEGEND.iter().filter(|row| row.words != "waiting or leased");
        let plain: Vec<char> = signs.map(|row| plain(row.shape.glyph())).collect();
        assert_eq!(plain.iter().collect::<BTreeSet<_>>().len(), plain.len(), "{plain:?}");
        assert!(!plain.contains(&'?'));
    }

    #[test]
    fn standings_stay_apart() {
        let all = [course::Standing::Untouched, course::Standing::Tried, course::Standing::Passed];
        assert_eq!(all.map(|standing| plain(standing.dot())), ['.', '%', 'o']);
    }
}
