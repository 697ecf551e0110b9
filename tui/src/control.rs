// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be asked of the application, and the keys that ask it.
//!
//! One table for each place. The dispatch of keys, the last line of a screen and the help overlay all read it.

use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};

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
    /// A click on this column and row.
    Click(u16, u16),
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

use Control::*;
use KeyCode::{
    BackTab, Backspace, Char, Down as DownKey, End, Enter as EnterKey, Esc, Home, Left,
    PageDown as PageDownKey, PageUp as PageUpKey, Right, Tab, Up as UpKey,
};

/// The full-screen figure.
pub static FIGURE: &[Binding] = &[
    row(&[char(' ')], Play, "space", "play", "Play or pause"),
    row(&[key(Right), char('l')], StepForward, "←→", "step", "One visible event back or on"),
    row(&[key(Left), char('h')], StepBack, "", "", ""),
    row(&[key(Tab)], Next, "tab", "point", "Point at a node, a link or a packet; shift and tab goes back"),
    row(&[key(BackTab)], Previous, "", "", ""),
    row(
        &[key(EnterKey)],
        Enter,
        "enter",
        "",
        "What can be done to the thing pointed at: crash, pause, cut, drop",
    ),
    row(&[char('f')], Fork, "f", "fork", "Another future from this moment; what came before stays"),
    row(&[char('u')], Undo, "u", "", "Undo the last change of the run"),
    row(&[char('p')], Parameters, "p", "parameters", "Change the run's parameters"),
    row(
        &[char('s')],
        View,
        "s",
        "view",
        "The space–time diagram; the slope graph, theory and log where they are not beside it; the drawing again",
    ),
    row(&[shift(Right), char('L')], NextFault, "⇧←→", "fault", "To the fault before or the next one"),
    row(&[shift(Left), char('H')], PreviousFault, "", "", ""),
    row(&[char('>'), char('+'), char('=')], Faster, "< >", "", "Slower or faster"),
    row(&[char('<'), char('-')], Slower, "", "", ""),
    row(&[key(Home)], First, "home end", "", "To the beginning or the end"),
    row(&[key(End)], Last, "", "", ""),
    row(&[char('0')], Tenth(0), "0…9", "", "To this many tenths of the run"),
    row(&[char('1')], Tenth(1), "", "", ""),
    row(&[char('2')], Tenth(2), "", "", ""),
    row(&[char('3')], Tenth(3), "", "", ""),
    row(&[char('4')], Tenth(4), "", "", ""),
    row(&[char('5')], Tenth(5), "", "", ""),
    row(&[char('6')], Tenth(6), "", "", ""),
    row(&[char('7')], Tenth(7), "", "", ""),
    row(&[char('8')], Tenth(8), "", "", ""),
    row(&[char('9')], Tenth(9), "", "", ""),
    row(&[char('n')], NewSeed, "n", "", "The next seed: the same scenario, other dice"),
    row(&[char('N')], TypeSeed, "N", "", "Type a seed"),
    row(&[char('r')], Reset, "r", "", "The run as it was at first, without your faults"),
    row(&[char('c'), char('y')], CopyAddress, "c", "", "Copy the address of this moment, and show it"),
    row(
        &[],
        Click(0, 0),
        "click",
        "",
        "Point at a thing, twice: what can be done; on the timeline: go there",
    ),
    row(&[char('?')], Help, "?", "keys", "Show or hide this help"),
    row(&[key(Esc), char('q')], Back, "esc", "back", "Back; first takes the pointing away"),
];

/// What can be done to a thing, listed over the figure.
pub static ACTIONS: &[Binding] = &[
    row(&[key(UpKey), char('k')], Up, "↑↓", "choose", "The row above or below"),
    row(&[key(DownKey), char('j')], Down, "", "", ""),
    row(&[key(EnterKey)], Enter, "enter", "do it", "Do what is selected; u takes it back"),
    row(&[char('?')], Help, "?", "keys", "Show or hide this help"),
    row(&[key(Esc), char('q')], Back, "esc", "close", "Close the list"),
];

