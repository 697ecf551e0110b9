// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one table of meanings: what a message's state looks like. Both painters read it and add nothing.

use trace::MessageId;

use crate::label::Label;

/// What became of a message, worst news first when several are true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageState {
    /// Nothing special: in order, in its first delivery.
    Fresh,
    /// This is a later delivery than its first.
    Again,
    /// A message that was enqueued later took effect before it.
    Overtaken,
    /// It took effect more than once.
    Twice,
    /// It never takes effect, or this packet of it never arrives.
    Lost,
}

/// What is happening to a message where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It travels, or its effect has landed.
    Free,
    /// It stands in a queue or in a consumer's buffer.
    Waiting,
    /// A broker keeps it until it hears from the consumer that has it.
    Leased,
    /// A consumer works on it.
    Working,
}

/// A shape, so that no meaning rests on colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// `●` in order.
    Disc,
    /// `◐` being worked on; it fills.
    Half,
    /// `◎` delivered again.
    Ring,
    /// `◆` took effect twice.
    Diamond,
    /// `▲` overtaken.
    Triangle,
    /// `✕` lost.
    Cross,
}

impl Shape {
    /// The shape as one character.
    pub const fn glyph(self) -> char {
        match self {
            Shape::Disc => '●',
            Shape::Half => '◐',
            Shape::Ring => '◎',
            Shape::Diamond => '◆',
            Shape::Triangle => '▲',
            Shape::Cross => '✕',
        }
    }
}

/// A role that a colour plays. Painters never choose a colour, only the material.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Text, lines, messages in order.
    Ink,
    /// Work going on; the one accent.
    Accent,
    /// Delivered again, took effect twice.
    Again,
    /// Overtaken.
    Overtaken,
    /// Lost.
    Lost,
    /// Waiting, leased, of no interest just now.
    Quiet,
    /// Faults: crash, cut, pause.
    Fault,
    /// A key's own colour, from a muted scale that repeats; never a verdict.
    Key(u8),
}

/// Paper (light) or night (dark).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Material {
    /// Ink on `#FBFAF7`.
    Paper,
    /// Light on `#12161B`.
    Night,
}

impl Material {
    /// The background.
    pub const fn hex(self) -> &'static str {
        match self {
            Material::Paper => "#FBFAF7",
            Material::Night => "#12161B",
        }
    }
}

/// The colours that a terminal of sixteen colours offers, as far as a tone uses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ansi {
    /// Whatever the terminal's text is.
    Default,
    /// Grey (bright black).
    Grey,
    /// Red.
    Red,
    /// Green.
    Green,
    /// Yellow.
    Yellow,
    /// Blue.
    Blue,
    /// Magenta.
    Magenta,
    /// Cyan.
    Cyan,
}

/// How many key colours there are before they repeat.
pub const KEY_TONES: usize = 6;

/// light, dark, terminal; muted, and each pair passes AA on its background (a test computes it).
const KEYS: [(&str, &str, Ansi); KEY_TONES] = [
    ("#4A6A7C", "#9DB9C8", Ansi::Cyan),
    ("#6B6440", "#C3BA8E", Ansi::Yellow),
    ("#4F6F4F", "#9CC09C", Ansi::Green),
    ("#7A5C52", "#CBAA9E", Ansi::Red),
    ("#5E5E86", "#ADADD6", Ansi::Blue),
    ("#75587A", "#C6A6CB", Ansi::Magenta),
];

impl Tone {
    /// All tones but the keys'.
    pub const NAMED: [Tone; 7] =
        [Tone::Ink, Tone::Accent, Tone::Again, Tone::Overtaken, Tone::Lost, Tone::Quiet, Tone::Fault];

    /// The key's tone.
    pub const fn of_key(key: u32) -> Tone {
        Tone::Key((key % KEY_TONES as u32) as u8)
    }

