// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a screen answers to a control, and what the application asks of the world outside it.

use std::path::PathBuf;

use crate::run::Run;

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
    /// An exercise, by its name.
    Exercise(&'static str),
    /// A run, full screen, and what it is called.
    Figure(Box<Run>, String),
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
    /// Open a file in the reader's editor, then draw again.
    Edit(PathBuf),
    /// Grade an exercise in the background; its progress and verdict come back as news.
    Check(&'static str),
}
