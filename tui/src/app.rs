// SPDX-License-Identifier: MIT OR Apache-2.0
//! The application: screens on top of each other, one control in, one effect out.

use course::{Chapter, Part, Progress, Standing};
use grader::{Hint, Outcome};
use ratatui::Frame;
use ratatui::crossterm::event::Event;
use trace::Time;

use crate::background::{Answer, Ask, Known};
use crate::contents::Contents;
use crate::control::{self, Binding, Control};
use crate::desk::News;
use crate::exercise::{AllGraded, ExerciseScreen};
use crate::figure::Figure;
use crate::lesson::Lesson;
use crate::palette::Palette;
use crate::pen::Pen;
use crate::run::Run;
use crate::turn::{Door, Effect, Turn};
use crate::{chrome, help};

/// So many rows of the help are turned at once: fewer than the smallest screen shows.
const HELP_PAGE: u16 = 16;

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
}

/// The whole state. No clock, no terminal, no file.
pub struct App {
    palette: Palette,
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
}

impl App {
    /// The course, with what earlier checks said. Who has done nothing yet sees the first figure of a claim, already
    /// running; the contents are behind it.
    pub fn course(palette: Palette, outline: &'static [Part], progress: Progress, graded: AllGraded) -> App {
        let first = progress.is_empty();
        let mut app = App::on(palette, outline, progress, vec![Screen::Contents]);
        app.graded = graded;
        if first {
            app.open_first_figure();
        } else {
            app.contents.select_unfinished(&app.progress);
        }
        app
    }

    /// One run and nothing else.
    pub fn figure(palette: Palette, run: Run, title: &str) -> App {
        let figure = Figure::new(run, title.to_owned());
        App::on(palette, &[], Progress::default(), vec![Screen::Figure(Box::new(figure))])
    }

    fn on(palette: Palette, outline: &'static [Part], progress: Progress, screens: Vec<Screen>) -> App {
        App {
            palette,
            outline,
            contents: Contents::new(outline),
            progress,
            read_on: Vec::new(),
            graded: AllGraded::new(),
            known: Known::default(),
            screens,
            help: None,
            help_most: 0,
            notice: String::new(),
        }
    }

