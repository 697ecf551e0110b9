// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tables of keys, one for each place.

use std::sync::LazyLock;

use grader::watch::Wish;
use ratatui::crossterm::event::KeyCode;

use super::{Binding, Control, char, key, row, shift};

use Control::*;
use KeyCode::{
    BackTab, Backspace, Down as DownKey, End, Enter as EnterKey, Esc, Home, Left, PageDown as PageDownKey,
    PageUp as PageUpKey, Right, Tab, Up as UpKey,
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
        &[char('b')],
        Beside,
        "b",
        "",
        "Put another system beside this one, on the same clock, seed and faults; in figures of the field",
    ),
    row(
        &[],
        Click(0, 0),
        "click",
        "",
        "Point at a thing, twice: what can be done; on the timeline: go there",
    ),
    row(&[key(Esc), char('q')], Back, "esc", "back", "Back; first takes the pointing away"),
];

/// The full-screen figure of two runs: the other run's key stands behind those of playing and stepping.
pub static PAIR: LazyLock<Vec<Binding>> = LazyLock::new(|| [&FIGURE[..3], &[OTHER], &FIGURE[3..]].concat());

const OTHER: Binding = row(
    &[char('o')],
    Other,
    "o",
    "other run",
    "The other one of the two runs, where there is no room for both; it follows the first",
);

/// What can be done to a thing, listed over the figure.
pub static ACTIONS: &[Binding] = &[
    row(&[key(UpKey), char('k')], Up, "↑↓", "choose", "The row above or below"),
    row(&[key(DownKey), char('j')], Down, "", "", ""),
    row(&[key(EnterKey)], Enter, "enter", "do it", "Do what is selected; u takes it back"),
    row(&[key(Esc), char('q')], Back, "esc", "close", "Close the list"),
];

/// What can be put beside a run, listed over the figure.
pub static BESIDE: &[Binding] = &[
    row(&[key(UpKey), char('k')], Up, "↑↓", "choose", "The row above or below"),
    row(&[key(DownKey), char('j')], Down, "", "", ""),
    row(
        &[key(EnterKey)],
        Enter,
        "enter",
        "put it beside",
        "Put it beside the run, in place of what is there",
    ),
    row(&[key(Esc), char('q'), char('b')], Back, "esc", "close", "Close the list"),
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
    row(&[char('t')], Field, "t", "the field", "Nine queue systems under faults: a table"),
    row(&[], Click(0, 0), "click", "", "Choose a row, twice: open it"),
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
        "To the next figure, question, exercise or link; shift and tab goes back",
    ),
    row(&[key(BackTab)], Previous, "", "", ""),
    row(
        &[key(EnterKey)],
        Enter,
        "enter",
        "open",
        "Open the marked figure full screen, the marked exercise or link",
    ),
    row(&[char(' ')], Play, "space", "play", "Play or pause the figure in view"),
    row(&[key(Right)], StepForward, "←→", "", "One visible event back or on, in the figure in view"),
    row(&[key(Left)], StepBack, "", "", ""),
    row(&[char('o')], Other, "o", "", "The other run, in a figure of two"),
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
    row(
        &[char('n')],
        NextMatch,
        "n N",
        "",
        "To the next place of the words that were looked for, or the one before",
    ),
    row(&[char('N')], PreviousMatch, "", "", ""),
    row(
        &[],
        Click(0, 0),
        "click",
        "",
        "Answer, follow a link, go to a moment of a figure; on a title twice: open it",
    ),
    row(&[key(Esc), char('q')], Back, "esc", "back", "Back to where you came from"),
];

/// An exercise.
pub static EXERCISE: &[Binding] = &[
    row(
        &[char(Wish::Check.key()), key(EnterKey)],
        Check,
        "c",
        Wish::Check.word(),
        "Check your file; saving it does so, too",
    ),
    row(
        &[char(Wish::Watch.key())],
        Watch,
        "w",
        Wish::Watch.word(),
        "Watch the run that broke the promise, just before it breaks",
    ),
    row(&[char(Wish::Hint.key())], Hint, "h", Wish::Hint.word(), "A hint; once more for the next level"),
    row(
        &[char('o'), char('e')],
        Edit,
        "o",
        "open file",
        "Open your file in the editor that $VISUAL or $EDITOR names",
    ),
    row(&[char(Wish::Next.key())], Next, "n", Wish::Next.word(), "The next exercise that is not passed"),
    row(
        &[char(Wish::Reset.key())],
        Reset,
        "x",
        "",
        "Put the file back to its beginning; yours is kept aside",
    ),
    row(&[key(UpKey), char('k')], Up, "↑↓", "scroll", "A line up or down"),
    row(&[key(DownKey), char('j')], Down, "", "", ""),
    row(&[key(PageUpKey), char('b')], PageUp, "pgup pgdn", "", "A screenful up or down"),
    row(&[key(PageDownKey), char('d'), char(' ')], PageDown, "", "", ""),
    row(&[key(Home), char('g')], First, "home end", "", "To the beginning or the end"),
    row(&[key(End), char('G')], Last, "", "", ""),
    row(&[key(Esc), char('q')], Back, "esc", "back", "Back"),
];

