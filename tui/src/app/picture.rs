// SPDX-License-Identifier: MIT OR Apache-2.0
//! The picture: the screen on top, its help, what there is to say.

use ratatui::Frame;

use super::{App, Screen};
use crate::pen::Pen;
use crate::settings::Marks;
use crate::{ascii, chrome, help};

impl App {
    /// Paints the screen.
    pub fn draw(&mut self, frame: &mut Frame<'_>) {
        let mut spots = std::mem::take(&mut self.spots);
        spots.clear();
        let palette = self.environment.palette(self.settings.colours);
        let area = frame.area();
        let mut pen = Pen { buffer: frame.buffer_mut(), palette, area, spots: &mut spots };
        if area.width < chrome::LEAST.0 || area.height < chrome::LEAST.1 {
            chrome::too_small(&mut pen);
        } else if let Some(scrolled) = self.help {
            self.draw_help(&mut pen, scrolled);
        } else {
            self.draw_screen(&mut pen);
            chrome::notice(&mut pen, &self.notice);
        }
        if self.settings.marks == Marks::Ascii {
            ascii::translate(frame.buffer_mut());
        }
        self.spots = spots;
    }

    fn draw_help(&mut self, pen: &mut Pen<'_>, scrolled: u16) {
        let (about, signs) = match self.screens.last() {
            Some(Screen::Contents) | None => ("contents", false),
            Some(Screen::Lesson(_)) => ("chapter", true),
            Some(Screen::Exercise(_)) => ("exercise", false),
            Some(Screen::Figure(_)) => ("figure", true),
            Some(Screen::Search(_)) => ("search", false),
            Some(Screen::Settings(_)) => ("settings", false),
            Some(Screen::Field(_)) => ("field", false),
        };
        self.help_most = help::draw(pen, self.screen_keys(), scrolled, about, signs);
    }

    fn draw_screen(&mut self, pen: &mut Pen<'_>) {
        match self.screens.last_mut() {
            Some(Screen::Contents) => self.contents.draw(pen, &self.progress),
            Some(Screen::Lesson(lesson)) => lesson.draw(pen, &mut self.known, &self.progress),
            Some(Screen::Exercise(screen)) => {
                let (graded, standing) =
                    (self.graded.get(screen.name()), self.progress.standing(screen.name()));
                screen.draw(pen, graded, standing);
            }
            Some(Screen::Figure(figure)) => figure.draw(pen),
            Some(Screen::Search(search)) => search.draw(pen),
            Some(Screen::Field(field)) => field.draw(pen),
            Some(Screen::Settings(screen)) => screen.draw(pen, self.settings, &self.environment),
            None => {}
        }
    }

    /// How many messages are on their way in the figure on top: what a picture costs depends on it.
    pub fn messages_on_their_way(&self) -> usize {
        match self.screens.last() {
            Some(Screen::Figure(figure)) => {
                let scene = figure.runs.lead.player.scene();
                scene.flights.iter().filter(|flight| flight.carries && flight.lost.is_none()).count()
            }
            _ => 0,
        }
    }
}
