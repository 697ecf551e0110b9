// SPDX-License-Identifier: MIT OR Apache-2.0
//! Rust in the book, set in type when the book is built: keywords bold, comments slanted, strings lighter. Nothing else.
//!
//! Colour has a meaning in this book (what became of a message), so code is told apart by weight and slant alone.

use super::markdown::escape;

const KEYWORDS: [&str; 38] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return",
    "self", "Self", "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while",
];

/// Rust source as HTML: `<b>` around keywords, `<i>` around comments, `<q>` around literals of characters and strings.
pub(crate) fn rust(code: &str) -> String {
    let mut out = String::with_capacity(code.len() * 2);
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (length, element) = token(rest, first);
        let text = escape(&rest[..length]);
        match element {
            Some(element) => out.push_str(&format!("<{element}>{text}</{element}>")),
            None => out.push_str(&text),
        }
        rest = &rest[length..];
    }
    out
}

/// The length in bytes of the token that starts here, and the element that it is set in.
fn token(rest: &str, first: char) -> (usize, Option<&'static str>) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), Some("i"));
    }
    if rest.starts_with("/*") {
        return (rest.find("*/").map_or(rest.len(), |end| end + 2), Some("i"));
    }
    if let Some(length) = raw_string(rest).or_else(|| quoted(rest, '"')).or_else(|| character(rest)) {
        return (length, Some("q"));
    }
    if first.is_alphanumeric() || first == '_' {
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        return (length, KEYWORDS.contains(&&rest[..length]).then_some("b"));
    }
    (first.len_utf8(), None)
}

/// `r"..."` and `r#"..."#`.
fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let inside = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", &after[..hashes]);
    Some(inside.find(&end).map_or(rest.len(), |at| rest.len() - inside.len() + at + end.len()))
}

/// Up to the closing quote that no backslash precedes; to the end when there is none.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let inside = rest.strip_prefix(quote)?;
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(1 + at + c.len_utf8()),
            _ => {}
        }
    }
    Some(rest.len())
}

/// `'a'` and `'\n'`, but not the lifetime `'a`.
fn character(rest: &str) -> Option<usize> {
    let mut inside = rest.strip_prefix('\'')?.chars();
    let first = inside.next()?;
    (first == '\\' || inside.next() == Some('\'')).then(|| quoted(rest, '\'')).flatten()
}

#[cfg(test)]
mod tests {
    use super::rust;

    #[test]
    fn keywords_comments_and_strings_are_set_apart_and_names_are_not() {
        assert_eq!(
            rust("fn letter(self) { // let's \"go\"\n    \"if \\\" // x\"\n}"),
            "<b>fn</b> letter(<b>self</b>) { <i>// let&#39;s &quot;go&quot;</i>\n    <q>&quot;if \\&quot; // x&quot;</q>\n}"
        );
    }

    #[test]
    fn a_lifetime_is_no_character_and_a_character_is() {
        assert_eq!(
            rust("&'a str, 'a', '\\''"),
            "&amp;&#39;a str, <q>&#39;a&#39;</q>, <q>&#39;\\&#39;&#39;</q>"
        );
    }

    #[test]
    fn raw_strings_end_at_their_own_hashes() {
        assert_eq!(rust("r#\"a\"b\"# r\"c\" rx"), "<q>r#&quot;a&quot;b&quot;#</q> <q>r&quot;c&quot;</q> rx");
    }

    #[test]
    fn nothing_is_lost_where_code_is_cut_off() {
        for code in ["/* open", "\"open", "r#\"open", "'", "'\\", "caf\u{e9} 'x"] {
            let text =
                rust(code).replace("<i>", "").replace("</i>", "").replace("<q>", "").replace("</q>", "");
            assert_eq!(text, super::escape(code));
        }
    }
}
