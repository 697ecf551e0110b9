// SPDX-License-Identifier: MIT OR Apache-2.0
//! The application: screens on top of each other, one control in, one effect out.

mod picture;
mod places;

use std::rc::Rc;

use course::{Chapter, Part, Progress, Standing};
use grader::{Hint, Outcome};
use ratatui::crossterm::event::Event;
use trace::Time;

use crate::background::{Answer, Ask, Known};
use crate::contents::Contents;
use crate::control::{self, Binding, Control};
use crate::desk::News;
use crate::exercise::{AllGraded, ExerciseScreen};
use crate::field::Field;
use crate::figure::Figure;
use crate::lesson::Lesson;
use crate::memory::{Bookmark, Memory};
use crate::palette::Environment;
use crate::run::Run;
use crate::runs::Runs;
use crate::search::{Index, Search};
use crate::settings::{Mouse, Settings, SettingsScreen};
use crate::spots::Spots;
use crate::turn::{Effect, Turn};

/// So many rows of the help are turned at once: fewer than the smallest screen shows.
const HELP_PAGE: u16 = 16;

/// A notch of the wheel turns a text by so many lines.
const WHEEL_LINES: usize = 3;

/// A screen.
enum Screen {
    /// The whole outline.
    Contents,
    /// A chapter.
    Lesson(Box<Lesson>),
    /// An exercise.
    Exercise(ExerciseScreen),
    /// A run, full screen.
    Figure(Box<Figure>),
    /// Words in the whole course.
    Search(Box<Search>),
    /// What the reader chooses.
    Settings(SettingsScreen),
    /// Nine systems under faults.
    Field(Field),
}

/// The whole state. No clock, no terminal, no file.
pub struct App {
    environment: Environment,
    settings: Settings,
    /// Where the reader left off.
    bookmark: Option<Bookmark>,
    /// Whether that follows the reader; not where a single run was opened.
    follows: bool,
    /// Whether there is something new to keep.
    keep: bool,
    outline: &'static [Part],
    contents: Contents,
    /// How far the reader is.
    progress: Progress,
    /// Chapters that were read further than ever before, and how far; not kept yet.
    read_on: Vec<(String, u8)>,
    graded: AllGraded,
    known: Known,
    /// The one on top is seen.
    screens: Vec<Screen>,
    /// How far the help is scrolled, while it is shown.
    help: Option<u16>,
    /// How far it can be scrolled.
    help_most: u16,
    notice: String,
    /// What was drawn that can be clicked.
    spots: Spots,
    /// The row of a timeline that the mouse is held down on.
    held: Option<u16>,
    /// What words can be found in; made when it is wanted first.
    index: Option<Rc<Index>>,
}

impl App {
    /// The course, with what earlier checks said and what was kept. Who has done nothing yet sees the first figure of a
    /// claim, already running; the contents are behind it.
    pub fn course(
        environment: Environment,
        memory: Memory,
        outline: &'static [Part],
        progress: Progress,
        graded: AllGraded,
    ) -> App {
        let first = progress.is_empty() && memory.bookmark.is_none();
        let mut app = App::on(environment, memory, outline, progress);
        app.screens.push(Screen::Contents);
        app.graded = graded;
        app.follows = true;
        if first {
            app.open_first_figure();
        } else {
            app.contents.select_unfinished(&app.progress);
            app.offer_bookmark(true);
        }
        app
    }

    /// One run, or two on one clock, and nothing else; the course can be searched from there.
    pub fn figure(environment: Environment, memory: Memory, runs: impl Into<Runs>, title: &str) -> App {
        let figure = Figure::new(runs.into(), title.to_owned());
        let mut app = App::on(environment, memory, course::outline(), Progress::default());
        app.screens.push(Screen::Figure(Box::new(figure)));
        app
    }

    /// The field's table and nothing else.
    pub fn field(environment: Environment, memory: Memory) -> App {
        let mut app = App::on(environment, memory, course::outline(), Progress::default());
        app.screens.push(Screen::Field(Field::default()));
        app
    }

    fn on(environment: Environment, memory: Memory, outline: &'static [Part], progress: Progress) -> App {
        App {
            environment,
            settings: memory.settings,
            bookmark: memory.bookmark,
            follows: false,
            keep: false,
            outline,
            contents: Contents::new(outline),
            progress,
            read_on: Vec::new(),
            graded: AllGraded::new(),
            known: Known::default(),
            screens: Vec::new(),
            help: None,
            help_most: 0,
            notice: String::new(),
            spots: Spots::default(),
            held: None,
            index: None,
        }
    }

    /// What lists call a chapter.
    fn title(&self, chapter: &Chapter) -> String {
        match self.contents.number(chapter.slug) {
            Some(number) => format!("{number} {}", chapter.title),
            None => chapter.title.to_owned(),
        }
    }

