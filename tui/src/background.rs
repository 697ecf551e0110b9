// SPDX-License-Identifier: MIT OR Apache-2.0
//! Work that takes longer than a picture may, and what comes of it.
//!
//! Screens ask, the application gathers what they ask for, and whoever drives it has it answered: on a thread behind a
//! terminal, at once in a test.

use std::collections::BTreeMap;

use course::chapter::Refusal;
use course::{Bet, Number, Table};

/// Something to compute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    /// A number of a chapter.
    Number(String),
    /// A table.
    Table(String),
    /// Worlds that a queue cannot tell apart, as a table.
    Worlds(String),
    /// A question and its answer.
    Bet(String),
}

/// What was computed; a sentence where there is no such thing.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A number.
    Number(Result<Number, String>),
    /// A table.
    Table(Result<Table, String>),
    /// A question and its answer.
    Bet(Result<Bet, String>),
}

/// Computes: about a tenth of a second.
pub fn answer(ask: &Ask) -> Answer {
    match ask {
        Ask::Number(name) => Answer::Number(course::number(name).map_err(sentence)),
        Ask::Table(name) => Answer::Table(course::table(name).map_err(sentence)),
        Ask::Worlds(name) => {
            Answer::Table(course::worlds(name).map(|worlds| worlds.to_table()).map_err(sentence))
        }
        Ask::Bet(name) => Answer::Bet(course::bet(name).map_err(sentence)),
    }
}

fn sentence(refusal: Refusal) -> String {
    match refusal {
        Refusal::Unknown(names) => format!("not in the course; there are {}", names.join(", ")),
        Refusal::Wrong(sentence) => sentence,
    }
}

/// What is known, and what was asked for and is not known yet.
#[derive(Default)]
pub struct Known {
    /// Everything that was asked for; empty until the answer comes.
    answers: BTreeMap<Ask, Option<Answer>>,
    /// Asked for and not yet handed out.
    wanted: Vec<Ask>,
    /// Grows with each answer: what was laid out with an older one is out of date.
    version: u64,
}

impl Known {
    /// The answer, if it is there; else it is asked for.
    pub fn ask(&mut self, ask: Ask) -> Option<&Answer> {
        if !self.answers.contains_key(&ask) {
            self.answers.insert(ask.clone(), None);
            self.wanted.push(ask.clone());
        }
        self.answers.get(&ask)?.as_ref()
    }

    /// What is wanted, each once, in the order of asking.
    pub fn take_wanted(&mut self) -> Vec<Ask> {
        std::mem::take(&mut self.wanted)
    }

    /// Whether answers are still to come.
    pub fn is_waiting(&self) -> bool {
        self.answers.values().any(Option::is_none)
    }

    /// An answer has come.
    pub fn hear(&mut self, ask: Ask, answer: Answer) {
        self.answers.insert(ask, Some(answer));
        self.version += 1;
    }

    /// Grows with each answer.
    pub fn version(&self) -> u64 {
        self.version
    }
}
