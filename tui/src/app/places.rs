// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which screen is opened, and where the reader left off.

use std::rc::Rc;

use super::{App, Screen};
use crate::exercise::ExerciseScreen;
use crate::field::Field;
use crate::figure::Figure;
use crate::lesson::Lesson;
use crate::memory::{Bookmark, Memory};
use crate::run::Run;
use crate::runs::Runs;
use crate::search::{Index, Search};
use crate::settings::Mouse;
use crate::turn::{Door, Effect};

/// Screens on top of each other at most; beyond, the oldest that is not the first is forgotten.
const MOST_SCREENS: usize = 24;

impl App {
    pub(super) fn open_first_figure(&mut self) {
        let chapters = self.outline.iter().flat_map(|part| part.chapters);
        let mut claiming = chapters.filter(|chapter| !chapter.claims.is_empty());
        let found = claiming.find_map(|chapter| Some((chapter, chapter.lesson.as_ref()?.figure?)));
        let Some((chapter, address)) = found else { return };
        let run = address.parse().ok().and_then(|address| Run::open(&address).ok());
        if let Some(run) = run {
            let intro =
                format!("{} Press space to stop it and to go on; esc leads to the contents.", chapter.shows);
            let figure = Figure::new(run.into(), self.title(chapter)).running(&intro);
            self.contents.select(chapter.slug);
            self.screens.push(Screen::Figure(Box::new(figure)));
        }
    }

    pub(super) fn push(&mut self, screen: Screen) {
        self.note_reading();
        self.note_place();
        if self.screens.len() == MOST_SCREENS {
            self.screens.remove(1);
        }
        self.screens.push(screen);
        self.note_place();
    }

    pub(super) fn open(&mut self, door: Door) -> Effect {
        match door {
            Door::Figure(runs, title) => self.push(Screen::Figure(Box::new(Figure::new(*runs, title)))),
            Door::Lesson(slug) => match self.lesson(slug) {
                Some(lesson) => self.push(Screen::Lesson(Box::new(lesson))),
                None => "This chapter is not written yet".clone_into(&mut self.notice),
            },
            Door::Found(slug, place, query) => {
                if let Some(mut lesson) = self.lesson(slug) {
                    lesson.look_for(query, place);
                    self.push(Screen::Lesson(Box::new(lesson)));
                }
            }
            Door::Exercise(name) => {
                if let Some(exercise) = course::find_exercise(name) {
                    self.push(Screen::Exercise(ExerciseScreen::new(exercise)));
                }
            }
            Door::Contents(slug) => {
                self.contents.select(slug);
                self.push(Screen::Contents);
            }
            Door::Field => self.push(Screen::Field(Field::default())),
            Door::Bookmark => self.open_bookmark(),
        }
        Effect::Redraw
    }

    /// A chapter from its beginning, if it is written.
    fn lesson(&self, slug: &str) -> Option<Lesson> {
        let mut chapters = self.outline.iter().flat_map(|part| part.chapters);
        let chapter = chapters.find(|chapter| chapter.slug == slug)?;
        let lesson = chapter.lesson.as_ref()?;
        Some(Lesson::new(chapter, self.contents.number(slug), lesson.markdown))
    }

    /// Opens the search, in place of an older one.
    pub(super) fn open_search(&mut self) {
        let index = match &self.index {
            Some(index) => Rc::clone(index),
            None => Rc::new(Index::new(self.outline, |chapter| self.title(chapter))),
        };
        self.index = Some(Rc::clone(&index));
        self.screens.retain(|screen| !matches!(screen, Screen::Search(_)));
        self.push(Screen::Search(Box::new(Search::new(index))));
    }

    /// Remembers where the reader is, if that is a place in the course.
    pub(super) fn note_place(&mut self) {
        if !self.follows {
            return;
        }
        let chapter = self.screens.iter().rposition(|screen| matches!(screen, Screen::Lesson(_)));
        let mut bookmark = Bookmark::default();
        for screen in &self.screens[chapter.unwrap_or(0)..] {
            match screen {
                Screen::Lesson(lesson) => {
                    bookmark = Bookmark {
                        chapter: Some((lesson.slug().to_owned(), lesson.place())),
                        ..Bookmark::default()
                    };
                }
                Screen::Exercise(screen) => bookmark.exercise = Some(screen.name().to_owned()),
                Screen::Figure(figure) => bookmark.figure = figure.bookmark(),
                Screen::Contents | Screen::Search(_) | Screen::Settings(_) | Screen::Field(_) => {}
            }
        }
        if bookmark != Bookmark::default() && self.bookmark.as_ref() != Some(&bookmark) {
            self.bookmark = Some(bookmark);
            self.keep = true;
            self.offer_bookmark(false);
        }
    }

    /// Offers in the contents to go on where the reader left off; `select` also selects the offer.
    pub(super) fn offer_bookmark(&mut self, select: bool) {
        let Some(bookmark) = &self.bookmark else { return };
        let chapters = || self.outline.iter().flat_map(|part| part.chapters);
        let titled = |slug: &str| chapters().find(|chapter| chapter.slug == slug && chapter.lesson.is_some());
        let chapter = bookmark.chapter.as_ref().and_then(|(slug, _)| titled(slug));
        let exercise = bookmark.exercise.as_ref().filter(|name| course::find_exercise(name).is_some());
        let parts = [
            chapter.map(|chapter| self.title(chapter)),
            exercise.map(|name| format!("exercise {name}")),
            bookmark.figure.as_ref().map(|(_, title)| match chapter {
                Some(_) => "a figure".to_owned(),
                None => format!("the figure “{title}”"),
            }),
        ];
        let words: Vec<String> = parts.into_iter().flatten().collect();
        if !words.is_empty() {
            self.contents.offer(&words.join(", "), select);
        }
    }

    fn open_bookmark(&mut self) {
        let Some(bookmark) = self.bookmark.clone() else { return };
        let chapter = bookmark.chapter.and_then(|(slug, place)| Some((self.lesson(&slug)?, place)));
        if let Some((mut lesson, place)) = chapter {
            lesson.go_to(place);
            self.push(Screen::Lesson(Box::new(lesson)));
        }
        if let Some(exercise) = bookmark.exercise.and_then(|name| course::find_exercise(&name)) {
            self.push(Screen::Exercise(ExerciseScreen::new(exercise)));
        }
        if let Some((address, title)) = bookmark.figure {
            // An address that another version wrote may mean nothing any more; the chapter is there all the same.
            if let Ok(runs) = Runs::open(&address) {
                self.push(Screen::Figure(Box::new(Figure::new(runs, title))));
            }
        }
    }

    /// What is to be kept for the next start, if there is anything new; each state is told once.
    pub fn take_memory(&mut self) -> Option<Memory> {
        let keep = std::mem::take(&mut self.keep);
        keep.then(|| Memory { settings: self.settings, bookmark: self.bookmark.clone() })
    }

    /// Whether the course takes the mouse.
    pub fn wants_mouse(&self) -> bool {
        self.settings.mouse == Mouse::Course
    }
}