/// The words to look for.
pub static SEARCH: &[Binding] = &[
    row(&[key(UpKey)], Up, "↑↓", "choose", "The result above or below"),
    row(&[key(DownKey)], Down, "", "", ""),
    row(&[key(PageUpKey)], PageUp, "pgup pgdn", "", "A screenful up or down"),
    row(&[key(PageDownKey)], PageDown, "", "", ""),
    row(&[key(EnterKey)], Enter, "enter", "go there", "Open the place"),
    row(&[key(Backspace)], Erase, "⌫", "erase", "Take the last character back"),
    row(&[key(Esc)], Back, "esc", "back", "Back"),
];

/// Nine systems under faults.
pub static FIELD: &[Binding] = &[
    row(&[key(UpKey), char('k')], Up, "↑↓←→", "choose", "A cell: a setting, and what goes wrong"),
    row(&[key(DownKey), char('j')], Down, "", "", ""),
    row(&[key(Right), char('l')], More, "", "", ""),
    row(&[key(Left), char('h')], Less, "", "", ""),
    row(
        &[key(EnterKey)],
        Enter,
        "enter",
        "watch",
        "Watch the shortest run that shows it; seed 1 where none does",
    ),
    row(&[key(Tab)], Next, "tab", "count another", "Count another mishap; shift and tab goes back"),
    row(&[key(BackTab)], Previous, "", "", ""),
    row(
        &[char('b')],
        Beside,
        "b",
        "mark",
        "Mark a cell; on another one: watch both beside each other, on the marked one's seed",
    ),
    row(&[key(PageUpKey)], PageUp, "pgup pgdn", "", "A screenful up or down"),
    row(&[key(PageDownKey)], PageDown, "", "", ""),
    row(&[key(Home), char('g')], First, "home end", "", "The first or the last setting"),
    row(&[key(End), char('G')], Last, "", "", ""),
    row(&[], Click(0, 0), "click", "", "Choose a cell, twice: watch it"),
    row(&[key(Esc), char('q')], Back, "esc", "back", "Back"),
];

/// The settings.
pub static SETTINGS: &[Binding] = &[
    row(&[key(UpKey), char('k')], Up, "↑↓", "choose", "The row above or below"),
    row(&[key(DownKey), char('j')], Down, "", "", ""),
    row(
        &[key(Right), char('l'), char('+'), key(EnterKey), char(' ')],
        More,
        "←→",
        "change",
        "The value before or after; it holds at once, and is kept",
    ),
    row(&[key(Left), char('h'), char('-')], Less, "", "", ""),
    row(&[key(Esc), char('q'), char(',')], Back, "esc", "back", "Back"),
];

/// What holds on every screen, but for text fields.
pub static EVERYWHERE: &[Binding] = &[
    row(&[char('/')], Search, "/", "search", "Find words in the whole course"),
    row(&[char(',')], Settings, ",", "settings", "Colours, motion, signs, mouse"),
    row(
        &[char('m')],
        Mouse,
        "m",
        "",
        "Give the mouse to the terminal, so that it selects text, or take it back",
    ),
    row(&[char('?')], Help, "?", "keys", "Show or hide this help"),
];

/// The help overlay.
pub static HELP: &[Binding] = &[
    row(&[char('?'), key(Esc), char('q'), key(EnterKey)], Back, "? or esc", "close", "Close the help"),
    row(&[key(UpKey), char('k')], Up, "↑↓", "scroll", ""),
    row(&[key(DownKey), char('j')], Down, "", "", ""),
    row(&[key(PageUpKey), char('b')], PageUp, "", "", ""),
    row(&[key(PageDownKey), char('d'), char(' ')], PageDown, "", "", ""),
];
