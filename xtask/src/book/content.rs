// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the pages show besides the chapters' text: values that the course knows and the simulator computes.
//!
//! The pages ask through [`Content`], so that how a page looks and what is true stay in two places.

pub(crate) use course::chapter::Refusal;

/// A number that the simulator computed.
pub(crate) struct Number {
    /// With its unit, as a reader sees it: "12.3 %".
    pub(crate) shown: String,
    /// What was run: "400 runs of order/three-consumers".
    pub(crate) how: String,
}

/// Where a statement comes from.
pub(crate) struct Source {
    /// One or two sentences of Markdown with the link in them.
    pub(crate) markdown: String,
}

/// A question that the reader answers before the simulator does.
pub(crate) struct Bet {
    /// The question, a sentence.
    pub(crate) question: String,
    /// What can be answered, in the order shown.
    pub(crate) options: Vec<String>,
    /// The place of the right answer in `options`, as the simulator found it.
    pub(crate) right: usize,
    /// What the simulator says, in Markdown.
    pub(crate) answer: String,
}

/// An exercise as its chapter announces it.
pub(crate) struct Exercise {
    /// One line: what is built.
    pub(crate) title: String,
    /// The statement, in Markdown.
    pub(crate) statement: String,
    /// The file that the learner edits, from the workspace's folder.
    pub(crate) file: String,
    /// The command that grades it.
    pub(crate) command: String,
    /// What the points are given for, in the order of grading, and how many.
    pub(crate) points: Vec<(String, u32)>,
}

/// A computed table.
pub(crate) struct Table {
    /// What it shows, a sentence.
    pub(crate) caption: String,
    /// The columns' names.
    pub(crate) head: Vec<String>,
    /// The cells, each with its unit; a row is as long as `head`.
    pub(crate) rows: Vec<Vec<String>>,
}

/// A claim of the outline, in the course's words.
pub(crate) struct Claim {
    /// Its short name: "Q8".
    pub(crate) id: String,
    /// The claim, a sentence.
    pub(crate) sentence: String,
}

/// What the pages ask of the course. An unknown name is answered with the names that exist.
pub(crate) trait Content {
    /// A number by name.
    fn number(&self, name: &str) -> Result<Number, Refusal>;
    /// A source by name.
    fn source(&self, name: &str) -> Result<Source, Refusal>;
    /// A question by name.
    fn bet(&self, name: &str) -> Result<Bet, Refusal>;
    /// An exercise by name.
    fn exercise(&self, name: &str) -> Result<Exercise, Refusal>;
    /// A table by name.
    fn table(&self, name: &str) -> Result<Table, Refusal>;
    /// The still of a run as an SVG element, painted in the page's colours (`currentColor` and its custom properties).
    fn still(&self, address: &str, title: &str) -> Result<String, Refusal>;
    /// The claims of a chapter, by its title in the outline; none for a chapter that makes no claim.
    fn claims(&self, chapter: &str) -> Vec<Claim>;
    /// What the chapter will show, a sentence for the link that leads to it.
    fn shows(&self, chapter: &str) -> Option<String>;
}
