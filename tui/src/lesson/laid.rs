// SPDX-License-Identifier: MIT OR Apache-2.0
//! A chapter that was laid out: its lines, and what is in which of them.

use std::ops::Range;

use crate::markdown::Row;
use crate::query::{Query, fold};

/// How the address of a link begins that opens a run.
pub const RUN: &str = "#";

/// A line and where it begins.
#[derive(Default)]
pub struct Line {
    pub indent: u16,
    pub row: Row,
}

/// Something that keys act on: a figure, a question, an exercise, a link.
pub struct Stop {
    /// Its first line, which is its title.
    pub line: usize,
    /// How many lines it has.
    pub height: usize,
    /// Which part it is.
    pub part: usize,
    /// How many options it has, if it is a question.
    pub options: usize,
    /// Its place in `Laid::links`, if it is a link.
    pub link: Option<usize>,
}

/// Where a paragraph begins, a heading, an item, a table.
pub struct Block {
    /// Which part it is in.
    pub part: usize,
    /// Its place there.
    pub block: usize,
    /// Its first line.
    pub line: usize,
}

/// Words that were looked for: line, first column, columns.
pub type Mark = (usize, u16, u16);

/// A chapter laid out for a width.
#[derive(Default)]
pub struct Laid {
    pub width: u16,
    /// Of what was known then.
    pub version: u64,
    pub lines: Vec<Line>,
    /// By line.
    pub stops: Vec<Stop>,
    /// The options of questions: part, option and lines.
    pub options: Vec<(usize, u8, Range<usize>)>,
    /// Addresses of links, in the order of the text.
    pub links: Vec<String>,
    /// By line.
    pub blocks: Vec<Block>,
    /// By line.
    pub marks: Vec<Mark>,
}

impl Laid {
    /// The lines of a block, by its place in `blocks`.
    pub fn lines_of(&self, block: usize) -> Range<usize> {
        let first = self.blocks.get(block).map_or(self.lines.len(), |block| block.line);
        first..self.blocks.get(block + 1).map_or(self.lines.len(), |next| next.line)
    }

    /// The place in `blocks` of the one that a line belongs to.
    pub fn block_at(&self, line: usize) -> Option<usize> {
        self.blocks.partition_point(|block| block.line <= line).checked_sub(1)
    }

    /// Marks the words in every block that has all of them.
    pub fn mark(&mut self, query: &Query) {
        self.marks.clear();
        if query.is_empty() {
            return;
        }
        for block in 0..self.blocks.len() {
            let lines = self.lines_of(block);
            let texts: Vec<String> = self.lines[lines.clone()].iter().map(Line::text).collect();
            if query.score(&fold(&texts.join(" "))).is_none() {
                continue;
            }
            for (line, text) in lines.zip(&texts) {
                let indent = self.lines[line].indent;
                self.marks.extend(query.marks(text).into_iter().map(|(x, wide)| (line, indent + x, wide)));
            }
        }
    }
}

impl Line {
    fn text(&self) -> String {
        self.row.iter().map(|(text, _)| text.as_str()).collect()
    }
}