    fn open_first_figure(&mut self) {
        let chapters = self.outline.iter().flat_map(|part| part.chapters);
        let mut claiming = chapters.filter(|chapter| !chapter.claims.is_empty());
        let found = claiming.find_map(|chapter| Some((chapter, chapter.lesson.as_ref()?.figure?)));
        let Some((chapter, address)) = found else { return };
        let run = address.parse().ok().and_then(|address| Run::open(&address).ok());
        if let Some(run) = run {
            let intro =
                format!("{} Press space to stop it and to go on; esc leads to the contents.", chapter.shows);
            let figure = Figure::new(run, self.title(chapter)).running(&intro);
            self.contents.select(chapter.slug);
            self.screens.push(Screen::Figure(Box::new(figure)));
        }
    }

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
            None => control::HELP,
        }
    }

    /// What an event asks for here.
    pub fn control(&self, event: &Event) -> Option<Control> {
        control::control(event, self.keys())
    }

    /// Does what is asked for.
    pub fn step(&mut self, control: Control) -> Effect {
        if control == Control::Quit {
            self.note_reading();
            return Effect::Quit;
        }
        let had_notice = !std::mem::take(&mut self.notice).is_empty();
        let effect = match self.help {
            Some(scrolled) => self.step_help(scrolled, control),
            None if control == Control::Help => {
                self.help = Some(0);
                Effect::Redraw
            }
            None => {
                let turn = match self.screens.last_mut() {
                    Some(Screen::Contents) => self.contents.step(control),
                    Some(Screen::Lesson(lesson)) => lesson.step(control),
                    Some(Screen::Exercise(screen)) => {
                        let graded = self.graded.get(screen.name());
                        screen.step(control, graded)
                    }
                    Some(Screen::Figure(figure)) => figure.step(control),
                    None => Turn::Back,
                };
                self.take(turn)
            }
        };
        match effect {
            Effect::None if had_notice || control == Control::Resized => Effect::Redraw,
            effect => effect,
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
            Turn::Back => {
                self.note_reading();
                self.screens.pop();
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

    fn open(&mut self, door: Door) -> Effect {
        match door {
            Door::Figure(run, title) => {
                self.screens.push(Screen::Figure(Box::new(Figure::new(*run, title))));
            }
            Door::Lesson(slug) => {
                let chapter =
                    self.outline.iter().flat_map(|part| part.chapters).find(|chapter| chapter.slug == slug);
                if let Some((chapter, lesson)) =
                    chapter.and_then(|chapter| Some((chapter, chapter.lesson.as_ref()?)))
                {
                    let lesson = Lesson::new(chapter, self.contents.number(slug), lesson.markdown);
                    self.screens.push(Screen::Lesson(Box::new(lesson)));
                }
            }
            Door::Exercise(name) => {
                if let Some(exercise) = course::find_exercise(name) {
                    self.screens.push(Screen::Exercise(ExerciseScreen::new(exercise)));
                }
            }
        }
        Effect::Redraw
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
        self.screens.push(Screen::Figure(Box::new(Figure::new(run, title))));
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
                Some(Screen::Figure(figure)) => figure.run.player.playing(),
                Some(Screen::Lesson(lesson)) => lesson.moves(),
                Some(Screen::Contents | Screen::Exercise(_)) | None => false,
            }
    }

    /// Lets a span of wall time pass. Whether the picture changed.
    pub fn tick(&mut self, wall: Time) -> bool {
        if !self.moves() {
            return false;
        }
        match self.screens.last_mut() {
            Some(Screen::Figure(figure)) => figure.tick(wall),
            Some(Screen::Lesson(lesson)) => lesson.tick(wall),
            Some(Screen::Contents | Screen::Exercise(_)) | None => false,
        }
    }

    /// How many messages are on their way in the figure on top: what a picture costs depends on it.
    pub fn messages_on_their_way(&self) -> usize {
        match self.screens.last() {
            Some(Screen::Figure(figure)) => {
                let scene = figure.run.player.scene();
                scene.flights.iter().filter(|flight| flight.carries && flight.lost.is_none()).count()
            }
            _ => 0,
        }
    }

    /// Paints the screen.
    pub fn draw(&mut self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let palette = self.palette;
        if area.width < chrome::LEAST.0 || area.height < chrome::LEAST.1 {
            let mut pen = Pen { buffer: frame.buffer_mut(), palette, area };
            return chrome::too_small(&mut pen);
        }
        if let Some(scrolled) = self.help {
            let (about, legend) = match self.screens.last() {
                Some(Screen::Contents) | None => ("contents", false),
                Some(Screen::Lesson(_)) => ("chapter", true),
                Some(Screen::Exercise(_)) => ("exercise", false),
                Some(Screen::Figure(_)) => ("figure", true),
            };
            let keys = self.screen_keys();
            let mut pen = Pen { buffer: frame.buffer_mut(), palette, area };
            self.help_most = help::draw(&mut pen, keys, scrolled, about, legend);
            return;
        }
        match self.screens.last_mut() {
            Some(Screen::Contents) => self.contents.draw(frame, palette, &self.progress),
            Some(Screen::Lesson(lesson)) => {
                lesson.draw(frame, palette, &mut self.known, &self.progress);
            }
            Some(Screen::Exercise(screen)) => {
                let (graded, standing) =
                    (self.graded.get(screen.name()), self.progress.standing(screen.name()));
                screen.draw(frame, palette, graded, standing);
            }
            Some(Screen::Figure(figure)) => figure.draw(frame, palette),
            None => {}
        }
        chrome::notice(&mut Pen { buffer: frame.buffer_mut(), palette, area }, &self.notice);
    }
}
