// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be asked of the application, and the keys that ask it.
//!
//! One table for each place. The dispatch of keys, the last line of a screen and the help overlay all read it.

mod tables;

use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};
use stage::Target;

/// A wish of the reader's, whatever key expressed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// End the application.
    Quit,
    /// Close what is open: an overlay, a panel, the screen.
    Back,
    /// Show or hide the help.
    Help,
    /// One up, in a list or a text.
    Up,
    /// One down.
    Down,
    /// One screenful up.
    PageUp,
    /// One screenful down.
    PageDown,
    /// To the beginning.
    First,
    /// To the end.
    Last,
    /// Open or do what is selected.
    Enter,
    /// The thing before this one.
    Previous,
    /// The next thing.
    Next,
    /// A smaller value.
    Less,
    /// A larger value.
    More,
    /// Answer a question with this option, from 0.
    Answer(u8),
    /// Play or pause.
    Play,
    /// One visible event on.
    StepForward,
    /// One visible event back.
    StepBack,
    /// To the next fault.
    NextFault,
    /// To the fault before.
    PreviousFault,
    /// To this many tenths of the run.
    Tenth(u8),
    /// Faster.
    Faster,
    /// Slower.
    Slower,
    /// Another seed.
    NewSeed,
    /// Type a seed.
    TypeSeed,
    /// The run as it was at first.
    Reset,
    /// Show or hide the parameters.
    Parameters,
    /// Another future from here.
    Fork,
    /// The run before the last change.
    Undo,
    /// Copy the address of this moment.
    CopyAddress,
    /// The next view of a run.
    View,
    /// Grade the exercise.
    Check,
    /// Watch the counterexample.
    Watch,
    /// A hint, one level more.
    Hint,
    /// Open the file in an editor.
    Edit,
    /// A character typed into a field.
    Type(char),
    /// Take the last character back.
    Erase,
    /// Find words in the whole course.
    Search,
    /// To the next place in the chapter where the words that were looked for stand.
    NextMatch,
    /// To the place before.
    PreviousMatch,
    /// Show nine systems under faults.
    Field,
    /// Mark a cell, or watch this one beside the one that is marked; put another run beside this one.
    Beside,
    /// Show the other one of two runs.
    Other,
    /// Show the settings.
    Settings,
    /// Give the mouse to the terminal, so that it selects text, or take it back.
    Mouse,
    /// Select this row or this stop; one that is selected already is opened.
    Pick(u16),
    /// Of the question at this stop, or of the setting in this row, this option, from 0.
    Choose(u16, u8),
    /// A smaller value of this row, or a larger one.
    Change(u16, bool),
    /// Follow this link.
    Follow(u16),
    /// Point at this thing; one that is pointed at already shows what can be done to it.
    Point(Target),
    /// To the cell with this number of so many on a figure's timeline; which figure, counted by the screen.
    Seek(u16, u16, u16),
    /// The wheel, a notch up.
    WheelUp,
    /// The wheel, a notch down.
    WheelDown,
    /// A click on this column and row.
    Click(u16, u16),
    /// The mouse is moved here with its button held down.
    Drag(u16, u16),
    /// The window has another size.
    Resized,
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press {
    code: KeyCode,
    shift: bool,
}

const fn key(code: KeyCode) -> Press {
    Press { code, shift: false }
}

const fn shift(code: KeyCode) -> Press {
    Press { code, shift: true }
}

const fn char(c: char) -> Press {
    key(Char(c))
}

impl Press {
    fn is(self, event: &KeyEvent) -> bool {
        // A letter's case already says whether shift was held.
        let cased = matches!(event.code, Char(_) | BackTab);
        let shift = event.modifiers.contains(KeyModifiers::SHIFT) && !cased;
        let plain = !event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        plain && self.code == event.code && self.shift == shift
    }
}

/// A row of a table of keys.
#[derive(Clone, Copy)]
pub struct Binding {
    /// The keys that ask for it.
    pub keys: &'static [Press],
    /// What they ask for.
    pub control: Control,
    /// The keys as the screen writes them; empty where the row before says it already.
    pub shown: &'static str,
    /// What the last line calls it; empty if it stands in the help only.
    pub word: &'static str,
    /// What the help says.
    pub help: &'static str,
}

