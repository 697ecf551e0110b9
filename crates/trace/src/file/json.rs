// SPDX-License-Identifier: MIT OR Apache-2.0
//! As much JSON as a line of a trace file needs: text in, values out, values in, text out.
//!
//! By hand, because the page has to read traces too: a general reader with its generated code for two dozen events would
//! be a tenth of the page's module, this is a hundredth.

use std::borrow::Cow;

/// Lists and objects within each other: a header has three levels.
const DEEPEST: usize = 8;
/// Entries of an object at most: a header lists each parameter once, and no scenario has so many.
const MOST_ENTRIES: usize = 1024;

/// A value in a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json<'t> {
    Null,
    Bool(bool),
    /// As it is written; whoever expects one reads it.
    Number(&'t str),
    Text(Cow<'t, str>),
    List(Vec<Json<'t>>),
    Object(Vec<(Cow<'t, str>, Json<'t>)>),
}

/// Reads a line that is one value.
///
/// # Errors
/// What is wrong, and in which column.
pub(super) fn read(line: &str) -> Result<Json<'_>, String> {
    let mut reader = Reader { line, at: 0 };
    let value = reader.value(0).and_then(|value| match reader.next() {
        None => Ok(value),
        Some(_) => Err("something stands behind the value"),
    });
    value.map_err(|why| {
        let column = line[..reader.at].chars().count() + 1;
        [why, " (column ", &column.to_string(), ")"].concat()
    })
}

struct Reader<'t> {
    line: &'t str,
    /// Bytes read; always between two characters.
    at: usize,
}

impl<'t> Reader<'t> {
    /// The next byte that is not white space, still unread.
    fn next(&mut self) -> Option<u8> {
        let rest = &self.line[self.at..];
        self.at = self.line.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.line.as_bytes().get(self.at).copied()
    }

    /// Whether this byte comes next; then it is read.
    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.next() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn value(&mut self, depth: usize) -> Result<Json<'t>, &'static str> {
        if depth == DEEPEST {
            return Err("lists and objects lie too deep in each other");
        }
        match self.next() {
            Some(b'"') => self.text().map(Json::Text),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'-' | b'0'..=b'9') => {
                let number = self.span(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
                Ok(Json::Number(number))
            }
            Some(_) => {
                let began = self.at;
                match self.span(|byte| byte.is_ascii_alphabetic()) {
                    "null" => Ok(Json::Null),
                    "true" => Ok(Json::Bool(true)),
                    "false" => Ok(Json::Bool(false)),
                    _ => {
                        self.at = began;
                        Err("no JSON value begins like this")
                    }
                }
            }
            None => Err("the line stops where a value should stand"),
        }
    }