/// The address of a moment, shown over the figure.
pub static ADDRESS: &[Binding] = &[
    row(&[char(' ')], Play, "space", "play", "Play or pause; the address is that of the moment before"),
    row(&[key(EnterKey), key(Esc), char('q'), char('c'), char('y')], Back, "enter", "close", "Close it"),
];

/// The parameters, listed over the figure.
pub static PARAMETERS: &[Binding] = &[
    row(&[key(UpKey), char('k')], Up, "↑↓", "choose", "The row above or below"),
    row(&[key(DownKey), char('j')], Down, "", "", ""),
    row(
        &[key(Right), char('l'), char('+')],
        More,
        "←→",
        "change",
        "A smaller or a larger value; the run is made again",
    ),
    row(&[key(Left), char('h'), char('-')], Less, "", "", ""),
    row(
        &[key(EnterKey)],
        Enter,
        "enter",
        "",
        "On the last row: list the other parameters, or hide them again",
    ),
    row(&[char(' ')], Play, "space", "play", "Play or pause"),
    row(&[char('u')], Undo, "u", "undo", "Undo the last change of the run"),
    row(&[char('p')], Parameters, "p", "", "Show or hide the parameters"),
    row(&[char('?')], Help, "?", "keys", "Show or hide this help"),
    row(&[key(Esc), char('q')], Back, "esc", "close", "Close the list"),
];

/// A field to type a number into.
pub static PROMPT: &[Binding] = &[
    row(&[key(EnterKey)], Enter, "enter", "take it", "Take what was typed"),
    row(&[key(Backspace)], Erase, "⌫", "erase", "Take the last character back"),
    row(&[key(Esc)], Back, "esc", "leave it", "Leave it as it was"),
];

/// The contents.
pub static CONTENTS: &[Binding] = &[
    row(&[key(UpKey), char('k')], Up, "↑↓", "choose", "The row above or below"),
    row(&[key(DownKey), char('j')], Down, "", "", ""),
    row(&[key(EnterKey), key(Right), char('l')], Enter, "enter", "open", "Open the chapter or the exercise"),
    row(&[key(PageUpKey)], PageUp, "pgup pgdn", "", "A screenful up or down"),
    row(&[key(PageDownKey)], PageDown, "", "", ""),
    row(&[key(Home), char('g')], First, "home end", "", "The first or the last row"),
    row(&[key(End), char('G')], Last, "", "", ""),
    row(&[key(Tab)], Next, "tab", "next written", "The next chapter or exercise that is there"),
    row(&[key(BackTab)], Previous, "", "", ""),
    row(&[], Click(0, 0), "click", "", "Choose a row, twice: open it"),
    row(&[char('?')], Help, "?", "keys", "Show or hide this help"),
    row(&[char('q')], Quit, "q", "quit", "Leave the course"),
    row(&[key(Esc)], Back, "", "", ""),
];

/// A chapter.
pub static LESSON: &[Binding] = &[
    row(&[key(UpKey), char('k')], Up, "↑↓", "scroll", "A line up or down"),
    row(&[key(DownKey), char('j')], Down, "", "", ""),
    row(&[char('d'), key(PageDownKey)], PageDown, "pgup pgdn", "", "A screenful up or down; also b and d"),
    row(&[char('b'), key(PageUpKey)], PageUp, "", "", ""),
    row(
        &[key(Tab)],
        Next,
        "tab",
        "next",
        "To the next figure, question or exercise; shift and tab goes back",
    ),
    row(&[key(BackTab)], Previous, "", "", ""),
    row(
        &[key(EnterKey)],
        Enter,
        "enter",
        "open",
        "Open the marked figure full screen, or the marked exercise",
    ),
    row(&[char(' ')], Play, "space", "play", "Play or pause the figure in view"),
    row(&[key(Right)], StepForward, "←→", "step", "One visible event back or on, in the figure in view"),
    row(&[key(Left)], StepBack, "", "", ""),
    row(&[char('1')], Answer(0), "1…9", "", "Place your bet"),
    row(&[char('2')], Answer(1), "", "", ""),
    row(&[char('3')], Answer(2), "", "", ""),
    row(&[char('4')], Answer(3), "", "", ""),
    row(&[char('5')], Answer(4), "", "", ""),
    row(&[char('6')], Answer(5), "", "", ""),
    row(&[char('7')], Answer(6), "", "", ""),
    row(&[char('8')], Answer(7), "", "", ""),
    row(&[char('9')], Answer(8), "", "", ""),
    row(&[key(Home), char('g')], First, "home end", "", "To the beginning or the end"),
    row(&[key(End), char('G')], Last, "", "", ""),
    row(&[char('?')], Help, "?", "keys", "Show or hide this help"),
    row(&[key(Esc), char('q')], Back, "esc", "contents", "Back to the contents"),
];