    const fn row(self) -> (&'static str, &'static str, &'static str, Ansi) {
        match self {
            Tone::Ink => ("ink", "#1F2328", "#E6E3DC", Ansi::Default),
            Tone::Accent => ("accent", "#0072B2", "#56B4E9", Ansi::Blue),
            Tone::Again => ("again", "#8A4F9E", "#CC79A7", Ansi::Magenta),
            Tone::Overtaken => ("overtaken", "#9C5D00", "#E69F00", Ansi::Yellow),
            Tone::Lost => ("lost", "#C0430B", "#F0803C", Ansi::Red),
            Tone::Quiet => ("quiet", "#6B7280", "#9AA3AF", Ansi::Grey),
            Tone::Fault => ("fault", "#C0430B", "#F0803C", Ansi::Red),
            Tone::Key(n) => {
                let (light, dark, ansi) = KEYS[n as usize % KEY_TONES];
                ("key", light, dark, ansi)
            }
        }
    }

    /// The colour on a material, `#RRGGBB`.
    pub const fn hex(self, on: Material) -> &'static str {
        let (_, light, dark, _) = self.row();
        match on {
            Material::Paper => light,
            Material::Night => dark,
        }
    }

    /// The colour in a terminal of sixteen colours.
    pub const fn ansi(self) -> Ansi {
        self.row().3
    }

    /// The colour's name in style sheets without its leading dashes: `overtaken` for `--overtaken`. All key colours
    /// share `key`; their number follows as `--key-0`.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// The colour for a style sheet or an attribute: a variable, and what holds where nobody set it:
    /// `var(--ink,#1F2328)`.
    pub fn css(self) -> String {
        let light = self.hex(Material::Paper);
        match self {
            Tone::Key(n) => format!("var(--key-{},{light})", n as usize % KEY_TONES),
            _ => ["var(--", self.name(), ",", light, ")"].concat(),
        }
    }
}

/// What is written beside a message's number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Which delivery, from 1: written `·2` from the second on. 0 where there is none.
    pub attempt: u32,
    /// How many later messages took effect before it: `+2`.
    pub overtakers: u64,
    /// How often it took effect, from 2 on: `×2`. Else 0.
    pub times: u32,
}

impl Mark {
    fn write(&self, label: &mut Label) {
        let mut mark = |sign: &str, number: u64| {
            label.push(sign);
            label.number(number);
        };
        if self.attempt > 1 {
            mark("·", u64::from(self.attempt));
        }
        if self.overtakers > 0 {
            mark("+", self.overtakers);
        }
        if self.times > 1 {
            mark("×", u64::from(self.times));
        }
    }
}

/// A message as it is drawn in one place: everything about it that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Which message.
    pub message: MessageId,
    /// What became of it so far.
    pub state: MessageState,
    /// What is happening to it here.
    pub hold: Hold,
    /// What stands beside its number.
    pub mark: Mark,
    /// Its key.
    pub key: u32,
    /// Its shape.
    pub shape: Shape,
    /// Its colour.
    pub tone: Tone,
    /// Drawn reversed (terminal) or filled where its shape would be an outline.
    pub strong: bool,
}

impl Token {
    /// A token from its state: the table itself.
    pub fn new(message: MessageId, key: u32, state: MessageState, hold: Hold, mark: Mark) -> Token {
        let (shape, tone) = match state {
            MessageState::Lost => (Shape::Cross, Tone::Lost),
            MessageState::Twice => (Shape::Diamond, Tone::Again),
            MessageState::Overtaken => (Shape::Triangle, Tone::Overtaken),
            MessageState::Again => (Shape::Ring, Tone::Again),
            MessageState::Fresh => match hold {
                Hold::Working => (Shape::Half, Tone::Accent),
                Hold::Waiting | Hold::Leased => (Shape::Disc, Tone::Quiet),
                Hold::Free => (Shape::Disc, Tone::Ink),
            },
        };
        Token { message, state, hold, mark, key, shape, tone, strong: state == MessageState::Twice }
    }

    /// The number with its marks: `14`, `14·2`, `13+2`, `14×2`.
    pub fn label(&self) -> Label {
        let mut label = Label::default();
        label.number(self.message.0);
        self.mark.write(&mut label);
        label
    }

    /// The number alone, `14`: where tokens stand close and the shape has to say the rest.
    pub fn number(&self) -> Label {
        let mut label = Label::default();
        label.number(self.message.0);
        label
    }

    /// The marks alone: ``, `·2`, `+2`, `×2`.
    pub fn marks(&self) -> Label {
        let mut label = Label::default();
        self.mark.write(&mut label);
        label
    }

