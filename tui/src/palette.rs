// SPDX-License-Identifier: MIT OR Apache-2.0
//! From a tone to a terminal's style: the only place that knows colours.

use ratatui::style::{Color, Modifier, Style};
use stage::{Ansi, Material, Token, Tone};

use crate::settings::Colours;

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

/// What the environment says of the terminal, and asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// `NO_COLOR` is set.
    no_colour: bool,
    /// `INFLIGHT_THEME`, where it says `light` or `dark`.
    theme: Option<Material>,
    /// `COLORTERM`: the terminal has exact colours.
    exact: bool,
    /// What `COLORFGBG` says of the background.
    background: Option<Material>,
}

impl Environment {
    /// Exact colours of a material, whatever the terminal: for pictures and measurements.
    pub fn exact(material: Material) -> Environment {
        Environment { no_colour: false, theme: Some(material), exact: true, background: None }
    }

    /// Reads `NO_COLOR`, `COLORTERM`, `COLORFGBG` and `INFLIGHT_THEME`; an empty variable says nothing.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Environment {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let theme = set("INFLIGHT_THEME").and_then(|value| match value.to_ascii_lowercase().as_str() {
            "light" => Some(Material::Paper),
            "dark" => Some(Material::Night),
            _ => None,
        });
        // `15;0` is white on black: the last number is the background, 7 and those above 8 are light.
        let colours = set("COLORFGBG");
        let last = colours.as_ref().and_then(|value| value.rsplit(';').next()?.parse::<u8>().ok());
        let background =
            last.map(|colour| if colour == 7 || colour > 8 { Material::Paper } else { Material::Night });
        Environment {
            no_colour: set("NO_COLOR").is_some(),
            theme,
            exact: set("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit"),
            background,
        }
    }

    /// The palette for what the reader chose; what the environment asks for wins.
    pub fn palette(&self, chosen: Colours) -> Palette {
        let (none, chosen) = match chosen {
            Colours::None => (true, None),
            Colours::Dark => (false, Some(Material::Night)),
            Colours::Light => (false, Some(Material::Paper)),
            Colours::Auto => (false, self.background),
        };
        let depth = match (self.no_colour || none && self.theme.is_none(), self.exact) {
            (true, _) => Depth::None,
            (false, true) => Depth::True,
            (false, false) => Depth::Sixteen,
        };
        Palette::new(depth, self.theme.or(chosen).unwrap_or(Material::Night))
    }

    /// What of the environment wins over what the reader chose, in a sentence.
    pub fn wins(&self) -> Option<&'static str> {
        match (self.no_colour, self.theme) {
            (true, _) => Some("NO_COLOR is set and wins: there are no colours."),
            (_, Some(Material::Paper)) => Some("INFLIGHT_THEME is set and wins: the colours are for light."),
            (_, Some(Material::Night)) => Some("INFLIGHT_THEME is set and wins: the colours are for dark."),
            _ => None,
        }
    }
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

    /// A word that is looked for, where it is not the one gone to.
    pub fn found(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
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

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::read(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn palette(variables: &[(&str, &str)]) -> Palette {
        environment(variables).palette(Colours::Auto)
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
        let told = [("COLORFGBG", "0;15")];
        assert_eq!(palette(&told), Palette::new(Depth::Sixteen, Material::Paper));
        assert_eq!(palette(&[("COLORFGBG", "15;default;0")]), palette(&[]));
    }

    #[test]
    fn what_the_environment_asks_for_wins_and_the_screen_says_so() {
        let none = environment(&[("NO_COLOR", "1")]);
        let dark = environment(&[("INFLIGHT_THEME", "Dark"), ("COLORFGBG", "0;15")]);
        for chosen in [Colours::Auto, Colours::Dark, Colours::Light, Colours::None] {
            assert_eq!(none.palette(chosen).depth, Depth::None);
            assert_eq!(dark.palette(chosen), Palette::new(Depth::Sixteen, Material::Night));
        }
        assert!(none.wins().is_some_and(|words| words.contains("NO_COLOR")));
        assert!(dark.wins().is_some_and(|words| words.contains("INFLIGHT_THEME")));
        let free = environment(&[("INFLIGHT_THEME", "mauve")]);
        assert_eq!(free.wins(), None);
        assert_eq!(free.palette(Colours::Light), Palette::new(Depth::Sixteen, Material::Paper));
        assert_eq!(free.palette(Colours::None).depth, Depth::None);
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
