// SPDX-License-Identifier: MIT OR Apache-2.0
//! Markdown as lines of a terminal.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use ratatui::style::{Modifier, Style};

use crate::palette::Palette;
use crate::pen::width;
use crate::table;

/// How a piece of text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Text.
    Plain,
    /// Strong emphasis, headings.
    Strong,
    /// Emphasis.
    Emphasis,
    /// Code.
    Code,
    /// A number that was computed.
    Number,
    /// A reference to a note; rules and bars.
    Quiet,
    /// What went wrong.
    Fault,
}

impl Face {
    /// Its style.
    pub fn style(self, palette: Palette) -> Style {
        match self {
            Face::Plain => palette.ink(),
            Face::Strong => palette.strong(),
            Face::Emphasis => palette.ink().add_modifier(Modifier::ITALIC),
            Face::Code => palette.accent(),
            Face::Number => palette.ink().add_modifier(Modifier::UNDERLINED),
            Face::Quiet => palette.quiet(),
            Face::Fault => palette.tone(stage::Tone::Fault).add_modifier(Modifier::BOLD),
        }
    }
}

/// A piece of text in one face.
pub type Piece = (String, Face);
/// A line.
pub type Row = Vec<Piece>;

/// How many columns a line takes.
pub fn row_width(row: &[Piece]) -> usize {
    row.iter().map(|(text, _)| usize::from(width(text))).sum()
}

/// What a text leaves to whoever shows it.
pub trait Fill {
    /// What stands in the place of the placeholder with this number.
    fn placeholder(&mut self, number: usize) -> Piece;
    /// The number of the note that has this address; `None` where the link's text is enough.
    fn link(&mut self, address: &str) -> Option<usize>;
}

/// Nothing to fill in: links show their text.
pub struct Plain;

impl Fill for Plain {
    fn placeholder(&mut self, _: usize) -> Piece {
        (String::new(), Face::Plain)
    }

    fn link(&mut self, _: &str) -> Option<usize> {
        None
    }
}

const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// The text that stands for something to be filled in. Characters of the private area, which no chapter contains.
pub fn placeholder(number: usize) -> String {
    format!("{OPEN}{number}{CLOSE}")
}

/// Lays a text out in lines of at most so many columns.
pub fn lay_out(markdown: &str, columns: usize, fill: &mut dyn Fill) -> Vec<Row> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_GFM | Options::ENABLE_STRIKETHROUGH;
    let mut writer = Writer {
        columns,
        fill,
        rows: Vec::new(),
        prefixes: Vec::new(),
        text: Vec::new(),
        faces: vec![Face::Plain],
        lists: Vec::new(),
        code: None,
        cells: Vec::new(),
        link: None,
        gap: false,
    };
    for event in Parser::new_ext(markdown, options) {
        writer.event(event);
    }
    writer.flush();
    writer.rows
}

/// What stands before the lines of a quote or a list's item.
struct Prefix {
    first: Option<String>,
    rest: String,
}

struct Writer<'a> {
    columns: usize,
    fill: &'a mut dyn Fill,
    rows: Vec<Row>,
    prefixes: Vec<Prefix>,
    /// The paragraph so far.
    text: Row,
    faces: Vec<Face>,
    /// The number of the next item of each open list; `None` without numbers.
    lists: Vec<Option<u64>>,
    code: Option<String>,
    /// The table so far, its head first.
    cells: Vec<Vec<Row>>,
    link: Option<String>,
    /// Whether an empty line comes before the next block.
    gap: bool,
}

