// SPDX-License-Identifier: MIT OR Apache-2.0
//! Markdown as lines of a terminal.

mod wrap;

use pulldown_cmark::{BlockQuoteKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use ratatui::style::{Modifier, Style};

use crate::palette::Palette;
use crate::pen::width;
use crate::{table, text};

pub use wrap::{longest_word, wrap};

/// How a piece of text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Text.
    Plain,
    /// Strong emphasis.
    Strong,
    /// A heading, and its level from 1.
    Heading(u8),
    /// Emphasis.
    Emphasis,
    /// Code.
    Code,
    /// A number that was computed.
    Number,
    /// A reference to a note; rules and bars.
    Quiet,
    /// A link, by the number that whoever shows the text gave it.
    Link(u16),
    /// What went wrong.
    Fault,
}

impl Face {
    /// Its style.
    pub fn style(self, palette: Palette) -> Style {
        match self {
            Face::Plain => palette.ink(),
            Face::Strong | Face::Heading(_) => palette.strong(),
            Face::Link(_) => palette.accent().add_modifier(Modifier::UNDERLINED),
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
    /// How the text of a link to this address looks.
    fn link_face(&mut self, _address: &str) -> Face {
        Face::Plain
    }
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
    in_blocks(markdown, columns, fill).rows
}

/// A text in lines, and where its paragraphs, headings, items, tables and listings begin.
#[derive(Default)]
pub struct Blocks {
    /// The lines.
    pub rows: Vec<Row>,
    /// The first line of each block.
    pub starts: Vec<usize>,
}

impl Blocks {
    /// The lines of a block.
    pub fn rows_of(&self, block: usize) -> &[Row] {
        let end = self.starts.get(block + 1).copied().unwrap_or(self.rows.len());
        self.starts.get(block).and_then(|from| self.rows.get(*from..end)).unwrap_or_default()
    }
}

/// Lays a text out; which blocks there are does not depend on the columns.
pub fn in_blocks(markdown: &str, columns: usize, fill: &mut dyn Fill) -> Blocks {
    let options = Options::ENABLE_TABLES | Options::ENABLE_GFM | Options::ENABLE_STRIKETHROUGH;
    let mut writer = Writer {
        columns,
        fill,
        set: Blocks::default(),
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
    writer.set
}

/// What stands before the lines of a quote or a list's item.
struct Prefix {
    first: Option<String>,
    rest: String,
}

struct Writer<'a> {
    columns: usize,
    fill: &'a mut dyn Fill,
    set: Blocks,
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
            Event::Code(text) => {
                let face = self.faces.last().filter(|face| matches!(face, Face::Link(_)));
                self.text.push((text.into_string(), *face.unwrap_or(&Face::Code)));
            }
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
            Tag::Heading { level, .. } => {
                self.flush();
                // What belongs together stands closer than what does not.
                if level == HeadingLevel::H2 && !self.set.rows.is_empty() {
                    self.open_gap();
                    self.gap = true;
                }
                self.faces.push(Face::Heading(level as u8));
            }
            Tag::Strong => self.faces.push(Face::Strong),
            Tag::Emphasis => self.faces.push(Face::Emphasis),
            Tag::Link { dest_url, .. } => {
                self.faces.push(self.fill.link_face(&dest_url));
                self.link = Some(dest_url.into_string());
            }
            Tag::CodeBlock(_) => {
                self.flush();
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
                self.faces.pop();
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
        let room = self.room().saturating_sub(2).max(1);
        let lines = code.trim_end().lines().flat_map(|line| text::broken(&text::tabs(line), room));
        let indented =
            |(sign, line): (&str, String)| vec![(sign.to_owned(), Face::Quiet), (line, Face::Code)];
        let rows = lines.map(|(first, line)| indented((if first { "  " } else { "↪ " }, line))).collect();
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
        self.set.starts.push(self.set.rows.len());
        for row in wrap(&text, self.room()) {
            self.emit(row);
        }
    }

    fn block(&mut self, rows: Vec<Row>) {
        self.open_gap();
        self.set.starts.push(self.set.rows.len());
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
        self.set.rows.push(line);
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

#[cfg(test)]
mod tests;