/// An exercise.
pub static EXERCISE: &[Binding] = &[
    row(&[char('c'), key(EnterKey)], Check, "c", "check", "Check your file"),
    row(&[char('w')], Watch, "w", "watch it", "Watch the run that broke the promise, just before it breaks"),
    row(&[char('h')], Hint, "h", "hint", "A hint; once more for the next level"),
    row(
        &[char('o'), char('e')],
        Edit,
        "o",
        "open file",
        "Open your file in the editor that $VISUAL or $EDITOR names",
    ),
    row(&[key(UpKey), char('k')], Up, "↑↓", "scroll", "A line up or down"),
    row(&[key(DownKey), char('j')], Down, "", "", ""),
    row(&[key(PageUpKey), char('b')], PageUp, "pgup pgdn", "", "A screenful up or down"),
    row(&[key(PageDownKey), char('d'), char(' ')], PageDown, "", "", ""),
    row(&[key(Home), char('g')], First, "home end", "", "To the beginning or the end"),
    row(&[key(End), char('G')], Last, "", "", ""),
    row(&[char('?')], Help, "?", "keys", "Show or hide this help"),
    row(&[key(Esc), char('q')], Back, "esc", "back", "Back"),
];

/// The help overlay.
pub static HELP: &[Binding] = &[
    row(&[char('?'), key(Esc), char('q'), key(EnterKey)], Back, "? or esc", "close", "Close the help"),
    row(&[key(UpKey), char('k')], Up, "↑↓", "scroll", ""),
    row(&[key(DownKey), char('j')], Down, "", "", ""),
    row(&[key(PageUpKey), char('b')], PageUp, "", "", ""),
    row(&[key(PageDownKey), char('d'), char(' ')], PageDown, "", "", ""),
];

/// What an event of the terminal asks for, by a table of keys.
pub fn control(event: &Event, table: &[Binding]) -> Option<Control> {
    match event {
        Event::Resize(..) => Some(Resized),
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => Some(Click(mouse.column, mouse.row)),
            MouseEventKind::ScrollUp => Some(Up),
            MouseEventKind::ScrollDown => Some(Down),
            _ => None,
        },
        Event::Key(press) if press.kind != KeyEventKind::Release => of_key(press, table),
        _ => None,
    }
}

fn of_key(press: &KeyEvent, table: &[Binding]) -> Option<Control> {
    if press.code == Char('c') && press.modifiers.contains(KeyModifiers::CONTROL) {
        return Some(Quit);
    }
    let bound = table.iter().find(|binding| binding.keys.iter().any(|key| key.is(press)));
    let typed = match press.code {
        Char(c) if std::ptr::eq(table, PROMPT) => Some(Type(c)),
        _ => None,
    };
    bound.map(|binding| binding.control).or(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&[Binding]; 9] =
        [FIGURE, ACTIONS, ADDRESS, PARAMETERS, PROMPT, CONTENTS, LESSON, EXERCISE, HELP];

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
        for table in ALL {
            assert_eq!(control(&pressed(Char('c'), KeyModifiers::CONTROL), table), Some(Quit));
        }
    }

    #[test]
    fn only_a_field_takes_any_character() {
        assert_eq!(control(&pressed(Char('7'), KeyModifiers::NONE), PROMPT), Some(Type('7')));
        assert_eq!(control(&pressed(Char('z'), KeyModifiers::NONE), CONTENTS), None);
    }

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for table in ALL {
            let keys: Vec<Press> = table.iter().flat_map(|binding| binding.keys).copied().collect();
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
