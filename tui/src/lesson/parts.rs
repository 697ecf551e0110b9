// SPDX-License-Identifier: MIT OR Apache-2.0
//! A chapter taken apart: stretches of Markdown, and what stands between them.

use course::chapter::{Directive, Piece, pieces};
use pairs::BESIDE;

use crate::background::Ask;
use crate::markdown::placeholder;

/// A part of a chapter.
pub enum Part {
    /// Markdown; numbers and references to sources are placeholders in it.
    Text(String),
    /// A run that plays, or two as [`crate::runs::Runs::open`] reads them, and the question that is answered.
    Figure { address: String, title: String },
    /// A question.
    Bet(String),
    /// An exercise.
    Exercise(String),
    /// A computed table.
    Table(Ask),
}

/// What a placeholder stands for.
pub enum Inline {
    /// A computed number.
    Number(String),
    /// A reference to a source.
    Source(String),
}

/// A chapter's text.
pub struct Text {
    pub parts: Vec<Part>,
    pub inlines: Vec<Inline>,
}

impl Text {
    /// Reads a chapter. What is wrong in it is said in its place, as text: a reader should see the rest.
    pub fn read(slug: &str, markdown: &str) -> Text {
        let mut text = Text { parts: Vec::new(), inlines: Vec::new() };
        match pieces(&format!("book/src/{slug}.md"), markdown) {
            Ok(pieces) => pieces.into_iter().for_each(|piece| text.take(piece)),
            Err(faults) => {
                let said: Vec<String> = faults.iter().map(|fault| format!("- {fault}")).collect();
                text.parts.push(Part::Text(format!("This chapter cannot be shown:\n\n{}", said.join("\n"))));
            }
        }
        text
    }

    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Text(text) => self.append(text),
            Piece::Directive(directive, ..) => match directive {
                Directive::Figure { address, beside, title } => {
                    let address = match beside {
                        Some(beside) => [&*address, BESIDE, &*beside].concat(),
                        None => address,
                    };
                    self.parts.push(Part::Figure { address, title });
                }
                Directive::Bet(name) => self.parts.push(Part::Bet(name)),
                Directive::Exercise(name) => self.parts.push(Part::Exercise(name)),
                Directive::Table(name) => self.parts.push(Part::Table(Ask::Table(name))),
                Directive::Worlds(name) => self.parts.push(Part::Table(Ask::Worlds(name))),
                Directive::Number(name) => self.inline(Inline::Number(name)),
                Directive::Source(name) => self.inline(Inline::Source(name)),
                // A caption of the list reads without its tick.
                Directive::See(_) => {}
            },
        }
    }

    fn append(&mut self, text: &str) {
        match self.parts.last_mut() {
            Some(Part::Text(before)) => before.push_str(text),
            _ => self.parts.push(Part::Text(text.to_owned())),
        }
    }

    fn inline(&mut self, inline: Inline) {
        let text = placeholder(self.inlines.len());
        self.append(&text);
        self.inlines.push(inline);
    }
}