    /// What stands from here on of bytes that fit; all of them ASCII.
    fn span(&mut self, fits: fn(u8) -> bool) -> &'t str {
        let rest = &self.line[self.at..];
        let length = rest.bytes().position(|byte| !fits(byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn list(&mut self, depth: usize) -> Result<Json<'t>, &'static str> {
        self.at += 1;
        let mut list = Vec::new();
        if self.takes(b']') {
            return Ok(Json::List(list));
        }
        loop {
            list.push(self.value(depth + 1)?);
            if self.takes(b']') {
                return Ok(Json::List(list));
            }
            if !self.takes(b',') {
                return Err("a list goes on with `,` or ends with `]`");
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json<'t>, &'static str> {
        self.at += 1;
        let mut object: Vec<(Cow<'t, str>, Json<'t>)> = Vec::new();
        if self.takes(b'}') {
            return Ok(Json::Object(object));
        }
        loop {
            if self.next() != Some(b'"') {
                return Err("an entry of an object begins with its name in `\"`");
            }
            let name = self.text()?;
            if object.iter().any(|(known, _)| *known == name) {
                return Err("this name stands twice in its object");
            }
            if !self.takes(b':') {
                return Err("behind the name of an entry stands `:`");
            }
            let value = self.value(depth + 1)?;
            object.push((name, value));
            if self.takes(b'}') {
                return Ok(Json::Object(object));
            }
            if object.len() == MOST_ENTRIES {
                return Err("the object has too many entries");
            }
            if !self.takes(b',') {
                return Err("an object goes on with `,` or ends with `}`");
            }
        }
    }

    fn text(&mut self) -> Result<Cow<'t, str>, &'static str> {
        self.at += 1;
        let mut read = String::new();
        loop {
            let plain = &self.line[self.at..];
            let end = plain.find(|c: char| matches!(c, '"' | '\\') || c < ' ').unwrap_or(plain.len());
            self.at += end;
            let plain = &plain[..end];
            match self.line.as_bytes().get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    // Nearly no text has an escape: it is not copied.
                    return Ok(if read.is_empty() { Cow::Borrowed(plain) } else { Cow::Owned(read + plain) });
                }
                Some(b'\\') => {
                    read.push_str(plain);
                    self.at += 1;
                    read.push(self.escaped()?);
                }
                Some(_) => return Err("a control character in a text has to be escaped"),
                None => return Err("the text does not end on its line"),
            }
        }
    }

    /// The character that an escape means; its backslash is read.
    fn escaped(&mut self) -> Result<char, &'static str> {
        let known = self.line.as_bytes().get(self.at).copied();
        let meant = match known {
            Some(same @ (b'"' | b'\\' | b'/')) => char::from(same),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.escaped_number(),
            _ => return Err("there is no such escape"),
        };
        self.at += 1;
        Ok(meant)
    }

    /// `uXXXX`, or two of them where one character needs a pair.
    fn escaped_number(&mut self) -> Result<char, &'static str> {
        const WRONG: &str = "an escape `\\u` names a character by four hexadecimal digits";
        let first = self.four_digits().ok_or(WRONG)?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first).ok_or(WRONG);
        }
        let second = self.line[self.at..].starts_with('\\').then(|| {
            self.at += 1;
            self.four_digits()
        });
        let second = second.flatten().filter(|second| (0xDC00..0xE000).contains(second)).ok_or(WRONG)?;
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or(WRONG)
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.line.get(self.at..self.at + 5)?.strip_prefix('u')?;
        let number = digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digits)?;
        self.at += 5;
        u32::from_str_radix(number, 16).ok()
    }
}

/// Writes a text in quotation marks.
pub(super) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => {
                out.push_str(if c < '\u{10}' { "\\u000" } else { "\\u001" });
                out.extend(char::from_digit(u32::from(c) % 16, 16));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Another reader and writer of JSON, which we do not use, says the same.
        #[test]
        fn any_text_is_written_and_read_as_the_world_does(text in any::<String>()) {
            let mut written = String::new();
            write_text(&mut written, &text);
            prop_assert_eq!(&written, &serde_json::to_string(&text).expect("text is JSON"));
            prop_assert_eq!(read(&written), Ok(Json::Text(Cow::Borrowed(&*text))));
        }

        #[test]
        fn what_we_read_of_objects_the_world_reads_too(line in "[{}\\[\\]\",:0-9a-etu \\\\]{0,24}") {
            if read(&line).is_err() && serde_json::from_str::<serde_json::Value>(&line).is_ok() {
                // Twice the same name is the one thing that others let through.
                prop_assert!(read(&line).unwrap_err().contains("twice"), "{line}");
            }
        }
    }

    #[test]
    fn escapes_of_pairs_are_read_and_halves_refused() {
        assert_eq!(read(r#""\ud83d\ude00\u00e9\/""#), Ok(Json::Text("😀é/".into())));
        for wrong in [r#""\ud83d""#, r#""\ud83dx""#, r#""\ude00""#, r#""\u12g4""#, r#""\x""#, "\"\\u12é4\""]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn errors_name_the_column_in_characters() {
        assert_eq!(
            read(r#"{"é":1,,"#).unwrap_err(),
            "an entry of an object begins with its name in `\"` (column 8)"
        );
        assert!(read(&"[".repeat(100_000)).unwrap_err().contains("too deep"));
    }
}