const fn row(
    keys: &'static [Press],
    control: Control,
    shown: &'static str,
    word: &'static str,
    help: &'static str,
) -> Binding {
    Binding { keys, control, shown, word, help }
}

pub use tables::*;

use Control::*;
use KeyCode::{BackTab, Char};

/// What an event of the terminal asks for, by a table of keys.
pub fn control(event: &Event, table: &'static [Binding]) -> Option<Control> {
    match event {
        Event::Resize(..) => Some(Resized),
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => Some(Click(mouse.column, mouse.row)),
            MouseEventKind::Drag(MouseButton::Left) => Some(Drag(mouse.column, mouse.row)),
            MouseEventKind::ScrollUp => Some(WheelUp),
            MouseEventKind::ScrollDown => Some(WheelDown),
            _ => None,
        },
        Event::Key(press) if press.kind != KeyEventKind::Release => of_key(press, table),
        _ => None,
    }
}

fn of_key(press: &KeyEvent, table: &'static [Binding]) -> Option<Control> {
    if press.code == Char('c') && press.modifiers.contains(KeyModifiers::CONTROL) {
        return Some(Quit);
    }
    let bound = in_force(table).find(|binding| binding.keys.iter().any(|key| key.is(press)));
    let typed = match press.code {
        Char(c) if is_field(table) => Some(Type(c)),
        _ => None,
    };
    bound.map(|binding| binding.control).or(typed)
}

/// Whether a table is that of a text field, in which every character is typed.
fn is_field(table: &[Binding]) -> bool {
    table.iter().any(|binding| binding.control == Erase)
}

/// The bindings that hold with a table: its own, and those that hold on every screen that is no text field.
pub fn in_force(table: &'static [Binding]) -> impl Iterator<Item = &'static Binding> {
    let everywhere = if is_field(table) { &[] } else { EVERYWHERE };
    let taken = |key: &Press| table.iter().any(|binding| binding.keys.contains(key));
    table.iter().chain(everywhere.iter().filter(move |binding| !binding.keys.iter().any(taken)))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use KeyCode::Right;

    use super::*;

    static ALL: LazyLock<[&[Binding]; 14]> = LazyLock::new(|| {
        [
            FIGURE, &PAIR, BESIDE, ACTIONS, ADDRESS, PARAMETERS, PROMPT, SEARCH, SETTINGS, CONTENTS, LESSON,
            EXERCISE, FIELD, HELP,
        ]
    });

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn shift_tells_steps_from_faults() {
        assert_eq!(control(&pressed(Right, KeyModifiers::NONE), FIGURE), Some(StepForward));
        assert_eq!(control(&pressed(Right, KeyModifiers::SHIFT), FIGURE), Some(NextFault));
        assert_eq!(control(&pressed(BackTab, KeyModifiers::SHIFT), FIGURE), Some(Previous));
        assert_eq!(control(&pressed(Char('N'), KeyModifiers::SHIFT), FIGURE), Some(TypeSeed));
    }

    #[test]
    fn control_c_always_ends() {
        for table in *ALL {
            assert_eq!(control(&pressed(Char('c'), KeyModifiers::CONTROL), table), Some(Quit));
        }
    }

    #[test]
    fn only_a_field_takes_any_character() {
        assert_eq!(control(&pressed(Char('7'), KeyModifiers::NONE), PROMPT), Some(Type('7')));
        assert_eq!(control(&pressed(Char('z'), KeyModifiers::NONE), CONTENTS), None);
        assert_eq!(control(&pressed(Char('/'), KeyModifiers::NONE), CONTENTS), Some(Search));
        assert_eq!(control(&pressed(Char('/'), KeyModifiers::NONE), SEARCH), Some(Type('/')));
    }

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for table in *ALL {
            let keys: Vec<Press> = in_force(table).flat_map(|binding| binding.keys).copied().collect();
            for (n, key) in keys.iter().enumerate() {
                assert!(!keys[n + 1..].contains(key), "{key:?} is bound twice");
            }
        }
    }

    #[test]
    fn what_is_released_asks_for_nothing() {
        let mut press = KeyEvent::new(Char(' '), KeyModifiers::NONE);
        press.kind = KeyEventKind::Release;
        assert_eq!(control(&Event::Key(press), FIGURE), None);
    }
}
