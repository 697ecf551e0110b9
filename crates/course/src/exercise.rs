// SPDX-License-Identifier: MIT OR Apache-2.0
//! The graded exercises: what is asked, how much it is worth, what helps.
//!
//! A statement is the comment at the head of the stub, so that the file, the terminal and the page say the same. What
//! is a promise's name here is the name that the exam reports. Each exercise has a file of its own.

mod at_least_once;
mod at_most_once;
mod bounded;
mod bounded_queue;
mod idempotent_consumer;
mod just_tcp;
mod lease;
mod min_insync;
mod partition_by_key;
mod resequencer;
mod smooth;
mod transfer;

/// A graded exercise.
#[derive(Debug)]
pub struct Exercise {
    /// Its name: in commands, and of its files.
    pub name: &'static str,
    /// What is built, in a line.
    pub title: &'static str,
    /// The package under `exercises/` that holds it: exercises are grouped by what they link.
    pub package: &'static str,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// What the points are given for, in the order of grading.
    pub parts: &'static [ExercisePart],
    /// The file as the learner gets it.
    pub stub: &'static str,
    /// The reference answer.
    pub solution: &'static str,
    /// Hints by the promise that broke.
    hints: Hints,
    /// Hints before anything broke, and for what has none of its own.
    first_hints: [&'static str; 3],
}

/// One part of an exercise's points.
#[derive(Debug)]
pub struct ExercisePart {
    /// `safety`, `liveness` or `cost`.
    pub name: &'static str,
    /// What it asks.
    pub sentence: &'static str,
    /// How many points it is worth.
    pub points: u32,
}

/// All exercises, in the order of the course.
pub fn exercises() -> &'static [Exercise] {
    EXERCISES
}

/// The exercise of this name.
pub fn find_exercise(name: &str) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| exercise.name == name)
}

impl Exercise {
    /// The statement, in Markdown: the stub's head without its title.
    pub fn statement(&self) -> String {
        let head = self.stub.lines().map_while(|line| line.strip_prefix("//").map(|_| line));
        let text = head.filter_map(|line| line.strip_prefix("//!")).skip(1);
        let lines: Vec<&str> = text.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        lines.join("\n").trim().to_owned()
    }

    /// How many lines of code ours took, neither empty ones nor comments counted.
    pub fn lines(&self) -> usize {
        let code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
        self.solution.lines().filter(code).count()
    }

    /// The file that the learner edits, from the workspace's folder.
    pub fn file(&self) -> String {
        format!("exercises/{}/src/bin/{}.rs", self.package, self.name)
    }

    /// The command that grades it.
    pub fn command(&self) -> String {
        format!("cargo course check {}", self.name)
    }

    /// All its points.
    pub fn points(&self) -> u32 {
        self.parts.iter().map(|part| part.points).sum()
    }

    /// Three hints, each saying more than the one before: a question, a place, an idea. Chosen by the promise that
    /// broke.
    pub fn hints(&self, promise: Option<&str>) -> [&'static str; 3] {
        let own = self.hints.iter().find(|(name, _)| Some(*name) == promise);
        own.map_or(self.first_hints, |(_, hints)| *hints)
    }

    /// The promises that have hints of their own.
    pub fn hinted_promises(&self) -> impl Iterator<Item = &'static str> {
        self.hints.iter().map(|(name, _)| *name)
    }
}

/// Hints by the name of the promise that broke.
type Hints = &'static [(&'static str, [&'static str; 3])];

const EXERCISES: &[Exercise] = &[
    bounded_queue::EXERCISE,
    transfer::EXERCISE,
    min_insync::EXERCISE,
    resequencer::EXERCISE,
    partition_by_key::EXERCISE,
    at_most_once::EXERCISE,
    at_least_once::EXERCISE,
    idempotent_consumer::EXERCISE,
    smooth::EXERCISE,
    bounded::EXERCISE,
    lease::EXERCISE,
    just_tcp::EXERCISE,
];