    /// The state in words, for a legend and for people who hear the drawing: `overtaken by 2`.
    pub fn words(&self) -> String {
        match (self.state, self.hold) {
            (MessageState::Lost, _) => "lost".to_owned(),
            (MessageState::Twice, _) => format!("took effect {} times", self.mark.times),
            (MessageState::Overtaken, _) => format!("overtaken by {}", self.mark.overtakers),
            (MessageState::Again, _) => format!("delivery {}", self.mark.attempt),
            (MessageState::Fresh, Hold::Working) => "being worked on".to_owned(),
            (MessageState::Fresh, Hold::Waiting) => "waiting".to_owned(),
            (MessageState::Fresh, Hold::Leased) => "leased".to_owned(),
            (MessageState::Fresh, Hold::Free) => "in order".to_owned(),
        }
    }
}

/// One line of the legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegendRow {
    /// The shape.
    pub shape: Shape,
    /// Its colour.
    pub tone: Tone,
    /// An example of what stands beside it.
    pub example: &'static str,
    /// What it means.
    pub words: &'static str,
}

/// The legend, in the table's order.
pub static LEGEND: [LegendRow; 7] = [
    LegendRow { shape: Shape::Disc, tone: Tone::Ink, example: "14", words: "in order" },
    LegendRow { shape: Shape::Half, tone: Tone::Accent, example: "14", words: "being worked on" },
    LegendRow { shape: Shape::Ring, tone: Tone::Again, example: "14·2", words: "delivered again" },
    LegendRow { shape: Shape::Diamond, tone: Tone::Again, example: "14×2", words: "took effect twice" },
    LegendRow { shape: Shape::Triangle, tone: Tone::Overtaken, example: "14+2", words: "overtaken" },
    LegendRow { shape: Shape::Cross, tone: Tone::Lost, example: "14", words: "lost" },
    LegendRow { shape: Shape::Disc, tone: Tone::Quiet, example: "14", words: "waiting or leased" },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast as WCAG 2 defines them.
    fn luminance(hex: &str) -> f64 {
        let channel = |at: usize| {
            let c = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("two hex digits")) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn the_contrast_formula_knows_its_ends() {
        assert!((contrast("#000000", "#FFFFFF") - 21.0).abs() < 1e-9);
        assert!((contrast("#777777", "#FFFFFF") - 4.48).abs() < 0.01);
    }

    #[test]
    fn every_tone_passes_aa_on_paper_and_night() {
        let keys = (0..KEY_TONES as u32).map(Tone::of_key);
        for tone in Tone::NAMED.into_iter().chain(keys) {
            for material in [Material::Paper, Material::Night] {
                let ratio = contrast(tone.hex(material), material.hex());
                assert!(ratio >= 4.5, "{tone:?} on {material:?} has contrast {ratio:.2}, AA asks for 4.5");
            }
        }
    }

    #[test]
    fn states_are_told_apart_without_colour() {
        let shapes: Vec<Shape> = [
            (MessageState::Fresh, Hold::Free),
            (MessageState::Fresh, Hold::Working),
            (MessageState::Again, Hold::Free),
            (MessageState::Twice, Hold::Free),
            (MessageState::Overtaken, Hold::Free),
            (MessageState::Lost, Hold::Free),
        ]
        .map(|(state, hold)| Token::new(MessageId(1), 0, state, hold, Mark::default()).shape)
        .into();
        let mut distinct = shapes.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(shapes.len(), distinct.len());
    }

    #[test]
    fn labels_carry_number_and_marks() {
        let label = |mark| Token::new(MessageId(14), 0, MessageState::Fresh, Hold::Free, mark).label();
        assert_eq!(&*label(Mark::default()), "14");
        assert_eq!(&*label(Mark { attempt: 2, ..Mark::default() }), "14·2");
        assert_eq!(&*label(Mark { attempt: 1, overtakers: 3, times: 0 }), "14+3");
        assert_eq!(&*label(Mark { attempt: 3, overtakers: 0, times: 2 }), "14·3×2");
    }

    #[test]
    fn the_longest_label_fits() {
        let mark = Mark { attempt: u32::MAX, overtakers: u64::MAX, times: u32::MAX };
        let label = Token::new(MessageId(u64::MAX), 0, MessageState::Fresh, Hold::Free, mark).label();
        assert_eq!(&*label, "18446744073709551615·4294967295+18446744073709551615×4294967295");
    }
}
