// SPDX-License-Identifier: MIT OR Apache-2.0
//! How the reader wants the course to look and to move, and the screen on which that is chosen.

use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};

use crate::chrome;
use crate::control::{Control, SETTINGS};
use crate::palette::Environment;
use crate::pen::Pen;
use crate::text::wrap;
use crate::turn::Turn;

/// Which colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colours {
    /// As the terminal says, where it says anything.
    #[default]
    Auto,
    /// For a dark background.
    Dark,
    /// For a light one.
    Light,
    /// None.
    None,
}

/// How figures move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Motion {
    /// Messages glide.
    #[default]
    Glide,
    /// From event to event.
    Steps,
}

/// Which signs are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marks {
    /// Those of Unicode.
    #[default]
    Unicode,
    /// Those of ASCII alone.
    Ascii,
}

/// Whose the mouse is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mouse {
    /// The course takes clicks and the wheel.
    #[default]
    Course,
    /// The terminal has it, and selects text with it.
    Terminal,
}

/// What the reader chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Which colours.
    pub colours: Colours,
    /// How figures move.
    pub motion: Motion,
    /// Which signs.
    pub marks: Marks,
    /// Whose the mouse is.
    pub mouse: Mouse,
}

/// A setting: its name, its values with a word for each, and which holds.
struct Row {
    name: &'static str,
    values: &'static [&'static str],
    now: usize,
    help: &'static str,
}

const ROWS: usize = 4;
/// Columns from a name to its value.
const NAME: u16 = 12;

impl Settings {
    fn row(self, n: usize) -> Row {
        match n {
            0 => Row {
                name: "colours",
                values: &["auto", "dark", "light", "none"],
                now: self.colours as usize,
                help: "For which background. Auto asks the terminal, and takes a dark one where it does not say. \
                       Without colours, shapes and numbers carry the meaning alone.",
            },
            1 => Row {
                name: "motion",
                values: &["glide", "steps"],
                now: self.motion as usize,
                help: "Messages glide along their way, or figures go from one event to the next.",
            },
            2 => Row {
                name: "signs",
                values: &["unicode", "ascii"],
                now: self.marks as usize,
                help: "Ascii is for terminals whose font lacks signs, and for screen readers.",
            },
            _ => Row {
                name: "mouse",
                values: &["course", "terminal"],
                now: self.mouse as usize,
                help: "The course takes clicks and the wheel, or the terminal selects text. The key m changes it \
                       on every screen.",
            },
        }
    }

    fn choose(&mut self, row: usize, value: usize) {
        match row {
            0 => {
                self.colours = [Colours::Auto, Colours::Dark, Colours::Light, Colours::None][value.min(3)];
            }
            1 => self.motion = [Motion::Glide, Motion::Steps][value.min(1)],
            2 => self.marks = [Marks::Unicode, Marks::Ascii][value.min(1)],
            _ => self.mouse = [Mouse::Course, Mouse::Terminal][value.min(1)],
        }
    }

    /// The mouse changes hands.
    pub fn hand_over_mouse(&mut self) {
        self.mouse = match self.mouse {
            Mouse::Course => Mouse::Terminal,
            Mouse::Terminal => Mouse::Course,
        };
    }
}

/// The screen.
#[derive(Default)]
pub struct SettingsScreen {
    selected: usize,
}

impl SettingsScreen {
    /// Does what the reader asks for.
    pub fn step(&mut self, settings: &mut Settings, control: Control) -> Turn {
        match control {
            Control::Up => self.selected = self.selected.checked_sub(1).unwrap_or(ROWS - 1),
            Control::Down => self.selected = (self.selected + 1) % ROWS,
            Control::Pick(row) if usize::from(row) != self.selected => {
                self.selected = usize::from(row) % ROWS
            }
            Control::Pick(_) | Control::More => self.change(settings, true),
            Control::Less => self.change(settings, false),
            Control::Choose(row, value) => {
                self.selected = usize::from(row) % ROWS;
                settings.choose(self.selected, value.into());
            }
            Control::Back => return Turn::Back,
            _ => return Turn::Still,
        }
        Turn::Redraw
    }

    /// The value after this one or before, in a circle.
    fn change(&self, settings: &mut Settings, up: bool) {
        let row = settings.row(self.selected);
        let count = row.values.len();
        settings.choose(self.selected, (row.now + if up { 1 } else { count - 1 }) % count);
    }

    /// Paints the screen.
    pub fn draw(&self, pen: &mut Pen<'_>, settings: Settings, environment: &Environment) {
        let inner = chrome::inner(pen.area);
        chrome::head(pen, "settings", "");
        chrome::foot(pen, SETTINGS, false);
        let room = usize::from(inner.width.saturating_sub(NAME + 8)).min(64);
        let mut y = inner.y + 1;
        for n in 0..ROWS {
            let row = settings.row(n);
            let style = if n == self.selected { pen.palette.selected() } else { pen.palette.ink() };
            pen.text(inner.x + 2, y, &format!(" {:<1$}", row.name, usize::from(NAME) - 2), style);
            pen.hot(Rect { y, height: 2, ..inner }, Control::Pick(n as u16));
            let mut x = inner.x + 2 + NAME;
            for (value, word) in row.values.iter().enumerate() {
                let (words, style) = if value == row.now {
                    (["‹ ", word, " ›"].concat(), pen.palette.strong())
                } else {
                    (["  ", word, "  "].concat(), pen.palette.quiet())
                };
                let from = x;
                x = pen.text(x, y, &words, style);
                let area = Rect { x: from, y, width: x - from, height: 1 };
                pen.hot(area, Control::Choose(n as u16, value as u8));
                x += 1;
            }
            let wins = if n == 0 { environment.wins() } else { None };
            let notes = wins.iter().map(|words| (*words, pen.palette.strong()));
            let lines: Vec<_> = notes.chain([(row.help, pen.palette.quiet())]).collect();
            for (words, style) in lines {
                for line in wrap(words, room) {
                    y += 1;
                    pen.text(inner.x + 4 + NAME, y, &line, style);
                }
            }
            y += 2;
        }
        pen.text(
            inner.x + 3,
            y,
            "What you choose holds at once and is kept beside your progress.",
            pen.palette.quiet(),
        );
    }
}
