// SPDX-License-Identifier: MIT OR Apache-2.0
//! Words that are looked for, and where a text has them. Capitals and kinds of quotes and dashes make no difference.

use crate::pen::width;

/// Longer queries are cut: nobody types them.
pub const MOST: usize = 60;

/// What a text that begins a word is worth, a whole word, and the words in one piece.
const BEGINS: u32 = 4;
const WHOLE: u32 = 4;
const PHRASE: u32 = 12;

/// Words, each of which must be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    words: Vec<String>,
    /// All of them as they were typed, with single spaces.
    phrase: String,
}

impl Query {
    /// The words of a text.
    pub fn new(text: &str) -> Query {
        let folded: String = fold(text).chars().take(MOST).collect();
        let words: Vec<String> = folded.split_whitespace().map(str::to_owned).collect();
        Query { phrase: words.join(" "), words }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How well a text fits that was folded before; `None` if it lacks a word.
    pub fn score(&self, folded: &str) -> Option<u32> {
        let mut score = if self.words.len() > 1 && folded.contains(&self.phrase) { PHRASE } else { 0 };
        for word in &self.words {
            let best = occurrences(folded, word).map(|at| {
                let begins = ends_at(folded[..at].chars().next_back());
                let whole = begins && ends_at(folded[at + word.len()..].chars().next());
                1 + if begins { BEGINS } else { 0 } + if whole { WHOLE } else { 0 }
            });
            score += best.max()?;
        }
        Some(score)
    }

    /// Where a text has any of the words: first column and columns, in order, none within another.
    pub fn marks(&self, text: &str) -> Vec<(u16, u16)> {
        let folded = fold(text);
        let found = |word: &String| occurrences(&folded, word).map(|at| (at, word.len())).collect::<Vec<_>>();
        let mut places: Vec<(usize, usize)> = self.words.iter().flat_map(found).collect();
        places.sort_by_key(|(at, len)| (*at, usize::MAX - len));
        let mut end = 0;
        places.retain(|(at, len)| {
            let free = *at >= end;
            if free {
                end = at + len;
            }
            free
        });
        // A folded text has as many characters as the text, if not as many bytes.
        let columns = |bytes: usize| {
            let chars = folded[..bytes].chars().count();
            width(&text.chars().take(chars).collect::<String>())
        };
        places.into_iter().map(|(at, len)| (columns(at), columns(at + len) - columns(at))).collect()
    }
}

fn occurrences<'a>(folded: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    folded.match_indices(word).map(|(at, _)| at)
}

fn ends_at(beside: Option<char>) -> bool {
    beside.is_none_or(|c| !c.is_alphanumeric())
}

/// A text without capitals and with plain quotes and dashes, character by character.
pub fn fold(text: &str) -> String {
    let plain = |c: char| match c {
        '’' | '‘' => '\'',
        '“' | '”' => '"',
        '–' | '—' | '‑' => '-',
        c => c.to_lowercase().next().unwrap_or(c),
    };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_be_there() {
        let query = Query::new("Order  QUEUE");
        assert!(query.score(&fold("The queue keeps the order")).is_some());
        assert!(query.score(&fold("The queue keeps")).is_none());
        assert!(Query::new("   ").is_empty());
    }

    #[test]
    fn whole_words_and_phrases_are_worth_more() {
        let score = |query: &str, text: &str| Query::new(query).score(&fold(text)).expect("it is there");
        assert!(score("order", "an order") > score("order", "orderly"));
        assert!(score("order", "orderly") > score("order", "reordered"));
        assert!(score("one queue", "with one queue") > score("one queue", "a queue, one of them"));
    }

    #[test]
    fn marks_are_columns_of_the_text_itself() {
        let query = Query::new("don't qu");
        assert_eq!(query.marks("⚡ Don’t queue"), [(3, 5), (9, 2)]);
        assert_eq!(Query::new("queue que").marks("queues"), [(0, 5)]);
        assert_eq!(
            Query::new("i").marks("İI"),
            [(0, 1), (1, 1)],
            "a letter whose small form is two characters"
        );
    }
}
