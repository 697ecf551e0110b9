// SPDX-License-Identifier: MIT OR Apache-2.0
//! From a tone to a terminal's style: the only place that knows colours.

use ratatui::style::{Color, Modifier, Style};
use stage::{Ansi, Material, Token, Tone};

/// How many colours may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// None: `NO_COLOR` is set. Shapes, bold, dim and reverse video carry everything.
    None,
    /// The sixteen that every terminal has.
    Sixteen,
    /// Exact ones.
    True,
}

/// The material on which the application is drawn. The background is always the terminal's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    depth: Depth,
    material: Material,
}

impl Palette {
    /// A palette; the material matters only where colours are exact.
    pub fn new(depth: Depth, material: Material) -> Palette {
        Palette { depth, material }
    }

    /// What the environment asks for: `NO_COLOR`, `COLORTERM` and `INFLIGHT_THEME` (`light` or `dark`).
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Palette {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let exact = set("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit");
        let depth = match (set("NO_COLOR"), exact) {
            (Some(_), _) => Depth::None,
            (None, true) => Depth::True,
            (None, false) => Depth::Sixteen,
        };
        let light = set("INFLIGHT_THEME").is_some_and(|value| value.eq_ignore_ascii_case("light"));
        Palette::new(depth, if light { Material::Paper } else { Material::Night })
    }

    /// A tone's style. Ink is the terminal's own text.
    pub fn tone(self, tone: Tone) -> Style {
        let colour = match (self.depth, tone) {
            (_, Tone::Ink) => return Style::new(),
            (Depth::None, Tone::Quiet) => return Style::new().add_modifier(Modifier::DIM),
            (Depth::None, _) => return Style::new(),
            (Depth::Sixteen, _) => ansi(tone.ansi()),
            (Depth::True, _) => exact(tone.hex(self.material)),
        };
        Style::new().fg(colour)
    }

    /// A message's style: reversed where its shape would be filled.
    pub fn token(self, token: &Token) -> Style {
        let style = self.tone(token.tone);
        if token.strong { style.add_modifier(Modifier::REVERSED) } else { style }
    }

    /// The colour of a line in a drawing made of dots, which can have nothing but a colour.
    pub fn colour(self, tone: Tone) -> Color {
        self.tone(tone).fg.unwrap_or(Color::Reset)
    }

    /// Of no interest just now: rules, labels, what is to come.
    pub fn quiet(self) -> Style {
        self.tone(Tone::Quiet)
    }

    /// The one accent.
    pub fn accent(self) -> Style {
        self.tone(Tone::Accent)
    }

    /// Plain text.
    pub fn ink(self) -> Style {
        Style::new()
    }

    /// Headings and what a row is called.
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What is selected or pointed at.
    pub fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }
}

fn ansi(colour: Ansi) -> Color {
    match colour {
        Ansi::Default => Color::Reset,
        Ansi::Grey => Color::DarkGray,
        Ansi::Red => Color::Red,
        Ansi::Green => Color::Green,
        Ansi::Yellow => Color::Yellow,
        Ansi::Blue => Color::Blue,
        Ansi::Magenta => Color::Magenta,
        Ansi::Cyan => Color::Cyan,
    }
}

fn exact(hex: &str) -> Color {
    let channel = |at: usize| hex.get(at..at + 2).and_then(|text| u8::from_str_radix(text, 16).ok());
    match (channel(1), channel(3), channel(5)) {
        (Some(red), Some(green), Some(blue)) => Color::Rgb(red, green, blue),
        _ => Color::Reset,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn palette(variables: &[(&str, &str)]) -> Palette {
        Palette::of_environment(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_decides() {
        assert_eq!(palette(&[]), Palette::new(Depth::Sixteen, Material::Night));
        assert_eq!(
            palette(&[("COLORTERM", "truecolor")]).tone(Tone::Accent).fg,
            Some(Color::Rgb(0x56, 0xB4, 0xE9))
        );
        let light = palette(&[("COLORTERM", "24bit"), ("INFLIGHT_THEME", "light")]);
        assert_eq!(light.tone(Tone::Accent).fg, Some(Color::Rgb(0x00, 0x72, 0xB2)));
        assert_eq!(palette(&[("NO_COLOR", "")]), palette(&[]), "an empty NO_COLOR asks for nothing");
    }

    #[test]
    fn without_colour_no_style_has_one() {
        let palette = palette(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]);
        for tone in Tone::NAMED {
            assert_eq!(palette.tone(tone).fg, None, "{tone:?}");
        }
    }

    #[test]
    fn ink_is_the_terminals_own_text() {
        for depth in [Depth::None, Depth::Sixteen, Depth::True] {
            assert_eq!(Palette::new(depth, Material::Night).tone(Tone::Ink), Style::new());
        }
    }
}
