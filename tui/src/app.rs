// SPDX-License-Identifier: MIT OR Apache-2.0
//! The application: screens on top of each other, one control in, one effect out.

use ratatui::Frame;
use ratatui::crossterm::event::Event;
use trace::Time;

use crate::control::{self, Binding, Control};
use crate::figure::Figure;
use crate::palette::Palette;
use crate::pen::Pen;
use crate::run::Run;
use crate::turn::{Door, Effect, Turn};
use crate::{chrome, help};

/// A screen.
enum Screen {
    /// A run, full screen.
    Figure(Box<Figure>),
}

/// The whole state. No clock, no terminal, no file.
pub struct App {
    palette: Palette,
    /// The one on top is seen.
    screens: Vec<Screen>,
    /// How far the help is scrolled, while it is shown.
    help: Option<u16>,
    /// How far it can be scrolled.
    help_most: u16,
    notice: String,
    /// Columns and rows, as last drawn.
    size: (u16, u16),
}

impl App {
    /// One run and nothing else.
    pub fn figure(palette: Palette, run: Run, title: &str) -> App {
        let figure = Figure::new(run, title.to_owned());
        App::on(palette, vec![Screen::Figure(Box::new(figure))])
    }

    fn on(palette: Palette, screens: Vec<Screen>) -> App {
        App { palette, screens, help: None, help_most: 0, notice: String::new(), size: chrome::LEAST }
    }

    /// The keys that hold now.
    pub fn keys(&self) -> &'static [Binding] {
        match (self.help, self.screens.last()) {
            (Some(_), _) => control::HELP,
            (None, Some(Screen::Figure(figure))) => figure.keys(),
            (None, None) => control::HELP,
        }
    }

    /// What an event asks for here.
    pub fn control(&self, event: &Event) -> Option<Control> {
        control::control(event, self.keys())
    }

    /// Does what is asked for.
    pub fn step(&mut self, control: Control) -> Effect {
        if control == Control::Quit {
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
                self.screens.pop();
                if self.screens.is_empty() { Effect::Quit } else { Effect::Redraw }
            }
            Turn::Open(door) => self.open(door),
            Turn::Do(effect) => effect,
        }
    }

    fn open(&mut self, door: Door) -> Effect {
        match door {
            Door::Figure(run, title) => {
                let figure = Figure::new(*run, title);
                self.screens.push(Screen::Figure(Box::new(figure)));
            }
            Door::Lesson(_) | Door::Exercise(_) => {}
        }
        Effect::Redraw
    }

    /// Something to tell the reader, until the next key.
    pub fn say(&mut self, words: &str) {
        words.clone_into(&mut self.notice);
    }

    /// Whether time matters just now: else nothing needs to be drawn until something is asked for.
    pub fn moves(&self) -> bool {
        match self.screens.last() {
            Some(Screen::Figure(figure)) => self.help.is_none() && figure.run.player.playing(),
            None => false,
        }
    }

    /// Lets a span of wall time pass. Whether the picture changed.
    pub fn tick(&mut self, wall: Time) -> bool {
        if !self.moves() {
            return false;
        }
        match self.screens.last_mut() {
            Some(Screen::Figure(figure)) => figure.tick(wall),
            None => false,
        }
    }

    /// Paints the screen.
    pub fn draw(&mut self, frame: &mut Frame<'_>) {
        let area = frame.area();
        self.size = (area.width, area.height);
        if area.width < chrome::LEAST.0 || area.height < chrome::LEAST.1 {
            let mut pen = Pen { buffer: frame.buffer_mut(), palette: self.palette, area };
            return chrome::too_small(&mut pen);
        }
        if let Some(scrolled) = self.help {
            let (keys, about, legend) = match self.screens.last() {
                Some(Screen::Figure(figure)) => (figure.keys(), "figure", true),
                None => (control::HELP, "", false),
            };
            let mut pen = Pen { buffer: frame.buffer_mut(), palette: self.palette, area };
            self.help_most = help::draw(&mut pen, keys, scrolled, about, legend);
            return;
        }
        match self.screens.last_mut() {
            Some(Screen::Figure(figure)) => figure.draw(frame, self.palette, &self.notice),
            None => {}
        }
    }
}
