// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be asked of a figure, and the keys that ask it; the same keys as in the terminal.

use web_sys::KeyboardEvent;

/// A wish of the reader's, whatever button or key expressed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Play or pause.
    Play,
    /// One visible event on.
    Step,
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
    /// The next seed.
    NewSeed,
    /// Put the caret into the field of the seed.
    TypeSeed,
    /// The run as it was at first.
    Reset,
    /// Another future from here.
    Fork,
    /// The run before the last change.
    Undo,
    /// Copy the link to this moment.
    Copy,
    /// Copy the command that opens this run in the terminal.
    Terminal,
    /// The messages.
    Messages,
    /// The messages and the cumulative-flow chart.
    Flow,
    /// The space–time diagram.
    SpaceTime,
    /// The next of the three in its place.
    OtherView,
    /// Show what can be done to the thing that is pointed at.
    Point,
    /// Do the nth of it.
    Act(u8),
    /// Close what is open.
    Close,
    /// Show or hide all sentences.
    Narration,
    /// Show or hide the rest of the parameters.
    Parameters,
    /// Show or hide the keys.
    Keys,
}

use Command::*;

/// Command, its name in `data-do`, its keys as `KeyboardEvent.key` has them (`⇧` before one: with shift), and what the
/// help says. One table: buttons, keys and help read it.
static COMMANDS: &[(Command, &str, &str, &str)] = &[
    (Play, "play", "space", "play or pause"),
    (Step, "step", "ArrowRight l", "one visible event on"),
    (StepBack, "step-back", "ArrowLeft h", "one visible event back"),
    (NextFault, "next-fault", "⇧ArrowRight L", "to the next fault"),
    (PreviousFault, "previous-fault", "⇧ArrowLeft H", "to the fault before"),
    (Tenth(0), "begin", "Home 0", "to the beginning"),
    (Tenth(10), "end", "End", "to the end"),
    (Slower, "slower", "< -", "slower"),
    (Faster, "faster", "> + =", "faster"),
    (Point, "point", "Enter", "point at something and break it, from the drawing"),
    (Fork, "fork", "f", "another future from this moment"),
    (Undo, "undo", "u", "take the last change back"),
    (Reset, "reset", "r", "the run as it was at first"),
    (NewSeed, "new-seed", "n", "the next seed"),
    (TypeSeed, "type-seed", "N", "type a seed"),
    (Parameters, "parameters", "p", "the other parameters"),
    (OtherView, "view", "s", "another view"),
    (Copy, "copy", "c y", "copy the link to this moment"),
    (Terminal, "terminal", "t", "copy the command that opens this run in the terminal"),
    (Keys, "keys", "?", "show or hide the keys"),
    (Close, "close", "Escape", "close what is open"),
    (Messages, "messages", "", ""),
    (Flow, "flow", "", ""),
    (SpaceTime, "space-time", "", ""),
    (Narration, "narration", "", ""),
];

impl Command {
    /// By its name in `data-do`; the number behind a colon, as in `act:2`.
    pub fn named(name: &str) -> Option<Command> {
        match name.strip_prefix("act:") {
            Some(n) => n.parse().ok().map(Act),
            None => COMMANDS.iter().find(|row| row.1 == name).map(|row| row.0),
        }
    }

    /// By a key that was pressed without control, alt or meta.
    pub fn of_key(event: &KeyboardEvent) -> Option<Command> {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return None;
        }
        of_key(&event.key(), event.shift_key())
    }
}

fn of_key(key: &str, shift: bool) -> Option<Command> {
    if let ([digit @ b'1'..=b'9'], false) = (key.as_bytes(), shift) {
        return Some(Tenth(digit - b'0'));
    }
    let key = if key == " " { "space" } else { key };
    // A character's case already says whether shift was held.
    let shift = shift && key.len() > 1 && key != "space";
    let is = |name: &str| match name.strip_prefix('⇧') {
        Some(name) => shift && name == key,
        None => !shift && name == key,
    };
    COMMANDS.iter().find(|row| row.2.split_whitespace().any(is)).map(|row| row.0)
}

/// The help: keys as people write them, and what they do.
pub fn help() -> impl Iterator<Item = (String, &'static str)> {
    COMMANDS.iter().filter(|row| !row.3.is_empty()).map(|row| {
        let keys = row.2.replace("Arrow", "");
        let keys = keys.replace("Right", "→").replace("Left", "←").replace("Escape", "Esc");
        (keys.replace(' ', ", "), row.3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_tells_steps_from_faults() {
        assert_eq!(of_key("ArrowRight", false), Some(Step));
        assert_eq!(of_key("ArrowRight", true), Some(NextFault));
        assert_eq!(of_key("L", true), Some(NextFault));
        assert_eq!(of_key("N", true), Some(TypeSeed));
        assert_eq!(of_key("?", true), Some(Keys));
    }

    #[test]
    fn digits_are_tenths_and_unknown_keys_nothing() {
        assert_eq!(of_key("7", false), Some(Tenth(7)));
        assert_eq!(of_key("0", false), Some(Tenth(0)));
        assert_eq!(of_key("", false), None);
        assert_eq!(of_key("Tab", false), None);
        assert_eq!(of_key("Dead", false), None);
    }

    #[test]
    fn no_key_and_no_name_means_two_things() {
        let mut keys: Vec<&str> = COMMANDS.iter().flat_map(|row| row.2.split_whitespace()).collect();
        let mut names: Vec<&str> = COMMANDS.iter().map(|row| row.1).collect();
        for list in [&mut keys, &mut names] {
            let count = list.len();
            list.sort_unstable();
            list.dedup();
            assert_eq!(list.len(), count);
        }
    }

    #[test]
    fn names_lead_back_to_commands() {
        for (command, name, ..) in COMMANDS {
            assert_eq!(Command::named(name), Some(*command));
        }
        assert_eq!(Command::named("act:3"), Some(Act(3)));
        assert_eq!(Command::named("dance"), None);
    }
}
