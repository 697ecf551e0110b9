// SPDX-License-Identifier: MIT OR Apache-2.0
//! What progress means. Where it is kept is the grader's affair, and the page's.

use std::collections::BTreeMap;

use crate::{Chapter, Lesson, find_exercise};

/// How far a learner got with an exercise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Never checked.
    #[default]
    Untouched,
    /// Checked, and never passed.
    Tried,
    /// Passed at least once.
    Passed,
}

impl Standing {
    /// As lists show it.
    pub const fn dot(self) -> char {
        match self {
            Standing::Untouched => '○',
            Standing::Tried => '◐',
            Standing::Passed => '●',
        }
    }

    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Standing::Untouched => "untouched",
            Standing::Tried => "tried",
            Standing::Passed => "passed",
        }
    }
}

/// How far a learner is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// By exercise.
    pub standings: BTreeMap<String, Standing>,
    /// By chapter: how much of it was seen, in per cent.
    pub read: BTreeMap<String, u8>,
    /// By chapter and bet: the option that was chosen, as the page names it.
    pub bets: BTreeMap<(String, String), String>,
}

impl Progress {
    /// How far a learner got with an exercise.
    pub fn standing(&self, exercise: &str) -> Standing {
        self.standings.get(exercise).copied().unwrap_or_default()
    }

    /// How much of a chapter is done, in per cent: its text as one part, each of its exercises as another.
    pub fn chapter(&self, slug: &str, exercises: &[&str]) -> u8 {
        let read = u32::from(self.read.get(slug).copied().unwrap_or(0).min(100));
        let passed = exercises.iter().filter(|name| self.standing(name) == Standing::Passed).count() as u32;
        ((read + 100 * passed) / (1 + exercises.len() as u32)) as u8
    }

    /// Minutes that the rest of a chapter's text takes, begun ones counted; its exercises not.
    pub fn reading_left(&self, slug: &str, lesson: &Lesson) -> u32 {
        let read = u32::from(self.read.get(slug).copied().unwrap_or(0).min(100));
        (lesson.minutes * (100 - read)).div_ceil(100)
    }

    /// Minutes that the rest of these chapters takes: what is not read of their texts, and the exercises that were not
    /// passed.
    pub fn minutes_left<'c>(&self, chapters: impl Iterator<Item = &'c Chapter>) -> u32 {
        let exercise = |name: &&str| find_exercise(name).filter(|_| self.standing(name) != Standing::Passed);
        let of = |chapter: &Chapter| {
            let lesson = chapter.lesson.as_ref()?;
            let exercises = lesson.exercises.iter().filter_map(exercise).map(|exercise| exercise.minutes);
            Some(self.reading_left(chapter.slug, lesson) + exercises.sum::<u32>())
        };
        chapters.filter_map(of).sum()
    }

    /// Whether nothing was done yet.
    pub fn is_empty(&self) -> bool {
        self.read.is_empty()
            && self.bets.is_empty()
            && self.standings.values().all(|standing| *standing == Standing::Untouched)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find_chapter;

    #[test]
    fn minutes_go_down_with_reading_and_passing() {
        let chapter = find_chapter("not-in-order").expect("it is written");
        let lesson = chapter.lesson.as_ref().expect("it is written");
        let minutes = |name: &&str| find_exercise(name).expect("it is there").minutes;
        let exercises: u32 = lesson.exercises.iter().map(minutes).sum();
        let mut progress = Progress::default();
        let left = |progress: &Progress| progress.minutes_left([chapter].into_iter());
        assert_eq!(left(&progress), lesson.minutes + exercises);
        progress.read.insert(chapter.slug.to_owned(), 99);
        assert_eq!(left(&progress), 1 + exercises, "a minute that is begun counts");
        for name in lesson.exercises {
            progress.standings.insert((*name).to_owned(), Standing::Passed);
        }
        progress.read.insert(chapter.slug.to_owned(), 100);
        assert_eq!(left(&progress), 0);
    }
}
