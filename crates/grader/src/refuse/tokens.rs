// SPDX-License-Identifier: MIT OR Apache-2.0
//! Names and single signs of Rust source, without comments, texts and white space.

/// A name, a number or a single sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub text: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// The tokens of a file. What is no Rust gives tokens, too: the compiler refuses it later.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut rest, mut line, mut column) = (source, 1, 1);
    while let Some(first) = rest.chars().next() {
        let name = rest.find(|c: char| !in_name(c)).unwrap_or(rest.len());
        let (length, skip, kept) = match first {
            _ if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), 0, false),
            _ if rest.starts_with("/*") => (comment(rest), 0, false),
            '"' => (text(rest), 0, false),
            '\'' => (character(rest), 0, false),
            // `r#name` is the name; `r"…"`, `b'…'` and their like are texts.
            _ if name > 0 => match text_with_prefix(rest, name) {
                Some(length) => (length, 0, false),
                None if &rest[..name] == "r" && raw_name(&rest[1..]) => {
                    let end = rest[2..].find(|c: char| !in_name(c)).unwrap_or(rest.len() - 2);
                    (2 + end, 2, true)
                }
                None => (name, 0, true),
            },
            _ => (first.len_utf8(), 0, !first.is_whitespace()),
        };
        let (token, after) = rest.split_at(length);
        if kept {
            tokens.push(Token { text: token[skip..].to_owned(), line, column });
        }
        match token.rfind('\n') {
            Some(last) => {
                line += token.matches('\n').count();
                column = token[last + 1..].chars().count() + 1;
            }
            None => column += token.chars().count(),
        }
        rest = after;
    }
    tokens
}

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn raw_name(source: &str) -> bool {
    source.strip_prefix('#').is_some_and(|name| name.starts_with(in_name))
}

/// The length of a comment that may have comments in it.
fn comment(source: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < source.len() {
        let rest = &source[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    source.len()
}

/// The length of a text in quotation marks.
fn text(source: &str) -> usize {
    let mut escaped = false;
    for (at, sign) in source.char_indices().skip(1) {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    source.len()
}

/// The length of a character; of a lifetime only its mark.
fn character(source: &str) -> usize {
    let mut signs = source.char_indices().skip(1);
    match signs.next() {
        Some((_, '\\')) => {
            let behind = source.get(3..).and_then(|behind| behind.find('\''));
            behind.map_or(source.len(), |end| end + 4)
        }
        Some(_) => match signs.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}

/// The length of a text that begins with a prefix such as `r#` or `b`, whose name is so long; none if it is no text.
fn text_with_prefix(source: &str, name: usize) -> Option<usize> {
    let (prefix, rest) = source.split_at(name);
    match prefix {
        "b" if rest.starts_with('\'') => Some(name + character(rest)),
        "b" | "c" if rest.starts_with('"') => Some(name + text(rest)),
        "r" | "br" | "cr" => {
            let hashes = rest.len() - rest.trim_start_matches('#').len();
            rest[hashes..].strip_prefix('"')?;
            let end = format!("\"{}", "#".repeat(hashes));
            let start = hashes + 1;
            let found = rest[start..].find(&end).map_or(rest.len(), |found| start + found + end.len());
            Some(name + found)
        }
        _ => None,
    }
}
