// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a screen answers to a control, and what the application asks of the world outside it.

use crate::lesson::Place;
use crate::query::Query;
use crate::runs::Runs;

/// A screen's answer.
pub enum Turn {
    /// Nothing changed; nothing is drawn.
    Still,
    /// Something changed.
    Redraw,
    /// Something to tell the reader, until the next key.
    Say(String),
    /// This screen is done.
    Back,
    /// Another screen on top of this one.
    Open(Door),
    /// Put an address into the clipboard, and show it.
    Copy(String),
    /// Something that only the world outside can do.
    Do(Effect),
}

impl Turn {
    /// Redraws if something changed.
    pub fn if_changed(changed: bool) -> Turn {
        if changed { Turn::Redraw } else { Turn::Still }
    }
}

/// A screen to open.
pub enum Door {
    /// A chapter of the course, by its name.
    Lesson(&'static str),
    /// A place in a chapter, where these words are looked for.
    Found(&'static str, Place, Query),
    /// A chapter in the contents.
    Contents(&'static str),
    /// Where the reader left off.
    Bookmark,
    /// Nine systems under faults.
    Field,
    /// An exercise, by its name.
    Exercise(&'static str),
    /// A run, full screen, perhaps with another one beside it, and what that is called.
    Figure(Box<Runs>, String),
}

/// What `App::step` asks its caller to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing; the picture is as before.
    None,
    /// Draw again.
    Redraw,
    /// End.
    Quit,
    /// Put a text into the clipboard, and draw again.
    Copy(String),
    /// Open the file of an exercise in the reader's editor.
    Edit(&'static str),
    /// Grade an exercise in the background; what comes of it is told by `App::hear_of_check`.
    Check(&'static str),
    /// Put an exercise's stub back.
    Reset(&'static str),
    /// Find the next hint on an exercise.
    Hint(&'static str),
    /// Open the run that broke a promise in an exercise's last check, shortly before it breaks.
    Watch(&'static str),
}