    /// How far the reader is now.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The keys that hold now.
    pub fn keys(&self) -> &'static [Binding] {
        if self.help.is_some() { control::HELP } else { self.screen_keys() }
    }

    fn screen_keys(&self) -> &'static [Binding] {
        match self.screens.last() {
            Some(Screen::Contents) => control::CONTENTS,
            Some(Screen::Lesson(_)) => control::LESSON,
            Some(Screen::Exercise(_)) => control::EXERCISE,
            Some(Screen::Figure(figure)) => figure.keys(),
            Some(Screen::Search(_)) => control::SEARCH,
            Some(Screen::Settings(_)) => control::SETTINGS,
            Some(Screen::Field(_)) => control::FIELD,
            None => control::HELP,
        }
    }

    /// What an event asks for here.
    pub fn control(&self, event: &Event) -> Option<Control> {
        control::control(event, self.keys())
    }

    /// Does what is asked for.
    pub fn step(&mut self, control: Control) -> Effect {
        match control {
            Control::Quit => {
                self.note_reading();
                self.note_place();
                return Effect::Quit;
            }
            Control::Click(x, y) => {
                let hit = self.spots.at(x, y).filter(|hit| *hit != control);
                self.held = hit.filter(|hit| matches!(hit, Control::Seek(..))).map(|_| y);
                if let Some(hit) = hit {
                    return self.step(hit);
                }
            }
            Control::Drag(x, _) => {
                let hit = self.held.and_then(|row| self.spots.at(x, row));
                return match hit.filter(|hit| matches!(hit, Control::Seek(..))) {
                    Some(hit) => self.step(hit),
                    None => Effect::None,
                };
            }
            Control::WheelUp | Control::WheelDown => return self.turn_wheel(control == Control::WheelUp),
            _ => {}
        }
        let had_notice = !std::mem::take(&mut self.notice).is_empty();
        let effect = match self.help {
            Some(_) if matches!(control, Control::Search | Control::Settings) => {
                self.help = None;
                self.step_everywhere(control).unwrap_or(Effect::Redraw)
            }
            Some(scrolled) => self.step_help(scrolled, control),
            None => match self.step_everywhere(control) {
                Some(effect) => effect,
                None => {
                    let turn = self.step_screen(control);
                    self.take(turn)
                }
            },
        };
        match effect {
            Effect::None if had_notice || control == Control::Resized => Effect::Redraw,
            effect => effect,
        }
    }

    /// Texts turn by several lines; in a list each row counts.
    fn turn_wheel(&mut self, up: bool) -> Effect {
        let text = matches!(self.screens.last(), Some(Screen::Lesson(_) | Screen::Exercise(_)));
        let mut effect = Effect::None;
        for _ in 0..if text || self.help.is_some() { WHEEL_LINES } else { 1 } {
            match self.step(if up { Control::Up } else { Control::Down }) {
                Effect::None => {}
                other => effect = other,
            }
        }
        effect
    }

    /// What means the same on every screen.
    fn step_everywhere(&mut self, control: Control) -> Option<Effect> {
        match control {
            Control::Help => self.help = Some(0),
            Control::Search => self.open_search(),
            Control::Settings if matches!(self.screens.last(), Some(Screen::Settings(_))) => {}
            Control::Settings => self.push(Screen::Settings(SettingsScreen::default())),
            Control::Mouse => {
                self.settings.hand_over_mouse();
                self.keep = true;
                self.notice = match self.settings.mouse {
                    Mouse::Course => {
                        "The course has the mouse: clicks and the wheel; m gives it away".to_owned()
                    }
                    Mouse::Terminal => {
                        "The terminal has the mouse, and selects text with it; m takes it back".to_owned()
                    }
                };
            }
            _ => return None,
        }
        Some(Effect::Redraw)
    }

    fn step_screen(&mut self, control: Control) -> Turn {
        let first = self.screens.len() == 1;
        match self.screens.last_mut() {
            Some(Screen::Contents) if control == Control::Back && !first => Turn::Back,
            Some(Screen::Contents) => self.contents.step(control),
            Some(Screen::Lesson(lesson)) => lesson.step(control),
            Some(Screen::Exercise(screen)) => {
                let graded = self.graded.get(screen.name());
                screen.step(control, graded, &self.progress)
            }
            Some(Screen::Figure(figure)) => figure.step(control),
            Some(Screen::Search(search)) => search.step(control),
            Some(Screen::Field(field)) => field.step(control),
            Some(Screen::Settings(screen)) => {
                let before = self.settings;
                let turn = screen.step(&mut self.settings, control);
                self.keep |= before != self.settings;
                turn
            }
            None => Turn::Back,
        }
    }

    fn step_help(&mut self, scrolled: u16, control: Control) -> Effect {
        self.help = match control {
            Control::Back | Control::Help => None,
            Control::Up => Some(scrolled.saturating_sub(1)),
            Control::Down => Some((scrolled + 1).min(self.help_most)),
            Control::PageUp => Some(scrolled.saturating_sub(HELP_PAGE)),
            Control::PageDown => Some((scrolled + HELP_PAGE).min(self.help_most)),
            _ => Some(scrolled),
        };
        if self.help == Some(scrolled) { Effect::None } else { Effect::Redraw }
    }

    fn take(&mut self, turn: Turn) -> Effect {
        match turn {
            Turn::Still => Effect::None,
            Turn::Redraw => Effect::Redraw,
            Turn::Say(words) => {
                self.notice = words;
                Effect::Redraw
            }
            Turn::Copy(address) => {
                self.notice = format!("{address} (copied, where the terminal lets us)");
                Effect::Copy(address)
            }
            Turn::Back => {
                self.note_reading();
                self.note_place();
                self.screens.pop();
                self.note_place();
                if self.screens.is_empty() { Effect::Quit } else { Effect::Redraw }
            }
            Turn::Open(door) => self.open(door),
            Turn::Do(effect) => {
                if let Effect::Check(name) = effect {
                    let graded = self.graded.entry(name).or_default();
                    (graded.stage, graded.problem) = (Some(grader::Stage::Kit), None);
                    graded.hints.clear();
                }
                effect
            }
        }
    }

    /// Keeps how much of the chapter on top was seen; never less than before.
    fn note_reading(&mut self) {
        if let Some(Screen::Lesson(lesson)) = self.screens.last() {
            let before = self.progress.read.entry(lesson.slug().to_owned()).or_default();
            if lesson.read() > *before {
                *before = lesson.read();
                self.read_on.push((lesson.slug().to_owned(), *before));
            }
        }
    }

    /// Chapters that were read further than ever before, and how far in per cent; each is told once.
    pub fn take_read_on(&mut self) -> Vec<(String, u8)> {
        std::mem::take(&mut self.read_on)
    }

    /// The exercise on the screen: its file is watched.
    pub fn exercise(&self) -> Option<&'static str> {
        match self.screens.last() {
            Some(Screen::Exercise(screen)) => Some(screen.name()),
            _ => None,
        }
    }

    /// The file of the exercise on the screen was saved.
    pub fn saved(&mut self) -> Effect {
        match self.screens.last_mut() {
            Some(Screen::Exercise(screen)) => {
                let turn = screen.check();
                self.take(turn)
            }
            _ => Effect::None,
        }
    }

    /// A check of an exercise has come so far, or is over.
    pub fn hear_of_check(&mut self, name: &'static str, news: News) {
        let graded = self.graded.entry(name).or_default();
        match news {
            News::Stage(stage) => graded.stage = Some(stage),
            News::Over(result) => {
                graded.stage = None;
                match *result {
                    Ok(verdict) => {
                        let standing = self.progress.standings.entry(name.to_owned()).or_default();
                        let reached = match verdict.outcome {
                            Outcome::Passed => Standing::Passed,
                            _ => Standing::Tried,
                        };
                        *standing = reached.max(*standing);
                        graded.verdict = Some(verdict);
                    }
                    Err(problem) => graded.problem = Some(problem),
                }
            }
        }
    }

    /// A hint that was asked for; the same one again says nothing new.
    pub fn hear_hint(&mut self, name: &'static str, hint: Hint) {
        let graded = self.graded.entry(name).or_default();
        if graded.hints.contains(&hint) {
            self.notice = "That was the last hint".to_owned();
        } else {
            graded.hints.push(hint);
        }
    }

    /// Opens a run on top of what is seen.
    pub fn watch(&mut self, run: Run, title: String) {
        self.push(Screen::Figure(Box::new(Figure::new(run.into(), title))));
    }

    /// Something to tell the reader, until the next key.
    pub fn say(&mut self, words: &str) {
        words.clone_into(&mut self.notice);
    }

    /// What is to be computed in the background, each once.
    pub fn take_wanted(&mut self) -> Vec<Ask> {
        self.known.take_wanted()
    }

    /// Whether answers from the background are still to come.
    pub fn is_waiting(&self) -> bool {
        self.known.is_waiting()
    }

    /// An answer has come: the picture may have changed.
    pub fn hear(&mut self, ask: Ask, answer: Answer) {
        self.known.hear(ask, answer);
    }

    /// Whether time matters just now: else nothing needs to be drawn until something is asked for.
    pub fn moves(&self) -> bool {
        self.help.is_none()
            && match self.screens.last() {
                Some(Screen::Figure(figure)) => figure.runs.lead.player.playing(),
                Some(Screen::Lesson(lesson)) => lesson.moves(),
                _ => false,
            }
    }

    /// Lets a span of wall time pass. Whether the picture changed.
    pub fn tick(&mut self, wall: Time) -> bool {
        if !self.moves() {
            return false;
        }
        let motion = self.settings.motion;
        match self.screens.last_mut() {
            Some(Screen::Figure(figure)) => figure.tick(wall, motion),
            Some(Screen::Lesson(lesson)) => lesson.tick(wall, motion),
            _ => false,
        }
    }
}
