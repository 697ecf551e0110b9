// SPDX-License-Identifier: MIT OR Apache-2.0
//! What chapters show besides their text: numbers, tables and answers that the simulator computes, and sources.
//!
//! A chapter's text names them; nothing that could be computed is typed. Each chapter's are in a file of its own under
//! `chapters/`, in the lists that this module searches.

use crate::chapter::Refusal;
use crate::chapters;
use crate::worlds::Worlds;

/// A number that was computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// With its unit, as a reader sees it: `12.3 %`.
    pub shown: String,
    /// What was run or calculated: `100 runs of order/concurrent-consumers, …`.
    pub how: String,
}

/// Where a statement comes from.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// What chapters call it.
    pub name: &'static str,
    /// What it is and what it says: one or two sentences of Markdown with the link in them.
    pub markdown: &'static str,
    /// Which version, and from when or read when: `version 4.3, read August 2026`.
    pub dated: &'static str,
}

impl Source {
    /// All of it as Markdown, for a note beside the text.
    pub fn note(&self) -> String {
        let mut dated = self.dated.chars();
        let first = dated.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
        format!("{} {first}{}.", self.markdown, dated.as_str())
    }
}

/// A question that the reader answers before the simulator does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bet {
    /// The question.
    pub question: String,
    /// What can be answered, in the order shown.
    pub options: Vec<String>,
    /// The place of the right answer in `options`, as the simulator found it.
    pub right: usize,
    /// What the simulator says, in Markdown.
    pub answer: String,
    /// The address of one run in which it can be seen.
    pub run: String,
}

/// A computed table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What it shows, a sentence.
    pub caption: String,
    /// The columns' names.
    pub head: Vec<String>,
    /// The cells, each with its unit; a row is as long as `head`.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What stands in it.
    pub text: String,
    /// The address of a run that shows it, where one does.
    pub run: Option<String>,
    /// What it is one of: `Kafka`, of `three replicas`. Of rows that follow each other it may be said once.
    pub of: Option<&'static str>,
}

impl Cell {
    /// With an address of a run that shows it, where there is one.
    pub fn shown_by(text: String, run: Option<String>) -> Cell {
        Cell { run, ..Cell::from(text) }
    }

    /// Where it stands alone: `Kafka: three replicas`.
    pub fn whole(&self) -> String {
        self.of.map_or(self.text.clone(), |of| [of, ": ", &self.text].concat())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell { text, ..Cell::default() }
    }
}

/// Something a chapter can ask for, and how it is made. Making it runs the simulator: about a tenth of a second.
pub struct Computed<T> {
    /// What chapters call it.
    pub name: &'static str,
    /// Makes it.
    pub make: fn() -> T,
}

/// A number by name.
///
/// # Errors
/// With the names there are.
pub fn number(name: &str) -> Result<Number, Refusal> {
    find(|chapter| chapter.numbers, name)
}

/// A table by name.
///
/// # Errors
/// With the names there are.
pub fn table(name: &str) -> Result<Table, Refusal> {
    find(|chapter| chapter.tables, name)
}

/// A question by name.
///
/// # Errors
/// With the names there are.
pub fn bet(name: &str) -> Result<Bet, Refusal> {
    find(|chapter| chapter.bets, name)
}

/// Worlds that one node cannot tell apart, by name.
///
/// # Errors
/// With the names there are.
pub fn worlds(name: &str) -> Result<Worlds, Refusal> {
    find(|chapter| chapter.worlds, name)
}

/// A source by name.
///
/// # Errors
/// With the names there are.
pub fn source(name: &str) -> Result<Source, Refusal> {
    let sources = crate::sources::sources();
    sources
        .iter()
        .find(|source| source.name == name)
        .copied()
        .ok_or_else(|| unknown(sources.iter().map(|s| s.name)))
}

fn find<T: 'static>(
    list: fn(&chapters::Computes) -> &'static [Computed<T>],
    name: &str,
) -> Result<T, Refusal> {
    let all = || chapters::ALL.iter().flat_map(list);
    match all().find(|entry| entry.name == name) {
        Some(entry) => Ok((entry.make)()),
        None => Err(unknown(all().map(|entry| entry.name))),
    }
}

fn unknown(names: impl Iterator<Item = &'static str>) -> Refusal {
    Refusal::Unknown(names.map(str::to_owned).collect())
}