impl Writer<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.words(&text),
            },
            Event::Code(text) => self.text.push((text.into_string(), Face::Code)),
            Event::SoftBreak => self.words(" "),
            Event::HardBreak => self.flush_lines(),
            Event::Rule => {
                self.flush();
                self.block(vec![vec![("─".repeat(self.columns.min(24)), Face::Quiet)]]);
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { .. } => {
                self.flush();
                self.faces.push(Face::Strong);
            }
            Tag::Strong => self.faces.push(Face::Strong),
            Tag::Emphasis => self.faces.push(Face::Emphasis),
            Tag::Link { dest_url, .. } => self.link = Some(dest_url.into_string()),
            Tag::CodeBlock(kind) => {
                self.flush();
                let _ = matches!(kind, CodeBlockKind::Fenced(_));
                self.code = Some(String::new());
            }
            Tag::BlockQuote(kind) => {
                self.flush();
                self.open_gap();
                self.prefixes.push(Prefix { first: None, rest: "┃ ".to_owned() });
                if let Some(kind) = kind {
                    self.text.push((quote_title(kind).to_owned(), Face::Strong));
                    self.flush_lines();
                }
                self.gap = false;
            }
            Tag::List(first) => {
                self.flush();
                if self.lists.is_empty() {
                    self.open_gap();
                }
                self.gap = false;
                self.lists.push(first);
            }
            Tag::Item => {
                let sign = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "– ".to_owned(),
                };
                let rest = " ".repeat(usize::from(width(&sign)));
                self.prefixes.push(Prefix { first: Some(sign), rest });
            }
            Tag::Table(_) => {
                self.flush();
                self.cells.clear();
            }
            Tag::TableHead | Tag::TableRow => self.cells.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.flush(),
            TagEnd::Heading(_) => {
                self.flush();
                self.faces.pop();
            }
            TagEnd::Strong | TagEnd::Emphasis => {
                self.faces.pop();
            }
            TagEnd::Link => {
                if let Some(number) = self.link.take().and_then(|address| self.fill.link(&address)) {
                    self.text.push((format!("[{number}]"), Face::Quiet));
                }
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.prefixes.pop();
                self.gap = true;
            }
            TagEnd::Item => {
                self.flush_lines();
                self.prefixes.pop();
                // Items stand close together, whatever stands in them.
                self.gap = false;
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.gap = self.lists.is_empty();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                if let Some(row) = self.cells.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let cells = std::mem::take(&mut self.cells);
                let room = self.room();
                self.block(table::lay_out(&cells, room));
            }
            _ => {}
        }
    }

    fn end_code(&mut self) {
        let Some(code) = self.code.take() else { return };
        let lines = code.trim_end().lines();
        let rows = lines.map(|line| vec![("  ".to_owned(), Face::Plain), (line.to_owned(), Face::Code)]);
        let rows = rows.collect();
        self.block(rows);
    }

    /// Text with placeholders in it.
    fn words(&mut self, text: &str) {
        let face = *self.faces.last().unwrap_or(&Face::Plain);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(OPEN) {
            let Some((number, after)) = after.split_once(CLOSE) else { break };
            self.text.push((before.to_owned(), face));
            let filled = number.parse().map(|number| self.fill.placeholder(number));
            self.text.extend(filled);
            rest = after;
        }
        self.text.push((rest.to_owned(), face));
    }

    fn room(&self) -> usize {
        let taken: usize = self.prefixes.iter().map(|prefix| usize::from(width(&prefix.rest))).sum();
        self.columns.saturating_sub(taken).max(8)
    }

    /// Ends a paragraph.
    fn flush(&mut self) {
        if self.text.iter().all(|(text, _)| text.trim().is_empty()) {
            self.text.clear();
            return;
        }
        self.open_gap();
        self.flush_lines();
        self.gap = true;
    }

    fn flush_lines(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.iter().all(|(text, _)| text.trim().is_empty()) {
            return;
        }
        for row in wrap(&text, self.room()) {
            self.emit(row);
        }
    }

    fn block(&mut self, rows: Vec<Row>) {
        self.open_gap();
        rows.into_iter().for_each(|row| self.emit(row));
        self.gap = true;
    }

    fn open_gap(&mut self) {
        if std::mem::take(&mut self.gap) {
            self.emit(Vec::new());
        }
    }

    fn emit(&mut self, row: Row) {
        let mut line: Row = Vec::with_capacity(row.len() + self.prefixes.len());
        for prefix in &mut self.prefixes {
            let empty = row.is_empty() && !prefix.rest.starts_with('┃');
            let text = if empty { None } else { prefix.first.take() };
            line.push((text.unwrap_or_else(|| prefix.rest.clone()), Face::Quiet));
        }
        line.extend(row);
        self.rows.push(line);
    }
}

fn quote_title(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "Note",
        BlockQuoteKind::Tip => "Tip",
        BlockQuoteKind::Important => "Important",
        BlockQuoteKind::Warning => "Warning",
        BlockQuoteKind::Caution => "Caution",
    }
}

/// Breaks a text between its words. Pieces without a space between them stay together.
pub fn wrap(text: &[Piece], columns: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = vec![Vec::new()];
    let mut used = 0;
    for word in words(text) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(markdown: &str, columns: usize) -> Vec<String> {
        let rows = lay_out(markdown, columns, &mut Plain);
        rows.iter().map(|row| row.iter().map(|(text, _)| text.as_str()).collect()).collect()
    }

    #[test]
    fn paragraphs_are_wrapped_and_separated() {
        assert_eq!(
            plain("# Title\n\none two\nthree four\n\nfive", 9),
            ["Title", "", "one two", "three", "four", "", "five"]
        );
    }

    #[test]
    fn lists_hang_and_count() {
        assert_eq!(
            plain("1. one two three\n2. four\n\nend", 10),
            ["1. one two", "   three", "2. four", "", "end"]
        );
        assert_eq!(plain("- a\n  - b\n- c", 10), ["– a", "  – b", "– c"]);
    }

    #[test]
    fn notes_have_a_bar() {
        assert_eq!(plain("a\n\n> [!NOTE]\n> b\n\nc", 10), ["a", "", "┃ Note", "┃ b", "", "c"]);
    }

    #[test]
    fn code_is_kept_as_it_is() {
        assert_eq!(
            plain("a\n\n```rust\nfn f() {\n    g();\n}\n```\n", 6),
            ["a", "", "  fn f() {", "      g();", "  }"]
        );
    }

    #[test]
    fn comments_are_not_shown() {
        assert_eq!(plain("<!-- a licence -->\n# Title", 20), ["Title"]);
    }

    #[test]
    fn emphasis_has_a_face_and_joins_what_follows() {
        let rows = lay_out("an *odd*, **big** `x y`", 40, &mut Plain);
        let faces: Vec<Face> =
            rows[0].iter().filter(|(text, _)| text != " ").map(|(_, face)| *face).collect();
        assert_eq!(faces, [Face::Plain, Face::Emphasis, Face::Plain, Face::Strong, Face::Code, Face::Code]);
    }

    #[test]
    fn placeholders_are_filled_in() {
        struct Counted;
        impl Fill for Counted {
            fn placeholder(&mut self, number: usize) -> Piece {
                (format!("{} %", number * 2), Face::Number)
            }
            fn link(&mut self, _: &str) -> Option<usize> {
                Some(3)
            }
        }
        let text = format!("about {} of [them](https://example.org).", placeholder(21));
        let rows = lay_out(&text, 60, &mut Counted);
        let shown: String = rows[0].iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(shown, "about 42 % of them[3].");
    }
}
